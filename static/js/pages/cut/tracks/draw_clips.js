/** @file The picture track on a canvas: filmstrips, cards, gaps, and dissolves. */

import { isEndless } from "../clips.js";
import { lengthOf, overlapOf } from "../place.js";
import { partsIn } from "./lanes.js";

const SPRITE_FRAMES = 12;
const NAME = 18; // pixels at the top of a clip for its name
const NARROW = 10; // pixels; a narrower clip has no picture

/**
 * Draw the picture track.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {import("./viewport.js").Viewport} view
 * @param {{ store: import("../store.js").Store, pictures: import("./pictures.js").Pictures, colors: object, lane: object }} page
 */
export function drawClips(context, view, page) {
  const parts = partsIn(page.store.cut, page.lane, view.range);
  for (const { part } of parts) drawClip(context, view, page, part);
  for (const { part } of parts) if (overlapOf(part)) drawDissolve(context, view, page, part);
}

function drawClip(context, view, { store, pictures, colors, lane }, clip) {
  const [left, right] = [view.x(clip.start), view.x(clip.start + lengthOf(clip))];
  const width = Math.max(1, right - left - 1);
  const [top, height] = [lane.top + 2, lane.height - 4];
  const asset = store.assetOf(clip);
  context.fillStyle = { gap: colors.sunken, card: colors.card }[asset ? "" : clip.kind] ?? colors.clip;
  context.fillRect(left, top, width, height);
  if (width >= NARROW) {
    // of a thousand narrow clips, each clipped by itself, one drawing would take longer than a frame
    context.save();
    context.beginPath();
    context.rect(left, top, width, height);
    context.clip();
    const strip = { clip, asset, left, right, top: top + NAME, height: height - NAME };
    if (asset) drawStrip(context, view, { store, pictures }, strip);
    else if (clip.kind === "gap") hatch(context, colors, left, top, width, height);
    context.fillStyle = clip.kind === "gap" ? colors.sunken : colors.name;
    context.fillRect(left, top, width, NAME);
    context.restore();
  }
  outline(context, colors, store.selection.has(clip.id), left, top, width, height);
}

function outline(context, colors, isSelected, left, top, width, height) {
  if (!isSelected) return;
  context.strokeStyle = colors.accent;
  context.lineWidth = 2;
  context.strokeRect(left + 1, top + 1, Math.max(1, width - 2), height - 2);
}

// Pictures side by side, each the frame that is there; a still is repeated.
function drawStrip(context, view, { store, pictures }, { clip, asset, left, right, top, height }) {
  const isVideo = asset.kind === "video";
  const image = pictures.picture(store.media.url(asset, isVideo ? "sprite" : "poster"));
  if (!image) return;
  const columns = isVideo ? SPRITE_FRAMES : 1;
  const [width, total] = [image.naturalWidth / columns, store.framesOf(asset)];
  const tile = Math.max(8, (height * width) / image.naturalHeight);
  const first = Math.max(0, Math.floor(-left / tile));
  for (let x = left + first * tile; x < Math.min(right, view.width); x += tile) {
    const frame = (isEndless(clip) ? 0 : clip.in) + (x - left + tile / 2) / view.scale;
    const column = isVideo ? Math.max(0, Math.min(columns - 1, Math.floor((frame / total) * columns))) : 0;
    context.drawImage(image, column * width, 0, width, image.naturalHeight, x, top, tile, height);
  }
}

function hatch(context, colors, left, top, width, height) {
  context.strokeStyle = colors.line;
  context.lineWidth = 1;
  context.beginPath();
  const begin = Math.max(left, -height) - height;
  for (let x = begin; x < Math.min(left + width, 4000); x += 12) {
    context.moveTo(x, top + height);
    context.lineTo(x + height, top);
  }
  context.stroke();
}

function drawDissolve(context, view, { colors, lane }, clip) {
  const [left, right] = [view.x(clip.start), view.x(clip.start + overlapOf(clip))];
  const [top, height] = [lane.top + 2 + NAME, lane.height - 4 - NAME];
  context.fillStyle = colors.veil;
  context.fillRect(left, top, right - left, height);
  context.strokeStyle = colors.accent;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(left, top + height);
  context.lineTo(right, top);
  context.stroke();
}
