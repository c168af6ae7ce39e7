/**
 * @file The elements that show a job: takes on the stage and in the strip, rows of the queue, pictures and sounds. They
 * have `data-job`, `data-version` and `data-status`. A message about progress moves their bar; after any other change
 * they are fetched from the server, so that there is one rendering of a job.
 */

import { subscribe, subscribeToProject } from "../live.js";
import { noteVersion, refreshElement } from "./refresh.js";
import * as runningTimes from "./running_times.js";
import * as swapGuard from "./swap_guard.js";

const MESSAGE_TYPES = ["video", "image", "audio"].flatMap((kind) =>
  ["started", "progress", "completed", "failed"].map((event) => `${kind}_generation_${event}`),
);
const QUEUE_DELAY = 150; // milliseconds; changes that come at once are fetched at once

const subscribedProjects = new Set();
const statuses = new Map(); // job id → newest status
const jobHandlers = new Set();
const subscribedHandlers = new Set();
let queueTimer = 0;

/**
 * Call a handler for each message about a job.
 *
 * @param {(job: object, cards: Element[], isVideo: boolean) => void} handler gets the elements that show the job
 */
export function onJobChange(handler) {
  jobHandlers.add(handler);
}

/**
 * Call a handler each time the subscription to a project begins, also after the connection was lost.
 *
 * @param {(projectId: string) => void} handler
 */
export function onSubscribed(handler) {
  subscribedHandlers.add(handler);
}

/**
 * Show the state of a job on all elements that stand for it.
 *
 * @param {object} job as the API and the messages have it
 * @param {boolean} isVideo whether the job makes a video
 */
export function applyJob(job, isVideo) {
  noteVersion(job);
  const cards = [...document.querySelectorAll(`[data-job="${CSS.escape(job.jobId)}"]`)];
  const stale = cards.filter((card) => !applyProgress(card, job));
  // the response for a card on the stage brings the tile of the strip along
  const onStage = cards.find((card) => card.matches("article"));
  if (stale.length) (onStage ? [onStage] : cards).forEach(refreshCard);
  for (const handler of jobHandlers) handler(job, cards, isVideo);
  // The job may belong into the queue now, by its filter or because it is new. Where its row is up to date already, the
  // sums above the rows may not be: the server reads them by a query of their own.
  if (statuses.get(job.jobId) !== job.status) refreshQueue();
  statuses.set(job.jobId, job.status);
}

// Return whether the card shows the job now: it was up to date, or only its bar had to be moved.
function applyProgress(card, { version, status, progress }) {
  if (version <= Number(card.dataset.version)) return true;
  if (status !== card.dataset.status || !moveProgressBar(card, progress)) return false;
  card.dataset.version = version;
  return true;
}

/**
 * Move the progress bar in an element forward.
 *
 * @param {Element} card
 * @param {number} progress in percent
 * @returns {boolean} false if there is no bar, or it is there or further already
 */
export function moveProgressBar(card, progress) {
  const bar = card.querySelector("progress.progress-bar");
  if (!bar || !(progress > bar.value)) return false;
  bar.value = progress;
  const percent = card.querySelector("[data-percent]");
  if (percent) {
    percent.textContent = `${progress}%`;
    percent.hidden = false;
  }
  return true;
}

/**
 * Fetch an element that shows a job again; for a row of the queue, the queue.
 *
 * @param {Element} card
 */
export function refreshCard(card) {
  if (card.matches("tr")) refreshQueue();
  else refreshElement(card.id);
}

/** Fetch the queue again, but not while a row of it is dragged. */
export function refreshQueue() {
  clearTimeout(queueTimer);
  queueTimer = setTimeout(() => {
    if (document.querySelector("#queue :is([data-lifted], [data-held])")) refreshQueue();
    else refreshElement("queue");
  }, QUEUE_DELAY);
}

// While the connection was away there were no messages: the queue is fetched once when it is back.
function catchUp({ projectId }) {
  if (!projectId) return;
  const again = subscribedProjects.has(projectId);
  subscribedProjects.add(projectId);
  if (again || document.querySelector("#queue [data-busy]")) refreshQueue();
  for (const handler of subscribedHandlers) handler(projectId);
}

function projectsOfPage() {
  const places = [...document.querySelectorAll("[data-live-project], [data-live-projects]")];
  return places.flatMap(({ dataset }) => (dataset.liveProject ?? dataset.liveProjects).split(" "));
}

/**
 * Keep what shows jobs up to date, on a page that names its projects by `data-live-project` (one) or
 * `data-live-projects` (separated by spaces).
 */
export function start() {
  const projects = projectsOfPage();
  if (!projects.length) return;
  for (const type of MESSAGE_TYPES) subscribe(type, (job) => applyJob(job, type.startsWith("video")));
  subscribe("subscribed", catchUp);
  projects.filter(Boolean).forEach(subscribeToProject);
  document.body.addEventListener("dailies:queue", refreshQueue);
  swapGuard.start();
  runningTimes.start();
}
