/**
 * @file Selection of scenes on the storyboard: by their boxes, by a click with Ctrl or Shift, or by X. The bar of what can
 * be done with them is a form, whose boxes are on the cards.
 */

import { addShortcuts } from "../../lib/keyboard.js";
import { fill, gettext } from "../../lib/words.js";

const selected = new Set(); // ids of scenes; they outlive the cards, which are replaced when a scene changes
let lastChosen = null; // the scene where Shift begins
let current = null; // the scene that X selects

const board = () => document.getElementById("storyboard");
const form = () => document.getElementById("several-scenes");
const cards = () => [...board().querySelectorAll(":scope > [data-scene-card]")];
const shownCards = () => cards().filter((card) => card.checkVisibility());
const boxOf = (card) => card.querySelector("input[name=scene]");
const cardOf = (element) => element?.closest?.("#storyboard > [data-scene-card]");

function show() {
  for (const card of cards()) boxOf(card).checked = selected.has(card.dataset.sceneCard);
  document.getElementById("selected-count").textContent = fill(gettext("{count} selected"), { count: selected.size });
}

// A scene that is gone, or that the filter hides, is not selected: nobody would see what is done with it.
function forgetHidden() {
  const shown = new Set(shownCards().map((card) => card.dataset.sceneCard));
  for (const id of selected) if (!shown.has(id)) selected.delete(id);
  show();
}

function choose(card, isSelected) {
  if (isSelected) selected.add(card.dataset.sceneCard);
  else selected.delete(card.dataset.sceneCard);
}

// With Shift all scenes are meant from the one that was chosen before to this one.
function toggle(card, withShift) {
  const all = shownCards();
  const first = all.findIndex(({ dataset }) => dataset.sceneCard === lastChosen);
  const last = all.indexOf(card);
  const isSelected = (withShift && first >= 0) || !selected.has(card.dataset.sceneCard);
  const range = withShift && first >= 0 ? all.slice(Math.min(first, last), Math.max(first, last) + 1) : [card];
  for (const each of range) choose(each, isSelected);
  lastChosen = card.dataset.sceneCard;
  show();
}

function clear() {
  selected.clear();
  show();
}

function handleClick(event) {
  const card = cardOf(event.target);
  if (!card) return;
  const isBox = event.target.closest(".scene-select");
  const hasModifier = event.ctrlKey || event.metaKey || event.shiftKey;
  if (isBox && event.target.matches("input")) toggle(card, event.shiftKey);
  else if (!isBox && hasModifier && !event.target.closest("button")) {
    // the link of the card would open a tab or a window
    event.preventDefault();
    event.stopPropagation();
    toggle(card, event.shiftKey);
  }
}

// whichever card the pointer or the focus came to last
function notePlace({ target }) {
  const card = cardOf(target);
  if (card) current = card.dataset.sceneCard;
}

function toggleByKey({ shiftKey }) {
  const card = shownCards().find(({ dataset }) => dataset.sceneCard === current);
  if (card) toggle(card, shiftKey);
}

function selectAll() {
  for (const card of shownCards()) choose(card, true);
  show();
}

/** Start the selection. */
export function start() {
  if (!form()) return;
  board().addEventListener("click", handleClick, { capture: true });
  for (const type of ["pointerover", "focusin"]) board().addEventListener(type, notePlace);
  // after the browser's own reset
  form().addEventListener("reset", () => setTimeout(clear));
  form().addEventListener("htmx:afterRequest", ({ target }) => target.matches("select") && (target.value = ""));
  document.getElementById("board-filter").addEventListener("change", () => setTimeout(forgetHidden));
  new MutationObserver(forgetHidden).observe(board(), { childList: true });
  addShortcuts(gettext("Storyboard"), [
    {
      keys: ["x", "X"],
      label: "X",
      description: gettext("Select the scene; with Shift all from the last one"),
      run: toggleByKey,
    },
    { keys: ["a"], label: "A", description: gettext("Select all scenes"), run: selectAll },
    { keys: ["Escape"], label: "Esc", description: gettext("Clear the selection"), run: clear },
  ]);
  show();
}
