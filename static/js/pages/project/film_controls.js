/** @file The film on the page of its project: what is shown of the player, its buttons, and its keyboard shortcuts. */

import { addShortcuts } from "../../lib/keyboard.js";
import { formatPosition } from "../../lib/timecode.js";
import { FilmPlayer } from "./film_player.js";
import { Timeline } from "./timeline.js";
import { fill, gettext } from "../../lib/words.js";

const FRAME = 1 / 24; // seconds
const IDLE_DELAY = 2500; // milliseconds

const element = document.getElementById("film");
let player = null;
let timeline = null;
let frame = 0; // the animation frame that moves the playhead
let slate = ""; // what the slate shows

const find = (selector) => element.querySelector(selector);

function toggleFullscreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else element.requestFullscreen();
}

// the values of `data-film` on the buttons
const ACTIONS = {
  previous: () => player.showPrevious(),
  play: () => player.toggle(),
  next: () => player.showNext(),
  loop: () => player.toggleLoop(),
  mute: () => player.toggleMuted(),
  fullscreen: toggleFullscreen,
};
const SHORTCUTS = [
  { keys: [" "], label: "Space", description: gettext("Play or pause the film"), run: ACTIONS.play },
  { keys: ["k", "K"], label: "K", description: gettext("Pause"), run: () => player.pause() },
  { keys: ["l", "L"], label: "L", description: gettext("Play; press again for faster"), run: () => player.faster() },
  {
    keys: ["j", "J"],
    label: "J",
    description: gettext("Play backward; press again for faster"),
    run: () => player.rewind(),
  },
  { keys: ["ArrowLeft"], label: "←", description: gettext("Previous frame"), run: () => player.step(-FRAME) },
  { keys: ["ArrowRight"], label: "→", description: gettext("Next frame"), run: () => player.step(FRAME) },
  { keys: ["["], label: "[", description: gettext("Previous scene"), run: ACTIONS.previous },
  { keys: ["]"], label: "]", description: gettext("Next scene"), run: ACTIONS.next },
  { keys: ["o", "O"], label: "O", description: gettext("Loop on or off"), run: ACTIONS.loop },
  { keys: ["m", "M"], label: "M", description: gettext("Sound on or off"), run: ACTIONS.mute },
  { keys: ["f", "F"], label: "F", description: gettext("Full screen"), run: ACTIONS.fullscreen },
];
// only while the film has the focus: elsewhere these keys scroll the page
const SLIDER_KEYS = {
  PageUp: ACTIONS.previous,
  PageDown: ACTIONS.next,
  Home: () => player.seek(0),
  End: () => player.seek(player.edit.length),
};

function show() {
  element.toggleAttribute("data-playing", player.playing);
  find("#film-play").setAttribute("aria-label", player.playing ? gettext("Pause") : gettext("Play"));
  find("#film-loop").setAttribute("aria-pressed", player.loop);
  find("#film-mute").setAttribute("aria-pressed", player.muted);
  find("#film-rate").hidden = player.rate === 1;
  find("#film-rate").textContent = `${String(player.rate).replace("-", "−")}×`;
  find("#film-length").textContent = formatPosition(player.edit.length);
  if (player.shot) showShot(player.shot);
  timeline.setEdit(player.edit);
  showTime();
}

function showShot({ id, name, label }) {
  markCurrentCard(id);
  const place = String(player.index + 1);
  const text = [place, name, label].join("\n");
  if (text === slate) return;
  slate = text;
  find("#film-place").textContent = place;
  find("#film-scene").textContent = name;
  find("#film-shot").textContent = label;
  find(".film-card-number").textContent = place;
  for (const animation of find("#film-slate").getAnimations()) {
    animation.cancel();
    animation.play();
  }
}

// A card that was fetched again has no mark, so that it is set at each change.
function markCurrentCard(id) {
  const current = document.querySelector(`#storyboard > [data-scene-card="${CSS.escape(id)}"]`);
  for (const card of document.querySelectorAll("#storyboard > [aria-current]")) {
    if (card !== current) card.removeAttribute("aria-current");
  }
  current?.setAttribute("aria-current", "true");
}

function showTime() {
  const { time, edit, index, shot } = player;
  find("#film-time").textContent = formatPosition(time);
  const text = fill(gettext("{time} of {length}, {number}: {name}"), {
    time: formatPosition(time),
    length: formatPosition(edit.length),
    number: index + 1,
    name: shot?.name ?? "",
  });
  timeline.setTime(time, text);
  cancelAnimationFrame(frame);
  if (player.playing) frame = requestAnimationFrame(showTime);
}

function handleClick({ target }) {
  const button = target.closest("[data-film]");
  if (button) ACTIONS[button.dataset.film]();
  else if (target.closest("#film-stage")) player.toggle();
}

function handleSliderKey(event) {
  const action = SLIDER_KEYS[event.key];
  if (!action) return;
  event.preventDefault();
  action();
}

function playFromCard({ target }) {
  const card = target.closest("#storyboard [data-play]")?.closest("[data-scene-card]");
  if (!card) return;
  player.play();
  player.showShot(player.edit.indexOf(card.dataset.sceneCard));
  element.scrollIntoView({ block: "nearest", behavior: "smooth" });
}

// In full screen the controls disappear when the pointer rests.
function followIdleness() {
  let timer = 0;
  element.addEventListener("pointermove", () => {
    element.classList.remove("idle");
    clearTimeout(timer);
    timer = setTimeout(() => element.classList.add("idle"), IDLE_DELAY);
  });
}

// A refresh changes many cards at once: the player reads them once a frame.
function followStoryboard() {
  let pending = false;
  new MutationObserver(() => {
    if (pending) return;
    pending = true;
    requestAnimationFrame(() => {
      pending = false;
      player.reload();
    });
  }).observe(document.getElementById("storyboard"), { childList: true });
}

/** Start the player, on a project that has scenes. */
export function start() {
  if (!element) return;
  const stage = find("#film-stage");
  player = new FilmPlayer(stage, element.dataset.project, show);
  timeline = new Timeline(find("#timeline"), (time) => player.seek(time));
  player.restore();
  element.addEventListener("click", handleClick);
  element.addEventListener("keydown", handleSliderKey);
  stage.addEventListener("refused", () => player.pause());
  addShortcuts(gettext("The film"), SHORTCUTS);
  document.addEventListener("click", playFromCard);
  find("#film-fullscreen").hidden = !document.fullscreenEnabled;
  addEventListener("pagehide", () => player.save());
  followIdleness();
  followStoryboard();
}
