/** @file The filter of the storyboard: by the status and the color of scenes. The styles hide the others. */

import { fill, ngettext } from "../../lib/words.js";

const board = () => document.getElementById("board");

function describe() {
  const cards = [...document.querySelectorAll("#storyboard > [data-scene-card]")];
  const shown = cards.filter((card) => card.checkVisibility()).length;
  const all = ngettext("{count} scene", "{count} scenes", cards.length);
  const some = ngettext("{shown} of {count} scene", "{shown} of {count} scenes", cards.length);
  document.getElementById("scene-count").textContent = shown === cards.length ? all : fill(some, { shown });
}

function apply(form) {
  const { status, color } = Object.fromEntries(new FormData(form));
  board().dataset.onlyStatus = status;
  board().dataset.onlyColor = color;
  const chosen = Object.entries({ status, color }).filter(([, value]) => value);
  // the address can be kept or sent to somebody
  history.replaceState(history.state, "", chosen.length ? `?${new URLSearchParams(chosen)}` : location.pathname);
  describe();
}

/** Start the filter. */
export function start() {
  const form = document.getElementById("board-filter");
  if (!form) return;
  form.addEventListener("change", () => apply(form));
  // a card that is rendered anew may have another status
  new MutationObserver(describe).observe(document.getElementById("storyboard"), { childList: true });
  describe();
}
