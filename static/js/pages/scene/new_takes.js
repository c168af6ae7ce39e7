// The takes of a scene as they come: a new one gets its tile, and the first of those that were asked for here goes on
// the stage.

import { changed, onJob, onLine, refresh } from "../../lib/job_cards.js";
import { isPlaying } from "./player.js";
import { look, looked } from "./take_strip.js";

const CATCH_UP = 20;

const bench = () => document.querySelector("[data-live-scene]");

function appear(data, cards, isTake) {
  // pictures and sounds are no takes
  if (isTake && !cards.length && bench().dataset.liveScene === data.sceneId) add(data.jobId);
}

/** A take that this page does not show yet: an empty tile that fetches itself. */
function add(jobId) {
  const takes = document.querySelector("#takes[data-newest]");
  if (!takes || takes.querySelector(`[data-job="${CSS.escape(jobId)}"]`)) return;
  const tile = document.createElement("li");
  tile.className = "tile";
  tile.id = `tile-${jobId}`;
  tile.dataset.job = jobId;
  tile.dataset.version = 0;
  const attributes = { "hx-get": `/takes/${jobId}/tile/`, "hx-trigger": "refresh", "hx-target": "this", "hx-swap": "outerHTML" };
  Object.entries(attributes).forEach(([name, value]) => tile.setAttribute(name, value));
  takes.append(tile);
  document.getElementById("no-takes").hidden = true;
  htmx.process(tile);
  refresh(tile);
}

/** What this page has asked for: the first of them goes on the stage, unless something plays there. */
function welcome({ detail: { jobs } }) {
  jobs.forEach(({ jobId }) => add(jobId));
  const strip = document.getElementById("takes");
  strip?.scrollTo({ left: strip.scrollWidth });
  // the next press of space plays, and pays for nothing
  if (document.activeElement?.id === "generate") document.getElementById("stage").focus({ preventScroll: true });
  if (strip && !isPlaying()) look(jobs[0].take);
}

/** As they were made, in whatever order they were fetched. */
function putInOrder() {
  const tiles = [...document.querySelectorAll("#takes > [data-take]")];
  for (let index = 1; index < tiles.length; index += 1) {
    const late = tiles[index];
    if (Number(tiles[index - 1].dataset.take) < Number(late.dataset.take)) continue;
    tiles.find((tile) => Number(tile.dataset.take) > Number(late.dataset.take)).before(late);
    putInOrder();
    return;
  }
}

/** The first take of all, made in another tab. */
function fillStage() {
  const stage = document.getElementById("stage");
  const first = document.querySelector("#takes > [data-take]");
  if (stage && first && !looked()) look(first.dataset.take);
}

/** What ended or began while the line was away. */
function catchUp(projectId) {
  // when it does not answer, the line is about to break too, and the next one asks again
  newestJobs(projectId, bench().dataset.liveScene).then(heard, () => {});
}

function heard(jobs) {
  jobs.reverse().forEach((job) => changed(job, job.output === "video"));
}

async function newestJobs(project, scene) {
  const answer = await fetch(`/api/jobs?${new URLSearchParams({ project, scene, limit: CATCH_UP })}`);
  return answer.ok ? (await answer.json()).data.jobs : [];
}

export function start() {
  onJob(appear);
  onLine(catchUp);
  document.body.addEventListener("dailies:takes", welcome);
  document.body.addEventListener("htmx:afterSettle", () => {
    putInOrder();
    fillStage();
  });
}
