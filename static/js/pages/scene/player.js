// The player: one transport for the take that is looked at, or for two of them in step.

import { bind } from "../../lib/keyboard.js";

const FPS = 24; // until the clip itself has shown more
const KEPT = "player";
const FASTEST = 4;
// two clips that are so far apart (seconds) are brought together by a jump; less is caught up with by speed
const JUMP = 0.3;
const settings = { loop: true, speed: 1, muted: false, ...JSON.parse(localStorage.getItem(KEPT) ?? "{}") };
const rates = new WeakMap(); // video → frames a second, as seen while it played
const known = new WeakSet();
let shuttle = 0; // 0 stands; 1, 2, 4 forward; -1, -2, -4 backward
let reversedAt = 0;

const stage = () => document.getElementById("stage");
const videos = () => [...(stage()?.querySelectorAll(".screen video") ?? [])];
const lengthOf = (video) => (Number.isFinite(video.duration) ? video.duration : Number(video.dataset.duration) || 0);
/** The longest leads; the others wait on their last frame. */
const leader = () => videos().reduce((longest, video) => (lengthOf(video) > lengthOf(longest) ? video : longest), videos()[0]);
const fpsOf = (video) => rates.get(video) ?? FPS;

export const isPlaying = () => shuttle !== 0;

/** Posters until asked for: only now the clip itself is fetched. */
function ready(video) {
  if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) return Promise.resolve(true);
  return new Promise((resolve) => {
    // one that is on its way to another frame has not even the present one: it comes by itself, and a load would begin anew
    for (const event of ["loadeddata", "canplay", "seeked"]) video.addEventListener(event, () => resolve(true), { once: true });
    video.addEventListener("error", () => resolve(false), { once: true });
    video.preload = "auto";
    if (video.readyState === HTMLMediaElement.HAVE_NOTHING) video.load();
  });
}

async function all() {
  const asked = videos();
  await Promise.all(asked.map(ready));
  return asked.every((video) => video.isConnected) && asked.length > 0;
}

function seekAll(time) {
  for (const video of videos()) video.currentTime = Math.min(Math.max(0, time), Math.max(0, lengthOf(video) - 0.001));
  show();
}

/** Forward, still or backward, at one, two or four times the chosen speed. */
async function run(speed) {
  if (speed && !(await all())) return;
  const lead = leader();
  if (!lead) return;
  shuttle = speed;
  if (speed > 0) {
    if (lead.currentTime >= lengthOf(lead) - 1 / fpsOf(lead)) seekAll(0);
    await playAll();
  } else {
    videos().forEach((video) => video.pause());
    if (!speed) seekAll(lead.currentTime);
    reversedAt = performance.now();
  }
  show();
  requestAnimationFrame(tick);
}

async function playAll() {
  for (const video of videos()) {
    video.playbackRate = settings.speed * shuttle;
    video.muted = settings.muted || video !== videos()[0];
    // its own loop leaves no gap; two clips of two lengths begin again together
    video.loop = settings.loop && videos().length === 1;
  }
  const starts = videos().filter((video) => video.currentTime < lengthOf(video) - 0.01);
  await Promise.all(starts.map((video) => video.play().catch(() => {})));
}

function tick() {
  if (!shuttle) return;
  if (shuttle < 0) goBack();
  else keepInStep();
  show();
  requestAnimationFrame(tick);
}

function goBack() {
  const lead = leader();
  const now = performance.now();
  if (!lead) return;
  if (videos().some((video) => video.seeking)) return;
  const time = lead.currentTime + (shuttle * settings.speed * (now - reversedAt)) / 1000;
  reversedAt = now;
  if (time > 0) seekAll(time);
  else if (settings.loop) seekAll(lengthOf(lead));
  else run(0);
}

function keepInStep() {
  const lead = leader();
  for (const video of videos()) {
    const apart = lead.currentTime - video.currentTime;
    if (video === lead || video.seeking || video.ended || lead.currentTime > lengthOf(video)) continue;
    if (Math.abs(apart) > JUMP) video.currentTime = lead.currentTime;
    else video.playbackRate = settings.speed * shuttle * (1 + Math.max(-0.2, Math.min(0.2, apart * 2)));
  }
}

function ended({ target }) {
  if (target !== leader() || shuttle <= 0) return;
  if (!settings.loop) {
    run(0);
    return;
  }
  seekAll(0);
  playAll();
}

async function step(frames) {
  if (!(await all())) return;
  const lead = leader();
  if (shuttle) await run(0);
  const fps = fpsOf(lead);
  // the middle of a frame: no rounding shows its neighbour
  seekAll((Math.floor(lead.currentTime * fps + 0.001) + frames + 0.5) / fps);
}

const toggle = () => run(shuttle ? 0 : 1);
const faster = (direction) => run(Math.sign(shuttle) === direction ? direction * Math.min(FASTEST, Math.abs(shuttle) * 2) : direction);

function change(name, value) {
  settings[name] = value;
  localStorage.setItem(KEPT, JSON.stringify(settings));
  if (shuttle > 0) playAll();
  videos().forEach((video) => (video.muted = settings.muted || video !== videos()[0]));
  show();
}

/** Distances between frames, as they are shown: the least is one frame. */
function measure(video) {
  let last = 0;
  const seen = (_, { mediaTime }) => {
    const distance = mediaTime - last;
    last = mediaTime;
    if (distance > 0.004 && 1 / distance > fpsOf(video) + 0.5) rates.set(video, Math.round(1 / distance));
    video.requestVideoFrameCallback(seen);
  };
  video.requestVideoFrameCallback?.(seen);
}

function timecode(seconds, fps) {
  const frames = Math.floor(seconds * fps + 0.001);
  const [minutes, rest] = [Math.floor(frames / fps / 60), Math.floor(frames / fps) % 60];
  return [minutes, rest, frames % fps].map((part) => String(part).padStart(2, "0")).join(":");
}

function show() {
  const transport = document.getElementById("transport");
  const lead = leader();
  if (!transport) return;
  for (const control of transport.querySelectorAll("#seek, [data-do=play], [data-do=back], [data-do=forward]")) control.disabled = !lead;
  transport.dataset.state = shuttle ? "playing" : "still";
  const play = transport.querySelector("[data-do=play]");
  const name = shuttle ? "Pause" : "Play";
  if (play.ariaLabel !== name) play.ariaLabel = name;
  transport.querySelector("[data-do=loop]").ariaPressed = String(settings.loop);
  transport.querySelector("[data-do=mute]").ariaPressed = String(settings.muted);
  transport.querySelector("#speed").value = String(settings.speed);
  const [time, length, fps] = lead ? [lead.currentTime, lengthOf(lead), fpsOf(lead)] : [0, 0, FPS];
  const seek = transport.querySelector("#seek");
  seek.max = length || 1;
  seek.value = time;
  seek.ariaValueText = `${time.toFixed(1)} of ${length.toFixed(1)} seconds`;
  transport.querySelector("#timecode").textContent = timecode(time, fps) + (Math.abs(shuttle) > 1 || shuttle < 0 ? ` ${shuttle}×` : "");
  transport.querySelector("#timecode-end").textContent = length ? `/ ${timecode(length, fps)}` : "";
}

/** After the stage was filled anew. A clip that stood there before goes on as it was. */
export function mount() {
  for (const video of videos()) {
    if (known.has(video)) continue;
    known.add(video);
    for (const event of ["timeupdate", "seeked", "loadedmetadata"]) video.addEventListener(event, () => shuttle || show());
    video.addEventListener("ended", ended);
    video.addEventListener("click", toggle);
    measure(video);
  }
  const goesOn = shuttle;
  if (!videos().length) shuttle = 0;
  else if (goesOn && videos().some((video) => video.paused)) run(goesOn);
  show();
}

async function fullScreen() {
  if (document.fullscreenElement) await document.exitFullscreen();
  else await stage().requestFullscreen();
}

const ACTIONS = {
  play: toggle,
  back: () => step(-1),
  forward: () => step(1),
  loop: () => change("loop", !settings.loop),
  mute: () => change("muted", !settings.muted),
  screen: fullScreen,
};

export function start() {
  if (!stage()) return;
  document.addEventListener("click", (event) => ACTIONS[event.target.closest("#transport [data-do]")?.dataset.do]?.());
  document.addEventListener("input", async ({ target }) => {
    if (target.id !== "seek") return;
    const time = Number(target.value);
    if (await all()) seekAll(time);
  });
  document.addEventListener("change", ({ target }) => target.id === "speed" && change("speed", Number(target.value)));
  bind("Player", [
    { keys: [" "], shown: "space", does: "Play or pause", run: toggle },
    { keys: ["j", "J"], shown: "J", does: "Play backward, again faster", run: () => faster(-1) },
    { keys: ["k", "K"], shown: "K", does: "Pause", run: () => run(0) },
    { keys: ["l", "L"], shown: "L", does: "Play forward, again faster", run: () => faster(1) },
    { keys: ["ArrowLeft"], shown: "←", does: "One frame back", run: () => step(-1) },
    { keys: ["ArrowRight"], shown: "→", does: "One frame on", run: () => step(1) },
    { keys: ["p", "P"], shown: "P", does: "Loop on or off", run: ACTIONS.loop },
    { keys: ["m", "M"], shown: "M", does: "Sound on or off", run: ACTIONS.mute },
    { keys: ["f", "F"], shown: "F", does: "Full screen", run: fullScreen },
  ]);
  mount();
}
