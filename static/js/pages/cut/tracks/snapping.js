/** @file Snapping: a frame that is near an edit, a sound, a marker or the playhead becomes that frame. */

import { editPoints } from "../edits.js";
import { partEnd } from "./lanes.js";

const NEAR = 8; // pixels

/**
 * Return every frame to which something snaps.
 *
 * @param {import("../store.js").Store} store
 * @param {number} playhead
 * @param {string} [except] id of the part that is dragged
 * @returns {number[]}
 */
export function snapPoints({ cut }, playhead, except) {
  const others = [...cut.sounds, ...cut.captions, ...cut.titles].filter(({ id }) => id !== except);
  const edges = others.flatMap((part) => [part.start, partEnd(part)]);
  return [0, playhead, ...editPoints(cut), ...edges, ...cut.markers.map(({ at }) => at)];
}

/**
 * Snap a frame.
 *
 * @param {number} frame
 * @param {number[]} points
 * @param {number} scale pixels a frame
 * @returns {number} the same where nothing is near
 */
export function snapped(frame, points, scale) {
  let best = frame;
  let distance = NEAR / scale;
  for (const point of points) {
    if (Math.abs(point - frame) > distance) continue;
    distance = Math.abs(point - frame);
    best = point;
  }
  return best;
}
