/** @file An export in words: its state, its report, and the links to its file. */

import { formatElapsed } from "../../lib/timecode.js";
import { fill, gettext, ngettext } from "../../lib/words.js";
import { make } from "./dom.js";

const STATES = {
  queued: gettext("Waiting"),
  running: gettext("Exporting"),
  completed: gettext("Done"),
  failed: gettext("Failed"),
  cancelled: gettext("Cancelled"),
};
const MEGABYTE = 1024 * 1024;

/**
 * How far an export is, in whole percent.
 *
 * @param {{ progress: number }} each
 * @returns {number}
 */
export const percent = ({ progress }) => Math.round(progress * 100);

/**
 * What is told of an export beside its name.
 *
 * @param {object} each the export, as the API gives it
 * @returns {string}
 */
export function stateOf(each) {
  const { status, progress, secondsLeft, segments, bytes } = each;
  const words = [STATES[status]];
  if (status === "running") words.push(`${percent({ progress })}%`);
  const left = fill(gettext("{time} left"), { time: formatElapsed(secondsLeft) });
  if (status === "running" && secondsLeft) words.push(left);
  if (status === "completed" && bytes) words.push(`${(bytes / MEGABYTE).toFixed(1)} MB`);
  const kept = fill(gettext("{reused} of {total} segments reused"), segments);
  if (status === "completed" && segments.reused) words.push(kept);
  return words.join(" · ");
}

/**
 * What an export could not do as asked, folded.
 *
 * @param {string[]} sentences
 * @returns {HTMLElement}
 */
export function reportOf(sentences) {
  const words = ngettext("{count} note", "{count} notes", sentences.length);
  const list = make(
    "ul",
    { className: "warning-list" },
    sentences.map((textContent) => make("li", { textContent })),
  );
  return make("details", {}, [make("summary", { textContent: words }), list]);
}

/**
 * A link to the file of an export.
 *
 * @param {string} href
 * @param {string} words
 * @param {string} name of the file
 * @param {object} target properties of the element
 * @returns {HTMLElement}
 */
export function link(href, words, name, target) {
  const anchor = make("a", { className: "button small", href, textContent: words, ...target });
  anchor.setAttribute("aria-label", `${words} ${name}`);
  return anchor;
}
