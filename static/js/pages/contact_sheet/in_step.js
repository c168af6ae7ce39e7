/** @file Two to four takes that play in step: the longest leads, the others follow it. */

import { addShortcuts } from "../../lib/keyboard.js";
import { formatPosition } from "../../lib/timecode.js";
import { fill, gettext } from "../../lib/words.js";

const MOST = 4;
const MAX_DRIFT = 0.06; // seconds; a frame and a half, which no eye sees

const dialog = () => document.getElementById("in-step");
const button = () => document.getElementById("compare-picked");
const slider = () => document.getElementById("in-step-position");
const playButton = () => document.getElementById("in-step-play");
const videos = () => [...dialog().querySelectorAll("video")];
const leader = () => videos().toSorted((a, b) => (b.duration || 0) - (a.duration || 0))[0];
const picked = () =>
  [...document.querySelectorAll("#sheet-takes > [data-clip]")].filter((tile) => tile.querySelector(":checked"));

function showPicked() {
  const count = picked().length;
  button().disabled = count < 2 || count > MOST;
  button().querySelector("span").textContent = count ? fill(gettext("Compare {count}"), { count }) : gettext("Compare");
  button().title =
    count > MOST
      ? fill(gettext("Choose up to {count} takes"), { count: MOST })
      : gettext("Check two to four takes to compare them (C)");
}

function figureOf({ dataset }) {
  const [figure, video, caption] = ["figure", "video", "figcaption"].map((tag) => document.createElement(tag));
  Object.assign(video, { src: dataset.clip, muted: true, playsInline: true, preload: "auto" });
  caption.textContent = dataset.name;
  figure.append(video, caption);
  return figure;
}

function seek(seconds) {
  for (const video of videos()) video.currentTime = Math.min(seconds, video.duration || 0);
}

function follow() {
  if (!dialog().open) return;
  const first = leader();
  for (const video of videos()) {
    const wanted = Math.min(first.currentTime, video.duration || 0);
    const hasDrifted = Math.abs(video.currentTime - wanted) > MAX_DRIFT;
    if (video !== first && hasDrifted && !video.seeking) video.currentTime = wanted;
  }
  slider().value = first.duration ? (first.currentTime / first.duration) * 1000 : 0;
  document.getElementById("in-step-time").textContent = formatPosition(first.currentTime);
  const isPlaying = !first.paused && !first.ended;
  playButton().ariaPressed = String(isPlaying);
  playButton().textContent = isPlaying ? gettext("Pause") : gettext("Play");
  requestAnimationFrame(follow);
}

function togglePlay() {
  const first = leader();
  if (!first.paused && !first.ended) {
    for (const video of videos()) video.pause();
    return;
  }
  if (first.ended) seek(0);
  // one that is shorter stays on its last frame
  for (const video of videos()) if (!video.ended) video.play().catch(() => {});
}

function open() {
  if (button().disabled) return;
  document.getElementById("in-step-takes").replaceChildren(...picked().map(figureOf));
  dialog().showModal();
  playButton().focus();
  follow();
}

function handleKey(event) {
  if (event.key !== " " || event.target.matches("button")) return;
  event.preventDefault();
  togglePlay();
}

/** Start the button that compares the checked takes, and the dialog. */
export function start() {
  if (!document.getElementById("sheet-takes")) return;
  button().hidden = false;
  document.addEventListener("change", showPicked);
  button().addEventListener("click", open);
  playButton().addEventListener("click", togglePlay);
  slider().addEventListener("input", () => seek((slider().value / 1000) * (leader().duration || 0)));
  document.getElementById("in-step-close").addEventListener("click", () => dialog().close());
  dialog().addEventListener("keydown", handleKey);
  // the clips are no longer loaded
  dialog().addEventListener("close", () => document.getElementById("in-step-takes").replaceChildren());
  addShortcuts(gettext("Takes"), [
    { keys: ["c", "C"], label: "C", description: gettext("Compare the checked takes"), run: open },
  ]);
  showPicked();
}
