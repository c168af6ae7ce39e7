/** @file Wave forms of sounds: drawn on a canvas from the peaks that the server has made. A click plays from there. */

const GAP = 1; // pixel between two bars

const drawn = new WeakMap(); // canvas → its peaks

function draw(canvas, audio) {
  const peaks = drawn.get(canvas);
  const { clientWidth: width, clientHeight: height } = canvas;
  const ratio = devicePixelRatio;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  const style = getComputedStyle(canvas);
  const [played, rest] = [style.getPropertyValue("--wave-played"), style.color];
  const at = audio.duration ? audio.currentTime / audio.duration : 0;
  const step = width / peaks.length;
  for (const [number, peak] of peaks.entries()) {
    const bar = Math.max(1, (peak / 255) * height);
    context.fillStyle = number / peaks.length < at ? played : rest;
    context.fillRect(number * step, (height - bar) / 2, Math.max(1, step - GAP), bar);
  }
}

async function load(canvas) {
  const audio = canvas.parentElement.querySelector("audio");
  const response = await fetch(canvas.dataset.peaks).catch(() => null);
  // without them the sound still plays
  if (!response?.ok) return;
  const { data } = await response.json();
  drawn.set(canvas, data.peaks);
  canvas.hidden = false;
  draw(canvas, audio);
  for (const event of ["timeupdate", "seeked", "loadedmetadata"]) {
    audio.addEventListener(event, () => draw(canvas, audio));
  }
}

function loadNew() {
  for (const canvas of document.querySelectorAll("canvas[data-peaks]")) {
    if (drawn.has(canvas)) continue;
    drawn.set(canvas, []);
    load(canvas);
  }
}

function playFrom({ target, offsetX }) {
  if (!target.matches?.("canvas[data-peaks]")) return;
  const audio = target.parentElement.querySelector("audio");
  const share = offsetX / target.clientWidth;
  const seek = () => {
    audio.currentTime = share * audio.duration;
  };
  if (audio.readyState) seek();
  else audio.addEventListener("loadedmetadata", seek, { once: true });
  audio.play();
}

/** Start the wave forms. */
export function start() {
  loadNew();
  document.body.addEventListener("htmx:afterSettle", loadNew);
  document.addEventListener("click", playFrom);
}
