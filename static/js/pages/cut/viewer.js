/** @file Around the screen: time code, words over the picture, volume, and full screen. */

import { gettext } from "../../lib/words.js";

const IDLE_DELAY = 2500; // milliseconds until the controls disappear in full screen
const BAR_KEYS = 40;

/**
 * Start what is around the screen.
 *
 * @param {{ store: import("./store.js").Store, player: import("./player.js").Player, mixer: import("./mixer.js").Mixer }} page
 */
export function startViewer(page) {
  const { store, player } = page;
  const viewer = document.getElementById("cut-viewer");
  const find = (selector) => viewer.querySelector(selector);
  const show = () => showFrame(find, page);
  player.addEventListener("frame", show);
  player.addEventListener("state", () => showState(viewer, page));
  store.on("cut", () => showShape(find, store));
  find("#cut-stage").addEventListener("click", ({ target }) => target.closest("button, a") || player.toggle());
  startTimecode(find("#cut-time"), page);
  startVolume(find, page);
  startFullscreen(viewer);
  showShape(find, store);
  showState(viewer, page);
}

function showShape(find, { cut, rate }) {
  find("#cut-screen").style.setProperty("--ratio", cut.width / cut.height);
  find("#cut-length").textContent = rate.timecode(cut.length);
  find("#cut-empty").hidden = cut.length > 0;
}

function showFrame(find, { store, player, mixer }) {
  const { frame, length } = player;
  const input = find("#cut-time");
  if (input !== document.activeElement) input.value = store.rate.timecode(frame);
  const bar = find("#cut-seek");
  bar.max = Math.max(0, length - 1);
  bar.value = frame;
  bar.setAttribute("aria-valuetext", store.rate.timecode(frame));
  showWords(find("#cut-captions"), store.cut.captions, frame);
  showWords(find("#cut-titles"), store.cut.titles, frame);
  find("#cut-meter").style.setProperty("--level", player.isPlaying ? meterShare(mixer.level) : 0);
}

// −48 dB is empty, 0 dB full
const meterShare = (level) => Math.max(0, Math.min(1, 1 + (20 * Math.log10(level + 1e-6)) / 48));

function showWords(element, parts, frame) {
  const now = parts.filter(({ start, end }) => frame >= start && frame < end);
  const signature = now.map(({ text, place = "" }) => `${place} ${text}`).join("\n");
  if (element.dataset.shown === signature) return;
  element.dataset.shown = signature;
  element.replaceChildren(
    ...now.map(({ text, place = "" }) => {
      const line = document.createElement("p");
      line.textContent = text;
      if (place) line.dataset.place = place;
      return line;
    }),
  );
}

function showState(viewer, { player }) {
  viewer.toggleAttribute("data-playing", player.isPlaying);
  const play = viewer.querySelector("[data-command=play]");
  play.setAttribute("aria-label", player.isPlaying ? gettext("Pause") : gettext("Play"));
  viewer.querySelector("[data-command=loop]").setAttribute("aria-pressed", String(player.loop));
  const rate = viewer.querySelector("#cut-rate");
  rate.hidden = [0, 1].includes(player.rate);
  rate.textContent = `${String(player.rate).replace("-", "−")}×`;
}

// A time code that is typed is where the film goes.
function startTimecode(input, { store, player }) {
  input.addEventListener("focus", () => input.select());
  input.addEventListener("change", () => {
    const frame = store.rate.parse(input.value);
    if (frame !== null) player.seek(frame);
    input.value = store.rate.timecode(player.frame);
  });
  input.addEventListener("keydown", ({ key }) => key === "Enter" && input.blur());
}

function startVolume(find, { player, mixer }) {
  const slider = find("#cut-volume");
  const mute = find("#cut-mute");
  slider.value = String(mixer.volume * BAR_KEYS);
  slider.addEventListener("input", () => mixer.setVolume(slider.value / BAR_KEYS));
  mute.addEventListener("click", () => {
    player.set({ isMuted: !player.isMuted });
    mute.setAttribute("aria-pressed", String(player.isMuted));
  });
  const bar = find("#cut-seek");
  bar.addEventListener("input", () => player.seek(Number(bar.value)));
}

function startFullscreen(viewer) {
  const button = viewer.querySelector("#cut-fullscreen");
  button.hidden = !document.fullscreenEnabled;
  button.addEventListener("click", () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else viewer.requestFullscreen();
  });
  let timer = 0;
  viewer.addEventListener("pointermove", () => {
    viewer.toggleAttribute("data-idle", false);
    clearTimeout(timer);
    if (document.fullscreenElement) timer = setTimeout(() => viewer.toggleAttribute("data-idle", true), IDLE_DELAY);
  });
}
