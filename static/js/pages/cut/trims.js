/** @file Trims: pure functions from a cut to a cut. `frames` is how many frames the file of a clip has. */

import { isEndless, isSame } from "./clips.js";
import { indexOf } from "./edits.js";
import { lengthOf, overlapOf } from "./place.js";

const clamp = (value, low, high) => Math.max(low, Math.min(value, high));

// A clip that is shorter than its dissolves would shorten them, and the film would grow.
const least = (clip, next) => Math.max(1, overlapOf(clip) + (next ? overlapOf(next) : 0));

function change(cut, index, changes) {
  if (isSame(cut.clips[index], changes)) return cut;
  return { ...cut, clips: cut.clips.with(index, { ...cut.clips[index], ...changes }) };
}

/**
 * Move where a clip begins; everything behind it closes up (a ripple).
 *
 * @param {object} cut
 * @param {string} id
 * @param {number} delta frames; positive makes the clip shorter
 * @returns {object}
 */
export function trimStart(cut, id, delta) {
  const index = indexOf(cut, id);
  const clip = cut.clips[index];
  if (!clip) return cut;
  // a picture, a card and a gap have no first frame: they get shorter or longer
  if (isEndless(clip)) return change(cut, index, { in: 0, out: Math.max(1, lengthOf(clip) - delta) });
  return change(cut, index, { in: clamp(clip.in + delta, 0, clip.out - 1) });
}

/**
 * Move where a clip ends; everything behind it closes up (a ripple).
 *
 * @param {object} cut
 * @param {string} id
 * @param {number} delta frames; positive makes the clip longer
 * @param {number} frames
 * @returns {object}
 */
export function trimEnd(cut, id, delta, frames) {
  const index = indexOf(cut, id);
  const clip = cut.clips[index];
  if (!clip) return cut;
  return change(cut, index, { out: clamp(clip.out + delta, clip.in + 1, frames) });
}

/**
 * Move the cut between a clip and the one before it (a roll); the film keeps its length.
 *
 * @param {object} cut
 * @param {string} id of the second clip
 * @param {number} delta
 * @param {number} frames of the file of the first clip
 * @returns {object}
 */
export function roll(cut, id, delta, frames) {
  const index = indexOf(cut, id);
  const [left, right] = [cut.clips[index - 1], cut.clips[index]];
  if (!left || !right) return cut;
  const lowest = Math.max(least(left, right) - lengthOf(left), isEndless(right) ? -Infinity : -right.in);
  const highest = Math.min(frames - left.out, lengthOf(right) - least(right, cut.clips[index + 1]));
  const by = clamp(delta, lowest, highest);
  const second = isEndless(right) ? { in: 0, out: lengthOf(right) - by } : { in: right.in + by };
  return change(change(cut, index - 1, { out: left.out + by }), index, second);
}
