/**
 * @file Clips that are scrubbed by the pointer: where it is over a poster decides which frame is shown. The frames are one
 * picture, of which a canvas over the poster shows a part. Nothing for touch, and for who wants less motion.
 */

const FRAMES = 12;
const DELAY = 80; // milliseconds; a pointer that only crosses a poster loads nothing
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

const sprites = new Map(); // address → picture; the browser keeps it, too
let current = null; // {well, canvas, sprite, timer} of the poster under the pointer

function stop() {
  if (!current) return;
  clearTimeout(current.timer);
  current.canvas.remove();
  current = null;
}

async function load(place, address, x) {
  if (!sprites.has(address)) sprites.set(address, Object.assign(new Image(), { src: address }));
  const sprite = sprites.get(address);
  try {
    await sprite.decode();
  } catch {
    // without it there is the poster
    return;
  }
  if (current !== place) return;
  Object.assign(place, { sprite });
  Object.assign(place.canvas, { width: sprite.naturalWidth / FRAMES, height: sprite.naturalHeight });
  place.well.querySelector("img")?.after(place.canvas);
  draw(place, place.x ?? x);
}

function begin(well, x) {
  stop();
  const place = { well, canvas: document.createElement("canvas"), sprite: null, x };
  place.canvas.ariaHidden = "true";
  place.timer = setTimeout(load, DELAY, place, well.dataset.sprite, x);
  current = place;
}

function draw(place, x) {
  const { left, width } = place.well.getBoundingClientRect();
  const frame = Math.max(0, Math.min(FRAMES - 1, Math.floor(((x - left) / width) * FRAMES)));
  const { width: frameWidth, height } = place.canvas;
  place.canvas.dataset.frame = frame;
  place.canvas
    .getContext("2d")
    .drawImage(place.sprite, frame * frameWidth, 0, frameWidth, height, 0, 0, frameWidth, height);
}

function wellAt({ target, clientX, clientY }) {
  // a link lies over the whole card
  const well = target.closest?.("[data-scrub]")?.querySelector("[data-sprite]");
  if (!well) return null;
  const { left, right, top, bottom } = well.getBoundingClientRect();
  return clientX >= left && clientX < right && clientY >= top && clientY < bottom ? well : null;
}

function handleMove(event) {
  const well = event.pointerType === "mouse" && !event.buttons && !reducedMotion.matches ? wellAt(event) : null;
  if (well !== current?.well) {
    if (well) begin(well, event.clientX);
    else stop();
    return;
  }
  if (!current) return;
  current.x = event.clientX;
  if (current.sprite) draw(current, event.clientX);
}

/** Start to follow the pointer. */
export function start() {
  document.addEventListener("pointermove", handleMove, { passive: true });
  document.documentElement.addEventListener("pointerleave", stop);
  document.addEventListener("dragstart", stop);
}
