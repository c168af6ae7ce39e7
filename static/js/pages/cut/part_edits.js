/** @file Edits of sounds, captions, titles and markers: pure functions from a cut to a cut. */

import { isSame, newId } from "./clips.js";
import { endOf, lengthOf } from "./place.js";

const clamp = (value, low, high) => Math.max(low, Math.min(value, high));

const WITHOUT_IDS = ["captions", "titles", "markers"];

/** The lists of a cut besides its clips. */
export const LISTS = ["sounds", ...WITHOUT_IDS];

/**
 * Give captions, titles and markers ids, which the server does not keep. Those that were known before keep theirs: by
 * what they say, else by their place in a list of the same length.
 *
 * @param {object} cut
 * @param {object} [known] a cut with ids
 * @returns {object}
 */
export function withIds(cut, known) {
  const lists = WITHOUT_IDS.map((list) => [list, named(cut[list], known?.[list] ?? [])]);
  return { ...cut, ...Object.fromEntries(lists) };
}

function named(parts, known) {
  const free = new Map();
  for (const { id, ...rest } of known) free.set(id, contentOf(rest));
  const idsByContent = Map.groupBy(free.keys(), (id) => free.get(id));
  const ids = parts.map((part) => {
    const id = idsByContent.get(contentOf(part))?.shift();
    free.delete(id);
    return id;
  });
  const isAsLong = parts.length === known.length;
  return parts.map((part, index) => {
    const here = isAsLong && free.has(known[index].id) ? known[index].id : undefined;
    return { ...part, id: ids[index] ?? here ?? newId() };
  });
}

const contentOf = ({ start, end, at, text, place }) => JSON.stringify([start, end, at, text, place]);

/**
 * Find a part by its id.
 *
 * @param {object} cut
 * @param {string} id
 * @returns {{ list: string, index: number, part: object } | null}
 */
export function findPart(cut, id) {
  for (const list of ["clips", ...LISTS]) {
    const index = cut[list].findIndex((part) => part.id === id);
    if (index >= 0) return { list, index, part: cut[list][index] };
  }
  return null;
}

/**
 * Change a part.
 *
 * @param {object} cut
 * @param {string} id
 * @param {object} changes
 * @returns {object}
 */
export function changePart(cut, id, changes) {
  const found = findPart(cut, id);
  if (!found || isSame(found.part, changes)) return cut;
  return { ...cut, [found.list]: cut[found.list].with(found.index, { ...found.part, ...changes }) };
}

/**
 * Add a part to a list.
 *
 * @param {object} cut
 * @param {string} list
 * @param {object} part with an id
 * @returns {object}
 */
export function addPart(cut, list, part) {
  return { ...cut, [list]: [...cut[list], part] };
}

/**
 * Remove sounds, captions, titles and markers.
 *
 * @param {object} cut
 * @param {Set<string>} ids
 * @returns {object}
 */
export function removeParts(cut, ids) {
  if (!LISTS.some((list) => cut[list].some(({ id }) => ids.has(id)))) return cut;
  const kept = LISTS.map((list) => [list, cut[list].filter(({ id }) => !ids.has(id))]);
  return { ...cut, ...Object.fromEntries(kept) };
}

/**
 * Move a sound, caption, title or marker.
 *
 * @param {object} cut
 * @param {string} id
 * @param {number} start
 * @param {string} [lane] for a sound
 * @returns {object}
 */
export function movePart(cut, id, start, lane) {
  const found = findPart(cut, id);
  if (!found) return cut;
  const { list, part } = found;
  const at = Math.max(0, start);
  if (list === "markers") return changePart(cut, id, { at });
  if (list === "sounds") return changePart(cut, id, { start: at, lane: lane ?? part.lane });
  // words that nobody would see are no use
  const inside = Math.max(0, Math.min(at, cut.length - (part.end - part.start)));
  return changePart(cut, id, { start: inside, end: inside + part.end - part.start });
}

/**
 * Trim a sound, caption or title.
 *
 * @param {object} cut
 * @param {string} id
 * @param {"start" | "end"} edge
 * @param {number} delta frames by which the edge moves
 * @param {number} frames how many the file of a sound has
 * @returns {object}
 */
export function trimPart(cut, id, edge, delta, frames) {
  const { list, part } = findPart(cut, id) ?? {};
  if (list === "sounds") return changePart(cut, id, trimmedSound(part, edge, delta, frames));
  if (!part || list === "markers") return cut;
  const last = Math.max(cut.length, part.end);
  if (edge === "end") return changePart(cut, id, { end: clamp(part.end + delta, part.start + 1, last) });
  return changePart(cut, id, { start: clamp(part.start + delta, 0, part.end - 1) });
}

function trimmedSound(sound, edge, delta, frames) {
  const by =
    edge === "start"
      ? clamp(delta, Math.max(-sound.in, -sound.start), lengthOf(sound) - 1)
      : clamp(delta, 1 - lengthOf(sound), frames - sound.out);
  const changes = edge === "start" ? { in: sound.in + by, start: sound.start + by } : { out: sound.out + by };
  return { ...changes, ...shortFades({ ...sound, ...changes }) };
}

/**
 * The fades of a sound, shortened to its length.
 *
 * @param {object} sound
 * @returns {{ fadeIn: number, fadeOut: number }}
 */
export function shortFades(sound) {
  const fadeIn = Math.min(sound.fadeIn, lengthOf(sound));
  return { fadeIn, fadeOut: Math.min(sound.fadeOut, lengthOf(sound) - fadeIn) };
}

/**
 * Split a sound at a frame of the film.
 *
 * @param {object} cut
 * @param {string} id
 * @param {number} frame
 * @param {string} rightId of the second piece
 * @returns {object}
 */
export function splitSound(cut, id, frame, rightId) {
  const { list, index, part } = findPart(cut, id) ?? {};
  if (list !== "sounds" || frame <= part.start || frame >= endOf(part)) return cut;
  const at = part.in + frame - part.start;
  const left = { ...part, out: at, fadeOut: 0 };
  const right = { ...part, id: rightId, start: frame, in: at, fadeIn: 0 };
  for (const piece of [left, right]) Object.assign(piece, shortFades(piece));
  return { ...cut, sounds: cut.sounds.toSpliced(index, 1, left, right) };
}
