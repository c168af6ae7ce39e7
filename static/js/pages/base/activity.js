/**
 * @file What is being generated in all projects: the number and the bar at the top of the page, and the news when a job
 * ends, as a toast, in the title of a page in the background, and as a notification.
 */

import { FRAGMENT_HEADERS } from "../../lib/http.js";
import { parseHtml } from "../../lib/html.js";
import { hasEnded } from "../../lib/job_status.js";
import { refreshElement } from "../../lib/refresh.js";
import { say, toast } from "../../lib/toasts.js";
import { subscribe, subscribeToAll } from "../../live.js";
import { notify } from "./notifications.js";

// all in milliseconds
const DELAY = 100; // changes that come at once are shown at once
const LIST_TIMEOUT = 2000; // within it the studio has sent all jobs that are under way
const BALANCE_DELAY = 1000;
const TOAST_DURATION = 15_000;

const title = document.title;
const running = new Map(); // job id → progress in percent
let unaccounted = new Set(); // jobs that were running before the connection was lost and in no message since
let unseenEnds = 0;
let showTimer = 0;
let pausesTimer = 0;
let balanceTimer = 0;
let wasConnected = false;

const counter = () => document.getElementById("work");

function handleJob(type, { jobId, status, progress }) {
  unaccounted.delete(jobId);
  const known = running.has(jobId);
  if (!hasEnded(status)) running.set(jobId, progress ?? 0);
  else if (running.delete(jobId) && status !== "cancelled") announce(jobId);
  clearTimeout(showTimer);
  showTimer = setTimeout(show, DELAY);
  if (!known || hasEnded(status)) refreshBalance();
}

// what a job is to cost, or has cost, changes what is left
function refreshBalance() {
  clearTimeout(balanceTimer);
  balanceTimer = setTimeout(refreshElement, BALANCE_DELAY, "credits-left");
}

function show() {
  counter().hidden = !running.size;
  counter().querySelector("[data-count]").textContent = running.size;
  const bar = document.getElementById("work-bar");
  bar.hidden = !running.size;
  bar.value = [...running.values()].reduce((sum, progress) => sum + progress, 0) / Math.max(1, running.size);
}

// Each time the connection is there the studio sends all jobs that are under way. Those that are missing have ended.
function catchUp({ all }) {
  if (!all) return;
  if (wasConnected) refreshPauses();
  wasConnected = true;
  unaccounted = new Set(running.keys());
  setTimeout(() => {
    for (const jobId of unaccounted) if (running.delete(jobId)) announce(jobId);
    unaccounted.clear();
    show();
  }, LIST_TIMEOUT);
}

// The server has the text. It has none for a job of somebody else, and while takes that were requested together run.
async function announce(jobId) {
  const isShown = document.querySelector(`[data-job="${CSS.escape(jobId)}"]`);
  const response = await fetch(`/takes/${jobId}/news/`, { headers: FRAGMENT_HEADERS }).catch(() => null);
  if (response?.status !== 200) return;
  const link = parseHtml(await response.text()).querySelector("a");
  const { words, level, group } = link.dataset;
  if (document.hidden) {
    unseenEnds += 1;
    document.title = `(${unseenEnds}) ${title}`;
    notify(words, link.href, group);
  }
  if (isShown || document.querySelector(`[data-shows="${CSS.escape(group)}"]`)) say(words);
  else toast(words, level, { duration: TOAST_DURATION, group }).querySelector("p").append(" ", link);
}

function refreshPauses() {
  clearTimeout(pausesTimer);
  pausesTimer = setTimeout(refreshElement, DELAY, "pauses");
}

function resetTitle() {
  if (document.hidden) return;
  unseenEnds = 0;
  document.title = title;
}

/** Begin to follow all jobs, on the pages of a user who is signed in. */
export function start() {
  if (!counter()) return;
  subscribe("subscribed", catchUp);
  subscribe("pauses_changed", refreshPauses);
  subscribeToAll(handleJob);
  document.addEventListener("visibilitychange", resetTitle);
}
