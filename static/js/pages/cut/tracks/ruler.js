/** @file The ruler: time code, the marked range, and markers, on a canvas. */

import { RULER } from "./lanes.js";

const MIN_LABEL = 96; // pixels between two time codes
const FRAMES = [1, 2, 5, 6, 10, 12, 15, 30];
const SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];

function stepFor(scale, nominal) {
  const steps = [
    ...FRAMES.filter((step) => step < nominal && nominal % step === 0),
    ...SECONDS.map((seconds) => seconds * nominal),
  ];
  return steps.find((step) => step * scale >= MIN_LABEL) ?? steps.at(-1);
}

/**
 * Draw the ruler.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {import("./viewport.js").Viewport} view
 * @param {{ store: import("../store.js").Store, player: import("../player.js").Player, colors: object }} page
 */
export function drawRuler(context, view, { store, player, colors }) {
  const { rate, cut } = store;
  const { first, last } = view.range;
  const step = stepFor(view.scale, rate.nominal);
  drawRange(context, view, player.range, colors);
  context.font = colors.font;
  context.textBaseline = "middle";
  for (let frame = Math.floor(first / step) * step; frame <= last; frame += step) {
    const x = Math.round(view.x(frame)) + 0.5;
    context.fillStyle = colors.line;
    context.fillRect(x, RULER - 9, 1, 9);
    for (let part = 1; part < 5; part += 1) {
      context.fillRect(Math.round(view.x(frame + (step * part) / 5)) + 0.5, RULER - 4, 1, 4);
    }
    context.fillStyle = colors.muted;
    context.fillText(rate.timecode(frame), x + 4, 9);
  }
  for (const marker of cut.markers) drawMarker(context, view.x(marker.at), store.selection.has(marker.id), colors);
}

function drawRange(context, view, range, colors) {
  if (range.in === null && range.out === null) return;
  const from = view.x(range.in ?? 0);
  const to = range.out === null ? view.width : view.x(range.out);
  context.fillStyle = colors.soft;
  context.fillRect(from, 0, to - from, RULER);
  context.fillStyle = colors.accent;
  if (range.in !== null) context.fillRect(from, 0, 2, RULER);
  if (range.out !== null) context.fillRect(to - 2, 0, 2, RULER);
}

function drawMarker(context, x, isSelected, colors) {
  context.fillStyle = isSelected ? colors.accent : colors.good;
  context.beginPath();
  context.moveTo(x - 5, RULER - 13);
  context.lineTo(x + 5, RULER - 13);
  context.lineTo(x + 5, RULER - 6);
  context.lineTo(x, RULER - 1);
  context.lineTo(x - 5, RULER - 6);
  context.fill();
}
