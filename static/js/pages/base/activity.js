// What is under way in all films: the count in the head, the word when it ends, in a toast, in the title of a page that
// nobody looks at, and in a notification where that was asked for.

import { subscribe, subscribeToAll } from "../../live.js";
import { toast } from "../../lib/toasts.js";

const ENDED = ["completed", "failed", "cancelled", "unconfirmed"];
const TOGETHER = 100; // milliseconds; what is heard at once is shown at once
const ALL_TOLD = 2000; // milliseconds after which the studio has told what is under way
const title = document.title;
const under = new Map(); // job → its progress
let missed = new Set(); // ended, perhaps, while the line was away
let unseen = 0;
let timer = 0;
let pausesTimer = 0;
let begun = false; // the line was there before

const pill = () => document.getElementById("work");

function heard(type, { jobId, status, progress }) {
  missed.delete(jobId);
  if (!ENDED.includes(status)) under.set(jobId, progress ?? 0);
  else if (under.delete(jobId) && status !== "cancelled") tell(jobId);
  showSoon();
}

function showSoon() {
  clearTimeout(timer);
  timer = setTimeout(show, TOGETHER);
}

function show() {
  pill().hidden = !under.size;
  pill().querySelector("[data-count]").textContent = under.size;
  const bar = document.getElementById("work-bar");
  bar.hidden = !under.size;
  bar.value = [...under.values()].reduce((all, progress) => all + progress, 0) / Math.max(1, under.size);
}

/** Each time the line is there the studio tells all that is under way; what is not among it has ended. */
function begin({ all }) {
  if (!all) return;
  // while the line was away it may have come or gone
  if (begun) lookAtPauses();
  begun = true;
  missed = new Set(under.keys());
  setTimeout(() => {
    for (const jobId of missed) if (under.delete(jobId)) tell(jobId);
    missed.clear();
    show();
  }, ALL_TOLD);
}

/** In the studio's words; nothing of what others have asked for. */
async function tell(jobId) {
  const answer = await fetch(`/takes/${jobId}/news/`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (answer?.status !== 200) return;
  const made = document.createElement("template");
  made.innerHTML = await answer.text();
  const link = made.content.querySelector("a");
  const { words, level } = link.dataset;
  if (document.hidden) {
    unseen += 1;
    document.title = `(${unseen}) ${title}`;
    notify(words, link.href, jobId);
  }
  // where the take stands on the page, the page says it
  if (document.querySelector(`[data-job="${CSS.escape(jobId)}"]:not(tr)`)) return;
  toast(words, level, 15_000).querySelector("p").append(" ", link);
}

function notify(words, address, tag) {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  const shown = new Notification("Dailies", { body: words, tag, icon: document.querySelector("link[rel=icon]").href });
  shown.onclick = () => {
    window.focus();
    location.assign(address);
  };
}

function lookAtPauses() {
  clearTimeout(pausesTimer);
  pausesTimer = setTimeout(() => htmx.trigger("#pauses", "refresh"), TOGETHER);
}

// Asked for by a button, never by itself.

const WORDS = {
  granted: "On in this browser. Its settings turn them off again.",
  denied: "This browser was told not to show them: allow notifications of this page in its settings.",
  none: "This browser shows none here: they need https, or this machine's own address.",
};

function showAsking() {
  const place = document.getElementById("notifications");
  if (!place) return;
  const state = "Notification" in window && isSecureContext ? Notification.permission : "none";
  place.querySelector("button").hidden = state !== "default";
  place.querySelector("[data-said]").textContent = WORDS[state] ?? "";
}

async function ask() {
  await Notification.requestPermission();
  showAsking();
}

export function start() {
  if (!pill()) return;
  subscribe("subscribed", begin);
  subscribe("pauses_changed", lookAtPauses);
  subscribeToAll(heard);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    unseen = 0;
    document.title = title;
  });
  document.getElementById("notifications")?.querySelector("button").addEventListener("click", ask);
  showAsking();
}
