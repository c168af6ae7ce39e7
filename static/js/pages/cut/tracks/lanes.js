/** @file The lanes of the tracks from top to bottom, and which parts of a cut lie in each. */

import { endOf } from "../place.js";
import { gettext } from "../../../lib/words.js";

/** The height of the ruler, in pixels. */
export const RULER = 28;

/** The lanes from top to bottom; heights in pixels. */
export const LANES = [
  { id: "titles", list: "titles", label: gettext("Titles"), height: 24 },
  { id: "captions", list: "captions", label: gettext("Captions"), height: 24 },
  { id: "clips", list: "clips", label: gettext("Picture"), height: 76 },
  { id: "takes", list: "clips", label: gettext("Takes"), height: 28 },
  { id: "voice", list: "sounds", label: gettext("Voice"), height: 38 },
  { id: "music", list: "sounds", label: gettext("Music"), height: 38 },
  { id: "effects", list: "sounds", label: gettext("Effects"), height: 38 },
];

let top = RULER;
for (const lane of LANES) {
  lane.top = top;
  top += lane.height;
}

/** The height of all lanes and the ruler. */
export const HEIGHT = top;

/**
 * Find the lane at a height.
 *
 * @param {number} y pixels from the top of the ruler
 * @returns {object | null} null for the ruler and below all
 */
export const laneAt = (y) => LANES.find((lane) => y >= lane.top && y < lane.top + lane.height) ?? null;

/**
 * Where a part ends.
 *
 * @param {object} part
 * @returns {number} the frame after its last
 */
export const partEnd = (part) => ("out" in part ? endOf(part) : part.end);

/**
 * The parts of a lane that can be seen, in their order.
 *
 * @param {object} cut
 * @param {object} lane
 * @param {{ first: number, last: number }} range frames
 * @returns {{ part: object, index: number }[]}
 */
export function partsIn(cut, lane, { first, last }) {
  if (lane.list === "clips") return clipsIn(cut.clips, first, last);
  const isHere = (part) => lane.list !== "sounds" || part.lane === lane.id;
  return cut[lane.list]
    .map((part, index) => ({ part, index }))
    .filter(({ part }) => isHere(part) && part.start <= last && partEnd(part) > first);
}

// clips are sorted: the first one is found by halves
function clipsIn(clips, first, last) {
  let [low, high] = [0, clips.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (endOf(clips[middle]) > first) high = middle;
    else low = middle + 1;
  }
  const found = [];
  for (let index = low; index < clips.length && clips[index].start <= last; index += 1) {
    found.push({ part: clips[index], index });
  }
  return found;
}
