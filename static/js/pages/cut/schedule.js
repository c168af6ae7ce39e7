/** @file What plays at a frame of the film: one clip, or two in a dissolve, and which is next. */

import { endOf, indexAt, lengthOf, overlapOf } from "./place.js";

/**
 * @typedef {object} Item
 * @property {object} clip
 * @property {object | null} asset
 * @property {number} seconds into the file
 * @property {number} opacity 0 to 1
 * @property {number} sound 0 to 1, the share of its own sound
 */

/**
 * What plays at a frame, the lowest first.
 *
 * @param {import("./store.js").Store} store
 * @param {number} frame with a fraction while it plays
 * @returns {Item[]}
 */
export function itemsAt(store, frame) {
  const { clips } = store.cut;
  const index = indexAt(clips, Math.floor(frame));
  if (index < 0) return [];
  const clip = clips[index];
  const share = Math.min(1, (frame - clip.start) / (overlapOf(clip) || 1));
  if (!overlapOf(clip) || share >= 1) return [itemOf(store, clip, frame, 1, 1)];
  // the first clip comes out of black
  const before = index && frame < endOf(clips[index - 1]) ? clips[index - 1] : null;
  const items = before ? [itemOf(store, before, frame, 1, 1 - share)] : [];
  return [...items, itemOf(store, clip, frame, share, share)];
}

/**
 * The clip that comes after a frame, at its first frame.
 *
 * @param {import("./store.js").Store} store
 * @param {number} frame
 * @returns {Item | null}
 */
export function nextAfter(store, frame) {
  const { clips } = store.cut;
  const index = indexAt(clips, Math.floor(frame));
  const next = index < 0 ? null : clips[index + 1];
  return next ? itemOf(store, next, next.start, 1, 1) : null;
}

/**
 * The sounds that play at a frame or soon after.
 *
 * @param {object} cut
 * @param {number} frame
 * @param {number} soon frames
 * @returns {object[]}
 */
export function soundsAt(cut, frame, soon) {
  return cut.sounds.filter((sound) => sound.start <= frame + soon && frame < endOf(sound));
}

/**
 * How loud a sound is at a frame, by its fades.
 *
 * @param {object} sound
 * @param {number} frame
 * @returns {number} 0 to 1
 */
export function fadeAt(sound, frame) {
  const at = frame - sound.start;
  const rest = lengthOf(sound) - at;
  const fadeIn = sound.fadeIn ? Math.min(1, at / sound.fadeIn) : 1;
  return Math.max(0, Math.min(fadeIn, sound.fadeOut ? Math.min(1, rest / sound.fadeOut) : 1));
}

function itemOf(store, clip, frame, opacity, sound) {
  const asset = store.assetOf(clip);
  // a take may be tried in the place of a picture, which has no frames of its own
  const source = asset?.kind === "video" ? clip.in + frame - clip.start : 0;
  return { clip, asset, seconds: Math.max(0, source / store.rate.fps), opacity, sound };
}
