/**
 * @file Edits of the picture track: pure functions from a cut to a cut. They change the order and the trims; `settle()`
 * in place.js puts everything at its place afterwards.
 */

import { isEndless, isSame, kindOf } from "./clips.js";
import { endOf, indexAt, lengthOf, overlapOf } from "./place.js";

/** @typedef {import("./place.js").Clip} Clip */

/**
 * Where a clip is in the order.
 *
 * @param {object} cut
 * @param {string | null | undefined} id
 * @returns {number} -1: there is no such clip
 */
export const indexOf = (cut, id) => cut.clips.findIndex((clip) => clip.id === id);

// before that clip; where it is gone, at the end
const placeBefore = (cut, id) => (indexOf(cut, id) + cut.clips.length + 1) % (cut.clips.length + 1);

function insertClips(cut, index, clips) {
  return { ...cut, clips: cut.clips.toSpliced(index, 0, ...clips) };
}

/**
 * Insert clips before another.
 *
 * @param {object} cut
 * @param {string | null} id of the other; null: at the end
 * @param {Clip[]} clips
 * @returns {object}
 */
export function insertBefore(cut, id, clips) {
  return insertClips(cut, placeBefore(cut, id), clips);
}

/**
 * Insert clips at a frame; a clip that plays there is split.
 *
 * @param {object} cut
 * @param {number} frame
 * @param {Clip[]} clips
 * @param {string} rightId of the second piece of a clip that is split
 * @returns {object}
 */
export function insertAt(cut, frame, clips, rightId) {
  const index = indexAt(cut.clips, frame);
  if (index < 0) return insertClips(cut, cut.clips.length, clips);
  if (cut.clips[index].start === frame) return insertClips(cut, index, clips);
  return insertClips(splitClip(cut, cut.clips[index].id, frame, rightId), index + 1, clips);
}

/**
 * Split a clip at a frame of the film. Within a dissolve into the clip the dissolve ends there, and so does the clip
 * before: the film stays as long as it is.
 *
 * @param {object} cut
 * @param {string | undefined} id
 * @param {number} frame
 * @param {string} rightId of the second piece
 * @returns {object} the same cut where the frame is not within the clip
 */
export function splitClip(cut, id, frame, rightId) {
  const index = indexOf(cut, id);
  const clip = cut.clips[index];
  const offset = clip ? frame - clip.start : 0;
  if (offset <= 0 || offset >= lengthOf(clip)) return cut;
  const before = cut.clips[index - 1];
  const rest = before ? Math.max(0, overlapOf(clip) - offset) : 0;
  const left = { ...clip, out: clip.in + offset };
  const right = { ...clip, id: rightId, in: clip.in + offset, transition: null, start: frame };
  if (isEndless(clip)) Object.assign(right, { in: 0, out: lengthOf(clip) - offset });
  const clips = cut.clips.toSpliced(index, 1, left, right);
  return { ...cut, clips: rest ? clips.with(index - 1, { ...before, out: before.out - rest }) : clips };
}

/**
 * Move clips, in their order, before another.
 *
 * @param {object} cut
 * @param {Set<string>} ids
 * @param {string | null} before its id; null: to the end
 * @returns {object} the same cut where they are there already
 */
export function moveClips(cut, ids, before) {
  const index = placeBefore(cut, before);
  const isMoved = ({ id }) => ids.has(id);
  const stays = (clip) => !isMoved(clip);
  const clips = cut.clips.slice(0, index).filter(stays);
  clips.push(...cut.clips.filter(isMoved), ...cut.clips.slice(index).filter(stays));
  return clips.every((clip, at) => clip === cut.clips[at]) ? cut : { ...cut, clips };
}

/**
 * Move clips one place earlier or later.
 *
 * @param {object} cut
 * @param {Set<string>} ids
 * @param {-1 | 1} step
 * @returns {object}
 */
export function nudgeClips(cut, ids, step) {
  const places = cut.clips.flatMap(({ id }, index) => (ids.has(id) ? [index] : []));
  if (!places.length) return cut;
  const index = step < 0 ? places[0] - 1 : places.at(-1) + 2;
  return index < 0 || index > cut.clips.length ? cut : moveClips(cut, ids, cut.clips[index]?.id ?? null);
}

/**
 * Remove clips and close up, or leave a gap as long as each.
 *
 * @param {object} cut
 * @param {Set<string>} ids
 * @param {Map<string, Clip> | null} [gaps] by the id of the clip whose place each takes
 * @returns {object}
 */
export function removeClips(cut, ids, gaps = null) {
  if (!cut.clips.some(({ id }) => ids.has(id))) return cut;
  const rest = (clip) => (gaps?.has(clip.id) ? [{ ...gaps.get(clip.id), out: lengthOf(clip) }] : []);
  return { ...cut, clips: cut.clips.flatMap((clip) => (ids.has(clip.id) ? rest(clip) : [clip])) };
}

/**
 * Put copies of clips behind the last of them.
 *
 * @param {object} cut
 * @param {Map<string, string>} copies the id of each clip → that of its copy
 * @returns {object}
 */
export function duplicateClips(cut, copies) {
  const last = cut.clips.findLastIndex(({ id }) => copies.has(id));
  if (last < 0) return cut;
  const made = [];
  for (const clip of cut.clips) {
    if (copies.has(clip.id)) made.push({ ...clip, id: copies.get(clip.id), transition: null });
  }
  return insertClips(cut, last + 1, made);
}

/**
 * Change fields of clips.
 *
 * @param {object} cut
 * @param {Set<string>} ids
 * @param {object} changes
 * @returns {object}
 */
export function changeClips(cut, ids, changes) {
  if (cut.clips.every((clip) => !ids.has(clip.id) || isSame(clip, changes))) return cut;
  return { ...cut, clips: cut.clips.map((clip) => (ids.has(clip.id) ? { ...clip, ...changes } : clip)) };
}

/**
 * Show another file in a clip: all of it where the clip showed all, else what there is of the same frames.
 *
 * @param {object} cut
 * @param {string} id of the clip
 * @param {{ asset: object | null, frames: number, before: number, isPinned: boolean }} file its frames, Infinity for
 *   a picture or card, and those of the file before
 * @returns {object}
 */
export function showFile(cut, id, { asset, frames, before, isPinned }) {
  const change = (clip) => {
    const isWhole = clip.in === 0 && clip.out === before;
    const out = isWhole && Number.isFinite(frames) ? frames : Math.min(clip.out, frames);
    const start = Math.min(clip.in, out - 1);
    const shows = { assetId: isPinned ? (asset?.id ?? null) : null, shows: asset?.id ?? null, kind: kindOf(asset) };
    return { ...clip, ...shows, in: start, out };
  };
  const index = indexOf(cut, id);
  return index < 0 ? cut : { ...cut, clips: cut.clips.with(index, change(cut.clips[index])) };
}

/**
 * Every frame where a clip begins or ends.
 *
 * @param {object} cut
 * @returns {number[]} rising
 */
export function editPoints(cut) {
  return [...new Set(cut.clips.flatMap((clip) => [clip.start, endOf(clip)]))].toSorted((a, b) => a - b);
}
