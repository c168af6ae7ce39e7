/** @file Sounds with their wave forms and fades, captions and titles on a canvas. */

import { lengthOf } from "../place.js";
import { partEnd, partsIn } from "./lanes.js";

const NARROW = 10; // pixels
const NO_FADES = { fadeIn: 0, fadeOut: 0 };

/**
 * Draw the parts of a lane besides the pictures.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {import("./viewport.js").Viewport} view
 * @param {{ store: import("../store.js").Store, pictures: import("./pictures.js").Pictures, colors: object, lane: object }} page
 */
export function drawParts(context, view, page) {
  const { store, colors, lane } = page;
  for (const { part } of partsIn(store.cut, lane, view.range)) {
    const box = {
      left: view.x(part.start),
      width: Math.max(2, view.x(partEnd(part)) - view.x(part.start) - 1),
      top: lane.top + 2,
      height: lane.height - 4,
    };
    context.fillStyle = colors[lane.id];
    context.fillRect(box.left, box.top, box.width, box.height);
    if (lane.list === "sounds") drawSound(context, view, page, part, box);
    if (!store.selection.has(part.id)) continue;
    context.strokeStyle = colors.accent;
    context.lineWidth = 2;
    context.strokeRect(box.left + 1, box.top + 1, Math.max(1, box.width - 2), box.height - 2);
  }
}

/**
 * Draw the sound of the takes under their pictures.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {import("./viewport.js").Viewport} view
 * @param {{ store: import("../store.js").Store, pictures: import("./pictures.js").Pictures, colors: object, lane: object }} page
 */
export function drawTakeSounds(context, view, page) {
  const { store, pictures, colors, lane } = page;
  for (const { part: clip } of partsIn(store.cut, lane, view.range)) {
    const asset = store.assetOf(clip);
    if (!asset?.hasSound || asset.kind !== "video") continue;
    const [left, right] = [view.x(clip.start), view.x(partEnd(clip))];
    const box = { left, width: Math.max(2, right - left - 1), top: lane.top + 2, height: lane.height - 4 };
    context.globalAlpha = clip.mute ? 0.35 : 1;
    context.fillStyle = colors.voice;
    context.fillRect(box.left, box.top, box.width, box.height);
    // of a hundred narrow clips the wave forms would only be noise
    const sound = { ...NO_FADES, ...clip, asset };
    if (box.width >= NARROW) drawSound(context, view, { store, pictures, colors }, sound, box);
    context.globalAlpha = 1;
  }
}

function drawSound(context, view, { store, pictures, colors }, sound, box) {
  const asset = sound.asset ?? store.media.assets.get(sound.assetId);
  const peaks = asset && pictures.peaks(store.media.url(asset, "peaks"));
  if (peaks?.length) drawPeaks(context, view, { peaks, sound, box, total: store.framesOf(asset), color: colors.wave });
  drawFades(context, view, sound, box, colors);
}

function drawPeaks(context, view, { peaks, sound, box, total, color }) {
  context.fillStyle = color;
  const gain = Math.min(2, 10 ** (sound.gainDb / 20));
  const [from, to] = [Math.max(box.left, 0), Math.min(box.left + box.width, view.width)];
  for (let x = Math.floor(from); x < to; x += 2) {
    const frame = sound.in + (x - box.left) / view.scale;
    const peak = peaks[Math.min(peaks.length - 1, Math.floor((frame / total) * peaks.length))] ?? 0;
    const bar = Math.max(1, Math.min(1, (peak / 255) * gain) * (box.height - 4));
    context.fillRect(x, box.top + (box.height - bar) / 2, 1.4, bar);
  }
}

function drawFades(context, view, sound, { left, width, top, height }, colors) {
  const pixels = (frames) => Math.min(frames, lengthOf(sound)) * view.scale;
  context.fillStyle = colors.veil;
  for (const [edge, to] of [
    [left, left + pixels(sound.fadeIn)],
    [left + width, left + width - pixels(sound.fadeOut)],
  ]) {
    if (edge === to) continue;
    context.beginPath();
    context.moveTo(edge, top);
    context.lineTo(to, top);
    context.lineTo(edge, top + height);
    context.fill();
  }
}
