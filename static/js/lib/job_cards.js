// Whatever stands for a job on a page (takes on the stage and in the strip, rows of the queue, what was made): its bar
// moves with the messages, and on every other change it is fetched anew from the server, so that there is one rendering.

import { subscribe, subscribeToProject } from "../live.js";
import { toast } from "./toasts.js";

const TYPES = ["video", "image", "audio"].flatMap((kind) =>
  ["started", "progress", "completed", "failed"].map((name) => `${kind}_generation_${name}`),
);
export const ENDED = ["completed", "failed", "cancelled", "unconfirmed"];
const ERROR_STAYS = 15_000;
const AGAIN_AFTER = 1_000;
const subscribed = new Set();
const told = new Set(); // ends that were toasted, by job and version
const asked = new Map(); // id of an element that is being fetched anew → whether to fetch it once more after that
const states = new Map(); // job → the state that was heard of last
const newest = new Map(); // job → the newest version that was heard of
const whenHeard = new Set(); // what a page does besides
const whenThere = new Set();
let queueTimer = 0;

/** `handler(data, cards, isTake)` for each job that is heard of: what stands for it on the page, and whether it is a video. */
export const onJob = (handler) => whenHeard.add(handler);

/** `handler(projectId)` each time the line to it is there. */
export const onLine = (handler) => whenThere.add(handler);

function cardsOf(jobId) {
  return [...document.querySelectorAll(`[data-job="${CSS.escape(jobId)}"]`)];
}

export function changed(data, isTake) {
  newest.set(data.jobId, Math.max(data.version, newest.get(data.jobId) ?? 0));
  const cards = cardsOf(data.jobId);
  // its tile comes with the card on the stage
  const onStage = cards.find((card) => card.matches("article"));
  const moved = cards.map((card) => moves(card, data));
  if (!moved.every(Boolean)) (onStage ? [onStage] : cards).forEach((card) => update(card, data));
  whenHeard.forEach((handler) => handler(data, cards, isTake));
  // the queue shows it now, perhaps: by its filter, or because it was made while the page was on its way
  if (!cards.length && states.get(data.jobId) !== data.status) refreshQueue();
  states.set(data.jobId, data.status);
}

/** Whether there is no more to it than its bar, which is moved. */
function moves(card, data) {
  if (data.version <= Number(card.dataset.version)) return true;
  if (data.status !== card.dataset.status || !moveBar(card, data.progress)) return false;
  card.dataset.version = data.version;
  return true;
}

function update(card, data) {
  tellEnd(card, data);
  refresh(card);
}

export function moveBar(card, progress) {
  const bar = card.querySelector("progress.bar");
  if (!bar || !(progress > bar.value)) return false;
  bar.value = progress;
  const percent = card.querySelector("[data-percent]");
  if (percent) {
    percent.textContent = `${progress} %`;
    percent.hidden = false;
  }
  return true;
}

export function refresh(card) {
  if (card.matches("tr")) {
    refreshQueue();
    return;
  }
  fetchAnew(card.id);
}

/** A list that is put into order by hand is not fetched anew under that hand. */
const isHeld = () => Boolean(document.querySelector("#queue :is([data-lifted], [data-held])"));

export function refreshQueue() {
  clearTimeout(queueTimer);
  queueTimer = setTimeout(() => (isHeld() ? refreshQueue() : fetchAnew("queue")), 150);
}

/** One request at a time for each element: what it replaces would take a waiting second one with it. No settle delay
 *  (see the htmx-config in base.html): within one, the new element would not hear of its next refresh. */
export function fetchAnew(id) {
  const element = document.getElementById(id);
  if (asked.has(id)) asked.set(id, true);
  else if (element) htmx.trigger(element, "refresh");
}

// By the request itself and not by htmx's events: those of an element that was replaced meanwhile reach nobody.
function watch({ detail: { target, requestConfig, xhr } }) {
  if (target.matches("[data-job]")) discard(target, requestConfig, xhr);
  if (requestConfig.triggeringEvent?.type !== "refresh") return;
  asked.set(target.id, false);
  xhr.addEventListener("loadend", () => fetched(target.id, xhr));
}

/** An answer for a card that was replaced meanwhile has no place: what stands there now is asked for instead. */
function discard(target, { verb }, xhr) {
  const handle = xhr.onload;
  xhr.onload = (event) => {
    if (target.isConnected) handle.call(xhr, event);
    else if (verb !== "get") fetchAnew(target.id);
  };
}

function fetched(id, { status }) {
  const again = asked.get(id);
  asked.delete(id);
  if (again) fetchAnew(id);
  else if ((status !== 200 && status !== 404) || isBehind(document.getElementById(id))) setTimeout(fetchAnew, AGAIN_AFTER, id);
}

/** The answer to a press of a button may be older than what was heard of while it was under way. */
function isBehind(card) {
  return Number(card?.dataset.version) < (newest.get(card?.dataset.job) ?? 0);
}

function tellEnd(card, data) {
  if (!("busy" in card.dataset) || card.matches("tr") || told.has(data.jobId + data.version)) return;
  told.add(data.jobId + data.version);
  const name = card.dataset.name ?? (card.dataset.take ? `Take ${card.dataset.take}` : "A take");
  if (data.status === "completed") toast(`${name} is done.`);
  else if (data.status !== "cancelled" && data.error) toast(`${name}: ${data.error.message}`, "error", ERROR_STAYS);
}

/** What ended or began while the line was away is in no message: ask once, each time the line is there. */
function catchUp({ projectId }) {
  if (!projectId) return;
  const again = subscribed.has(projectId);
  subscribed.add(projectId);
  if (again || document.querySelector("#queue [data-busy]")) refreshQueue();
  whenThere.forEach((handler) => handler(projectId));
}

// An answer that is no newer than what stands there is left alone; so is what stands nowhere on this page.
function guard(event) {
  const { target, requestConfig, xhr } = event.detail;
  const asks = requestConfig?.verb === "get";
  event.detail.serverResponse = pruned(event.detail.serverResponse, asks);
  if (!asks || !target?.matches?.("[data-job]")) return;
  if (xhr.status === 404) {
    target.remove();
    return;
  }
  const answer = template(event.detail.serverResponse).content.querySelector("[data-version]");
  if (answer && Number(answer.dataset.version) <= Number(target.dataset.version)) event.detail.shouldSwap = false;
}

function template(html) {
  const made = document.createElement("template");
  made.innerHTML = html;
  return made;
}

/** Without the parts out of band that have no place here, that say nothing new, or in which somebody writes. */
function pruned(html, asks) {
  if (!html.includes("hx-swap-oob")) return html;
  const holder = template(html);
  for (const part of holder.content.querySelectorAll("[hx-swap-oob]")) {
    const place = document.getElementById(part.id);
    const old = asks && Number(part.dataset.version) <= Number(place?.dataset.version);
    const writes = asks && place?.contains(document.activeElement) && document.activeElement.matches("textarea, input");
    if (!place || old || writes) part.remove();
  }
  return holder.innerHTML;
}

function timecode(seconds) {
  const whole = Math.max(1, Math.round(seconds));
  const [hours, rest] = [Math.floor(whole / 3600), whole % 3600];
  const [minutes, last] = [Math.floor(rest / 60), String(rest % 60).padStart(2, "0")];
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${last}` : `${minutes}:${last}`;
}

function tick() {
  for (const time of document.querySelectorAll("time[data-since]")) {
    time.textContent = timecode((Date.now() - Date.parse(time.dataset.since)) / 1000);
  }
  for (const time of document.querySelectorAll("time[data-until]")) {
    time.textContent = `${Math.max(0, Math.round((Date.parse(time.dataset.until) - Date.now()) / 1000))} s`;
  }
}

export function start() {
  const places = document.querySelectorAll("[data-live-project], [data-live-projects]");
  const projects = [...places].flatMap((place) => (place.dataset.liveProject ?? place.dataset.liveProjects).split(" "));
  if (!projects.length) return;
  TYPES.forEach((type) => subscribe(type, (data) => changed(data, type.startsWith("video"))));
  subscribe("subscribed", catchUp);
  projects.filter(Boolean).forEach(subscribeToProject);
  document.body.addEventListener("dailies:queue", refreshQueue);
  document.body.addEventListener("htmx:beforeSwap", guard);
  document.body.addEventListener("htmx:beforeRequest", watch);
  setInterval(tick, 1000);
}
