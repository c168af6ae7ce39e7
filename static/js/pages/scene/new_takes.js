/**
 * @file Takes of the scene that are new: each gets a tile in the strip, and the first of those that were made on this
 * page goes on the stage.
 */

import { applyJob, onJobChange, onSubscribed, refreshCard } from "../../lib/job_cards.js";
import { isPlaying } from "./playback.js";
import { showTake, shownTake } from "./take_strip.js";

const MAX_JOBS = 20; // that are fetched after the connection was lost

const sceneId = () => document.querySelector("[data-live-scene]").dataset.liveScene;
const tiles = () => [...document.querySelectorAll("#takes > [data-take]")];
const numberOf = (tile) => Number(tile.dataset.take);

function handleJob(job, cards, isVideo) {
  // pictures and sounds are not takes
  if (!isVideo) return;
  if (job.sceneId !== sceneId()) removeTake(job.jobId);
  else if (!cards.length) addTile(job.jobId);
}

// Add an empty tile, which htmx fills. Only the newest page of the strip grows, and only without a filter.
function addTile(jobId) {
  const takes = document.querySelector("#takes[data-newest]");
  if (!takes || takes.querySelector(`[data-job="${CSS.escape(jobId)}"]`)) return;
  const tile = document.createElement("li");
  tile.className = "tile";
  tile.id = `tile-${jobId}`;
  tile.dataset.job = jobId;
  tile.dataset.version = 0;
  const attributes = {
    "hx-get": `/takes/${jobId}/tile/`,
    "hx-trigger": "refresh",
    "hx-target": "this",
    "hx-swap": "outerHTML",
  };
  for (const [name, value] of Object.entries(attributes)) tile.setAttribute(name, value);
  takes.append(tile);
  document.getElementById("no-takes").hidden = true;
  htmx.process(tile);
  refreshCard(tile);
}

// A take that has moved to another scene leaves the strip, and its neighbor takes its place on the stage.
function removeTake(jobId) {
  const tile = tiles().find((each) => each.dataset.job === jobId);
  if (!tile) return;
  const { take } = tile.dataset;
  const neighbor = tile.nextElementSibling ?? tile.previousElementSibling;
  tile.remove();
  if (take !== shownTake()) return;
  if (neighbor) showTake(neighbor.dataset.take);
  else location.assign(location.pathname);
}

// A deleted take too.
function handleDeleted({ target, detail }) {
  if (!detail.successful || !target.matches("[data-delete-take]")) return;
  removeTake(target.closest("[data-job]").dataset.job);
}

// After the composer was sent. What plays on the stage is not replaced.
function showNewTakes({ detail: { jobs } }) {
  for (const { jobId } of jobs) addTile(jobId);
  const strip = document.getElementById("takes");
  strip?.scrollTo({ left: strip.scrollWidth });
  // on a phone the composer lies below the player
  document.getElementById("stage")?.scrollIntoView({ block: "nearest" });
  // otherwise the next press of space would press Generate again, and cost credits
  if (document.activeElement?.id === "generate") document.getElementById("stage").focus({ preventScroll: true });
  if (strip && !isPlaying()) showTake(jobs[0].take);
}

// The tiles come in the order in which their requests end.
function sortTiles() {
  const sorted = tiles().toSorted((a, b) => numberOf(a) - numberOf(b));
  for (const [index, tile] of sorted.entries()) {
    // only a tile in the wrong place is moved, because a move takes the focus from it
    const current = tiles()[index];
    if (current !== tile) current.before(tile);
  }
}

// The first take of a scene may have been made in another tab.
function fillEmptyStage() {
  const [first] = tiles();
  if (first && document.getElementById("stage") && !shownTake()) showTake(first.dataset.take);
}

// What began or ended while the connection was away is in no message.
async function catchUp(project) {
  const query = new URLSearchParams({ project, scene: sceneId(), limit: MAX_JOBS });
  // without a response the connection is about to break too, and this runs again when it is back
  const response = await fetch(`/api/jobs?${query}`).catch(() => null);
  if (!response?.ok) return;
  const { data } = await response.json();
  for (const job of data.jobs.toReversed()) applyJob(job, job.output === "video");
}

/** Begin to follow the takes of the scene. */
export function start() {
  onJobChange(handleJob);
  onSubscribed(catchUp);
  document.body.addEventListener("dailies:takes", showNewTakes);
  document.body.addEventListener("dailies:moved", ({ target }) =>
    removeTake(target.closest("[data-job]")?.dataset.job),
  );
  document.body.addEventListener("htmx:afterRequest", handleDeleted);
  document.body.addEventListener("htmx:afterSettle", () => {
    sortTiles();
    fillEmptyStage();
  });
}
