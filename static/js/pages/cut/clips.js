/** @file Clips: how new ones are made, and what kind they are. */

/** @typedef {import("./place.js").Clip} Clip */

/**
 * Make an id for a new clip or sound.
 *
 * @returns {string}
 */
export function newId() {
  // crypto.randomUUID() is missing on a page without https
  return [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Whether a part has all of these values already.
 *
 * @param {object} part
 * @param {object} changes
 * @returns {boolean}
 */
export const isSame = (part, changes) => Object.entries(changes).every(([name, value]) => part[name] === value);

const BLANK = { note: "", transition: null, fit: null, gainDb: 0, mute: false };

/**
 * Make a gap.
 *
 * @param {number} frames
 * @returns {Clip}
 */
export function makeGap(frames) {
  const nothing = { sceneId: null, sceneName: "", assetId: null, shows: null };
  return { ...BLANK, ...nothing, id: newId(), kind: "gap", in: 0, out: frames };
}

/**
 * Make a clip that follows its scene, or with `isPinned` shows this file whatever comes.
 *
 * @param {{ id: string, name: string }} scene
 * @param {{ id: string, kind: string } | null} asset null: a card
 * @param {number} frames
 * @param {boolean} [isPinned]
 * @returns {Clip}
 */
export function makeClip(scene, asset, frames, isPinned = false) {
  const names = { id: newId(), sceneId: scene.id, sceneName: scene.name };
  const shows = { assetId: isPinned ? asset.id : null, shows: asset?.id ?? null, kind: kindOf(asset) };
  return { ...BLANK, ...names, ...shows, in: 0, out: frames };
}

/**
 * What a clip with this file shows.
 *
 * @param {{ kind: string } | null | undefined} asset
 * @returns {"take" | "still" | "card"}
 */
export function kindOf(asset) {
  if (!asset) return "card";
  return asset.kind === "video" ? "take" : "still";
}

/**
 * Whether it can be shown for any time, so that its trims only say how long.
 *
 * @param {Clip} clip
 * @returns {boolean}
 */
export const isEndless = (clip) => clip.kind !== "take";
