/** @file A cut at another rate: clips keep their times, and what stands on the picture stays with its clip. */

import { LISTS, shortFades } from "./part_edits.js";
import { STAYS, indexAt, lengthOf, pictureEnd, place } from "./place.js";

/**
 * Bring a cut to another rate: each position to the frame at the same time, and sounds and words to the same place of
 * the clip that they begin in, since the lengths of clips are rounded one by one.
 *
 * @param {object} cut
 * @param {import("./rate.js").Rate} from
 * @param {import("./rate.js").Rate} to
 * @param {(part: object) => number} [framesOf] how many frames of the new rate the file of a clip or sound has: a file
 *   may have one less than its frames at the old rate would give
 * @returns {object}
 */
export function changeRate(cut, from, to, framesOf = () => Infinity) {
  const at = (frames) => Math.round((frames / from.fps) * to.fps);
  const clips = cut.clips.map((clip) => scaledClip(clip, at, framesOf(clip)));
  const after = place({ ...cut, clips, rate: to.name });
  const move = mover(cut, after, at);
  const change = (part) => movedPart(part, { at, move, frames: framesOf(part) });
  return place({ ...after, ...Object.fromEntries(LISTS.map((list) => [list, cut[list].map(change)])) });
}

function scaledTrim(part, at, frames) {
  const out = Math.min(Math.max(at(part.in) + 1, at(part.out)), frames);
  return { in: Math.min(at(part.in), out - 1), out };
}

function scaledClip(clip, at, frames) {
  const { transition } = clip;
  const scaled = transition && { ...transition, frames: Math.max(1, at(transition.frames)) };
  return { ...clip, ...scaledTrim(clip, at, frames), transition: scaled };
}

// Where a frame of the picture is at the other rate.
function mover(before, after, at) {
  return (frame) => {
    const index = indexAt(before.clips, frame);
    if (index < 0) return pictureEnd(after) + at(frame - pictureEnd(before));
    const clip = after.clips[index];
    return clip.start + Math.min(at(frame - before.clips[index].start), lengthOf(clip) - 1);
  };
}

function movedPart(part, { at, move, frames }) {
  if ("at" in part) return { ...part, at: move(part.at) };
  const start = part.lane === STAYS ? at(part.start) : move(part.start);
  if (!("out" in part)) return { ...part, start, end: start + Math.max(1, at(part.end - part.start)) };
  const fades = { fadeIn: at(part.fadeIn), fadeOut: at(part.fadeOut) };
  const sound = { ...part, ...fades, ...scaledTrim(part, at, frames), start };
  return { ...sound, ...shortFades(sound) };
}
