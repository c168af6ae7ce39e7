/** @file Times that run: how long a job has taken (`data-since`), and when the next try is due (`data-until`). */

import { formatElapsed } from "./timecode.js";

function update() {
  for (const time of document.querySelectorAll("time[data-since]")) {
    time.textContent = formatElapsed((Date.now() - Date.parse(time.dataset.since)) / 1000);
  }
  for (const time of document.querySelectorAll("time[data-until]")) {
    time.textContent = `${Math.max(0, Math.round((Date.parse(time.dataset.until) - Date.now()) / 1000))} s`;
  }
}

/** Update the times of the page every second from now on. */
export function start() {
  setInterval(update, 1000);
}
