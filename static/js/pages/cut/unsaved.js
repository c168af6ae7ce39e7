/**
 * @file Edits that the server does not have yet. Each is a function from a cut to a cut, so that it can be made again on
 * another state: on what an undo returns, or on what somebody else has saved.
 */

import { settle } from "./place.js";

const TOGETHER = 600; // milliseconds between two steps that are one change to undo, such as those of a key that is held

/**
 * @typedef {object} Edit
 * @property {(cut: object) => object} make returns the same cut where there is nothing to change
 * @property {object} cut the cut after it
 * @property {string | null} group edits of the same group that follow each other quickly are one
 * @property {number} time when it was made, in milliseconds
 * @property {boolean} isClosed whether nothing can be added to it any more
 */

/**
 * Let everything stand at its place after a change.
 *
 * @param {(cut: object) => object} change from a function of edits.js, trims.js or part_edits.js
 * @param {boolean} linked whether sounds and words follow the picture
 * @returns {(cut: object) => object}
 */
export function settled(change, linked) {
  return (cut) => {
    const changed = change(cut);
    return changed === cut ? cut : settle(cut, changed, linked);
  };
}

/**
 * Add an edit to those that are not saved.
 *
 * @param {Edit[]} edits
 * @param {{ make: (cut: object) => object, cut: object, group: string | null }} edit
 * @returns {Edit[]}
 */
export function addEdit(edits, { make, cut, group }) {
  const time = performance.now();
  const last = edits.at(-1);
  const isMore = group && last?.group === group && !last.isClosed && time - last.time < TOGETHER;
  if (!isMore) return [...edits, { make, cut, group, time, isClosed: false }];
  const before = last.make;
  Object.assign(last, { make: (from) => make(before(from)), cut, time });
  return edits;
}

/**
 * Make edits again on another cut.
 *
 * @param {Edit[]} edits
 * @param {object} cut
 * @returns {{ made: Edit[], lost: Edit[] }} those that have changed it, and those that could not
 */
export function makeAgain(edits, cut) {
  const [made, lost] = [[], []];
  let now = cut;
  for (const edit of edits) {
    const after = edit.make(now);
    if (after === now) lost.push(edit);
    else {
      edit.cut = now = after;
      made.push(edit);
    }
  }
  return { made, lost };
}
