/**
 * @file Playback of the clips on the stage: one take, or two that are compared and play in step. The longer clip leads;
 * the other one waits on its last frame.
 */

import { frameRateOf, measureFrameRate } from "./frame_rate.js";

const MAX_SHUTTLE = 4;
const MAX_DRIFT = 0.3; // seconds between two clips; less is made up by speed, more by a jump
const MIN_DRIFT = 0.01; // seconds; with less the rate stays, since each change of it is work for the decoder
const MAX_CORRECTION = 0.2; // of the speed
const SETTINGS_KEY = "player";

const settings = { loop: true, speed: 1, muted: false, ...JSON.parse(localStorage.getItem(SETTINGS_KEY) ?? "{}") };
const prepared = new WeakSet(); // videos that have their listeners
const changeHandlers = new Set();
let shuttle = 0; // 0: paused; 1, 2, 4: forward; -1, -2, -4: backward
let backwardAt = 0; // when the last step backward was made

const stage = () => document.getElementById("stage");
const videos = () => [...(stage()?.querySelectorAll(".screen video") ?? [])];
const lengthOf = (video) => (Number.isFinite(video.duration) ? video.duration : Number(video.dataset.duration) || 0);
const leader = () =>
  videos().reduce((longest, video) => (lengthOf(video) > lengthOf(longest) ? video : longest), videos()[0]);

/**
 * Call a handler when the position, the speed or a setting has changed.
 *
 * @param {() => void} handler
 */
export function onPlaybackChange(handler) {
  changeHandlers.add(handler);
}

function reportChange() {
  for (const handler of changeHandlers) handler();
}

/**
 * Describe the playback.
 *
 * @returns {{ hasClip: boolean, time: number, length: number, fps: number, shuttle: number, settings: object }} time
 *   and length in seconds; shuttle: 0 when paused, negative when it runs backward; settings: loop, speed and muted
 */
export function playbackState() {
  const lead = leader();
  return {
    hasClip: Boolean(lead),
    time: lead?.currentTime ?? 0,
    length: lead ? lengthOf(lead) : 0,
    fps: frameRateOf(lead),
    shuttle,
    settings: { ...settings },
  };
}

/**
 * Tell whether a clip runs, forward or backward.
 *
 * @returns {boolean}
 */
export function isPlaying() {
  return shuttle !== 0;
}

// Only now a clip is fetched; until it is played there is its poster. Resolve with whether it can be seen.
function load(video) {
  if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) return Promise.resolve(true);
  return new Promise((resolve) => {
    // a clip that is seeking has no current frame; the frame comes by itself, and load() would start over
    for (const type of ["loadeddata", "canplay", "seeked"]) {
      video.addEventListener(type, () => resolve(true), { once: true });
    }
    video.addEventListener("error", () => resolve(false), { once: true });
    video.preload = "auto";
    if (video.readyState === HTMLMediaElement.HAVE_NOTHING) video.load();
  });
}

// Resolve with whether the clips of the stage are there, and still the same.
async function loadAll() {
  const clips = videos();
  await Promise.all(clips.map(load));
  return clips.length > 0 && clips.every((video) => video.isConnected);
}

function setPosition(time) {
  for (const video of videos()) video.currentTime = Math.min(Math.max(0, time), Math.max(0, lengthOf(video) - 0.001));
  reportChange();
}

/**
 * Go to a position, once the clips are there.
 *
 * @param {number} time in seconds
 */
export async function seek(time) {
  if (await loadAll()) setPosition(time);
}

/**
 * Play forward or backward, or pause.
 *
 * @param {number} speed 0 pauses; 1, 2 or 4 times the speed that is set; negative: backward
 */
export async function setShuttle(speed) {
  if (speed && !(await loadAll())) return;
  const lead = leader();
  if (!lead) return;
  shuttle = speed;
  if (speed > 0) {
    if (lead.currentTime >= lengthOf(lead) - 1 / frameRateOf(lead)) setPosition(0);
    await playForward();
  } else {
    for (const video of videos()) video.pause();
    if (!speed) setPosition(lead.currentTime);
    backwardAt = performance.now();
  }
  reportChange();
  requestAnimationFrame(update);
}

/** Play, or pause. */
export function togglePlayback() {
  setShuttle(shuttle ? 0 : 1);
}

/**
 * Play in a direction; if it plays in that direction already, faster.
 *
 * @param {1 | -1} direction
 */
export function shuttleFaster(direction) {
  const faster = Math.min(MAX_SHUTTLE, Math.abs(shuttle) * 2);
  setShuttle(Math.sign(shuttle) === direction ? direction * faster : direction);
}

function applyMuted() {
  // of two clips the first is heard
  for (const [index, video] of videos().entries()) video.muted = settings.muted || index > 0;
}

async function playForward() {
  applyMuted();
  const clips = videos();
  for (const video of clips) {
    video.playbackRate = settings.speed * shuttle;
    // the video's own loop has no gap; two clips of different lengths start over together
    video.loop = settings.loop && clips.length === 1;
  }
  const unfinished = clips.filter((video) => video.currentTime < lengthOf(video) - 0.01);
  // play() is rejected when something else was requested in the meantime
  await Promise.all(unfinished.map((video) => video.play().catch(() => {})));
}

function update() {
  if (!shuttle) return;
  if (shuttle < 0) stepBackward();
  else keepInStep();
  reportChange();
  requestAnimationFrame(update);
}

// Browsers cannot play backward, so the position is put back on every frame.
function stepBackward() {
  const lead = leader();
  const now = performance.now();
  if (!lead || videos().some((video) => video.seeking)) return;
  const time = lead.currentTime + (shuttle * settings.speed * (now - backwardAt)) / 1000;
  backwardAt = now;
  if (time > 0) setPosition(time);
  else if (settings.loop) setPosition(lengthOf(lead));
  else setShuttle(0);
}

function keepInStep() {
  const lead = leader();
  for (const video of videos()) {
    const drift = lead.currentTime - video.currentTime;
    if (video === lead || video.seeking || video.ended || lead.currentTime > lengthOf(video)) continue;
    if (Math.abs(drift) > MAX_DRIFT) video.currentTime = lead.currentTime;
    else {
      const correction =
        Math.abs(drift) < MIN_DRIFT ? 0 : Math.max(-MAX_CORRECTION, Math.min(MAX_CORRECTION, drift * 2));
      const rate = settings.speed * shuttle * (1 + correction);
      if (video.playbackRate !== rate) video.playbackRate = rate;
    }
  }
}

function handleEnd({ target }) {
  if (target !== leader() || shuttle <= 0) return;
  if (!settings.loop) {
    setShuttle(0);
    return;
  }
  setPosition(0);
  playForward();
}

/**
 * Pause and go some frames forward or back.
 *
 * @param {number} frames
 */
export async function stepFrames(frames) {
  if (!(await loadAll())) return;
  const lead = leader();
  if (shuttle) await setShuttle(0);
  const fps = frameRateOf(lead);
  // to the middle of a frame, so that rounding cannot show the one beside it
  setPosition((Math.floor(lead.currentTime * fps + 0.001) + frames + 0.5) / fps);
}

/**
 * Change a setting, and keep it for all clips in this browser.
 *
 * @param {"loop" | "speed" | "muted"} name
 * @param {boolean | number} value
 */
export function changeSetting(name, value) {
  settings[name] = value;
  localStorage.setItem(SETTINGS_KEY, JSON.stringify(settings));
  if (shuttle > 0) playForward();
  applyMuted();
  reportChange();
}

/** Prepare the clips of a stage that was filled again. What played before goes on. */
export function prepareClips() {
  for (const video of videos()) {
    if (prepared.has(video)) continue;
    prepared.add(video);
    for (const type of ["timeupdate", "seeked", "loadedmetadata"]) {
      video.addEventListener(type, () => shuttle || reportChange());
    }
    video.addEventListener("ended", handleEnd);
    video.addEventListener("click", togglePlayback);
    measureFrameRate(video);
  }
  if (!videos().length) shuttle = 0;
  else if (shuttle && videos().some((video) => video.paused)) setShuttle(shuttle);
  reportChange();
}
