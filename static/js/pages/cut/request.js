/** @file A cut as the body of a PUT. */

import { Rate } from "./rate.js";

const CLIP = ["id", "sceneId", "assetId", "kind", "in", "out", "note", "transition", "fit", "gainDb", "mute"];
const SOUND = ["id", "lane", "assetId", "start", "in", "out", "gainDb", "fadeIn", "fadeOut", "duck"];
const FIELDS = {
  captions: ["start", "end", "text"],
  titles: ["start", "end", "text", "place"],
  markers: ["at", "text"],
};
const SETTINGS = ["rate", "width", "height", "fit", "loudness"];

const pick = (part, fields) => Object.fromEntries(fields.map((field) => [field, part[field]]));

// A clip that follows its scene and shows all of a take says no end: the server knows better which take that is.
function openEnd(clip, assets, rate) {
  const asset = assets.get(clip.shows);
  const isWhole = !clip.assetId && clip.kind === "take" && clip.in === 0 && asset;
  return isWhole && clip.out === rate.frames(asset.seconds) ? { ...clip, out: null } : clip;
}

/**
 * Make the body of a PUT from a cut, with the version that the server has.
 *
 * @param {import("./store.js").Store} store
 * @param {object} cut
 * @returns {object}
 */
export function toRequest({ media, saved }, cut) {
  const rate = new Rate(cut.rate);
  const lists = Object.entries(FIELDS).map(([list, fields]) => [list, cut[list].map((part) => pick(part, fields))]);
  const clips = cut.clips.map((clip) => pick(openEnd(clip, media.assets, rate), CLIP));
  const sounds = cut.sounds.map((sound) => pick(sound, SOUND));
  return { version: saved.version, ...pick(cut, SETTINGS), clips, sounds, ...Object.fromEntries(lists) };
}

/**
 * Whether two cuts say the same.
 *
 * @param {import("./store.js").Store} store
 * @param {object} first
 * @param {object} second
 * @returns {boolean}
 */
export function isSameCut(store, first, second) {
  return JSON.stringify(toRequest(store, first)) === JSON.stringify(toRequest(store, second));
}
