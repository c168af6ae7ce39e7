/** @file Rating of takes by keys, those of the scene's page. They act on the take that has the focus. */

import { post } from "../../lib/http.js";
import { addShortcuts } from "../../lib/keyboard.js";
import { refreshElement } from "../../lib/refresh.js";
import { gettext } from "../../lib/words.js";

const sheet = () => document.getElementById("sheet-takes");
const tiles = () => [...sheet().querySelectorAll(":scope > [data-job]")];
const focusedTile = () => document.activeElement?.closest("#sheet-takes > [data-job]");
const linkOf = (tile) => tile?.querySelector("a");

function columnCount() {
  const tops = tiles().map((tile) => tile.offsetTop);
  const next = tops.findIndex((top) => top > tops[0]);
  return next < 0 ? tops.length : next;
}

function moveFocus(step) {
  const all = tiles();
  const index = all.indexOf(focusedTile());
  linkOf(all[index < 0 ? 0 : Math.max(0, Math.min(all.length - 1, index + step))])?.focus();
}

async function rate(attribute, on, off) {
  const tile = focusedTile();
  if (!tile) return;
  const { id } = tile;
  const isSet = attribute in tile.dataset;
  if (await post(document.getElementById("sheet-form"), tile.dataset.markUrl, { do: isSet ? off : on })) {
    refreshElement(id);
  }
}

// A tile that is fetched again keeps the focus, for the next key. Two answers for one tile may wait at once, and each
// takes the focus away with its own swap.
function keepFocus({ detail: { target, xhr } }) {
  const hadFocus = target?.matches?.("#sheet-takes > [data-job]") && target.contains(document.activeElement);
  const isPicked = target?.querySelector?.("[data-pick]")?.checked;
  if (!hadFocus && !isPicked) return;
  const restore = ({ detail }) => {
    if (detail.xhr !== xhr) return;
    document.body.removeEventListener("htmx:afterSwap", restore);
    const tile = document.getElementById(target.id);
    if (hadFocus) linkOf(tile)?.focus();
    if (isPicked && tile) tile.querySelector("[data-pick]").checked = true;
  };
  document.body.addEventListener("htmx:afterSwap", restore);
}

/** Add the shortcuts. */
export function start() {
  if (!sheet()) return;
  document.body.addEventListener("htmx:beforeSwap", keepFocus);
  const moves = [
    { keys: ["ArrowRight", "]"], label: "→ ]", description: gettext("Next take"), run: () => moveFocus(1) },
    { keys: ["ArrowLeft", "["], label: "← [", description: gettext("Previous take"), run: () => moveFocus(-1) },
    { keys: ["ArrowDown"], label: "↓", description: gettext("Next row"), run: () => moveFocus(columnCount()) },
    { keys: ["ArrowUp"], label: "↑", description: gettext("Previous row"), run: () => moveFocus(-columnCount()) },
  ];
  const marks = [
    {
      keys: ["1"],
      label: "1",
      description: gettext("Choose or unchoose"),
      run: () => rate("chosen", "choose", "unchoose"),
    },
    { keys: ["s", "S"], label: "S", description: gettext("Star"), run: () => rate("starred", "star", "unstar") },
    { keys: ["x", "X"], label: "X", description: gettext("Reject"), run: () => rate("rejected", "reject", "unreject") },
  ];
  addShortcuts(gettext("Takes"), "mayChange" in sheet().dataset ? [...moves, ...marks] : moves);
}
