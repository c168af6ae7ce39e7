/**
 * @file The order of the storyboard. A card is dragged by mouse or finger; or its handle is pressed, by key or tap, the
 * arrow keys move it, and a second press drops it.
 *
 * SortableJS is not used: no Python package ships it as a file of its own, and keys and taps would still be done here.
 */

import { enableDragging } from "../../lib/drag_and_drop.js";
import { addShortcuts } from "../../lib/keyboard.js";
import { fill, gettext } from "../../lib/words.js";

const GLIDE = { duration: 180, easing: "cubic-bezier(0.2, 0.7, 0.2, 1)" };
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

let board = null;
let save = null;
let movedCard = null; // the card that is picked up
let orderBefore = []; // the cards as they stood when it was picked up
let changes = 0; // of the order; a storyboard that was fetched before one of them is out of date
let savesUnderWay = 0;

const cardOf = (element) => element.closest?.("#storyboard > [data-scene-card]");
const nameOf = (card) => card.querySelector("h3").textContent.trim();
const placeOf = (card) => [...board.children].indexOf(card) + 1;

/**
 * Tell whether a card is picked up or its new place is being saved, so that the storyboard must not be replaced.
 *
 * @returns {boolean}
 */
export function isReordering() {
  return movedCard !== null || savesUnderWay > 0;
}

/**
 * Count the changes of the order; what was fetched before the last of them shows the old order.
 *
 * @returns {number}
 */
export function changeCount() {
  return changes;
}

// for screen readers
function announce(text) {
  document.getElementById("reorder-said").textContent = text;
}

function pickUp(card) {
  movedCard = card;
  orderBefore = [...board.children];
  card.setAttribute("data-lifted", "");
}

// Change the order, and let each card glide from its old place to its new one.
function withGlide(change) {
  const cards = [...board.children];
  const oldRects = reducedMotion.matches ? [] : cards.map((card) => card.getBoundingClientRect());
  change();
  for (const [index, old] of oldRects.entries()) {
    const rect = cards[index].getBoundingClientRect();
    const [x, y] = [old.left - rect.left, old.top - rect.top];
    if (x || y) cards[index].animate([{ translate: `${x}px ${y}px` }, { translate: "0 0" }], GLIDE);
  }
}

function moveTo(card, place) {
  const others = [...board.children].filter((other) => other !== card);
  const valid = Math.max(1, Math.min(place, others.length + 1));
  if (valid === placeOf(card)) return;
  withGlide(() => board.insertBefore(card, others[valid - 1] ?? null));
}

function release() {
  movedCard?.removeAttribute("data-lifted");
  movedCard?.querySelector("[data-grip]")?.setAttribute("aria-pressed", "false");
  movedCard = null;
}

function restoreOrder(cards) {
  const remaining = cards.filter((card) => card.isConnected);
  withGlide(() => board.append(...remaining));
}

function cancel() {
  restoreOrder(orderBefore);
  release();
}

async function drop() {
  const [card, before] = [movedCard, orderBefore];
  const place = placeOf(card);
  release();
  if (place === before.indexOf(card) + 1) return;
  changes += 1;
  savesUnderWay += 1;
  const isSaved = await save(card, place);
  savesUnderWay -= 1;
  if (!isSaved) restoreOrder(before);
}

function columnCount() {
  const [first, ...others] = [...board.children].map((card) => card.offsetTop);
  const nextRow = others.findIndex((top) => top > first);
  return nextRow < 0 ? others.length + 1 : nextRow + 1;
}

// how far each key moves a card
const STEPS = {
  ArrowLeft: () => -1,
  ArrowRight: () => 1,
  ArrowUp: () => -columnCount(),
  ArrowDown: () => columnCount(),
  Home: () => -board.children.length,
  End: () => board.children.length,
};

function pressHandle(handle) {
  const card = cardOf(handle);
  const count = board.children.length;
  if (!movedCard) {
    pickUp(card);
    handle.setAttribute("aria-pressed", "true");
    const help = gettext("Use the arrow keys to move it, Space to drop it, Escape to cancel.");
    const place = { name: nameOf(card), place: placeOf(card), count };
    const picked = fill(gettext("{name} is picked up, at position {place} of {count}."), place);
    announce(`${picked} ${help}`);
    return;
  }
  // the handle of another card stands for that card's place
  moveTo(movedCard, placeOf(card));
  const place = { name: nameOf(movedCard), place: placeOf(movedCard), count };
  announce(fill(gettext("{name} is dropped at position {place} of {count}."), place));
  drop();
}

function handleKey(event) {
  const handle = event.target.closest?.("[data-grip]");
  if (!handle || !movedCard) return;
  if (event.key === "Escape") {
    const place = { name: nameOf(movedCard), place: orderBefore.indexOf(movedCard) + 1 };
    announce(fill(gettext("{name} is back at position {place}."), place));
    cancel();
    handle.focus();
  } else if (event.key in STEPS) {
    moveTo(movedCard, placeOf(movedCard) + STEPS[event.key]());
    // an element that is moved in the page loses the focus
    handle.focus();
    movedCard.scrollIntoView({ block: "nearest" });
    announce(
      fill(gettext("Position {place} of {count}."), { place: placeOf(movedCard), count: board.children.length }),
    );
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

// A card that was picked up by its handle goes back when the focus leaves the handles. Each move takes the focus for an
// instant, which does not count.
function handleFocusOut() {
  if (!movedCard?.querySelector("[data-grip][aria-pressed=true]")) return;
  setTimeout(() => movedCard && !document.activeElement.closest("#storyboard [data-grip]") && cancel());
}

// While it is dragged, the card itself moves among the others.
function dragOver(element, y, x) {
  const card = cardAt(x, y);
  if (movedCard && card && card !== movedCard) moveTo(movedCard, placeOf(card));
  return board.contains(element);
}

// By the places of the cards, not by what is seen: a card that still glides is under the pointer again and again.
function cardAt(x, y) {
  const origin = board.firstElementChild.offsetParent;
  const { left, top } = origin.getBoundingClientRect();
  const [column, row] = [x - left + origin.scrollLeft, y - top + origin.scrollTop];
  return [...board.children].find(
    ({ offsetLeft, offsetTop, offsetWidth, offsetHeight }) =>
      column >= offsetLeft && column < offsetLeft + offsetWidth && row >= offsetTop && row < offsetTop + offsetHeight,
  );
}

/**
 * Let the cards of a storyboard be put into order.
 *
 * @param {HTMLElement} storyboard its children are the cards
 * @param {(card: HTMLElement, place: number) => Promise<boolean>} savePlace saves the new place of a card, from 1, and
 *   returns whether it did; if not, the card goes back
 */
export function start(storyboard, savePlace) {
  board = storyboard;
  save = savePlace;
  board.addEventListener("click", ({ target }) => {
    const handle = target.closest("[data-grip]");
    if (handle) pressHandle(handle);
  });
  board.addEventListener("keydown", handleKey);
  board.addEventListener("focusout", handleFocusOut);
  enableDragging({
    source: "#storyboard > [data-scene-card]",
    handle: "#storyboard [data-grip]",
    itemOf: cardOf,
    nameOf,
    onStart: (card) => {
      release();
      pickUp(card);
    },
    onOver: dragOver,
    onEnd: (dropped) => movedCard && (dropped ? drop() : cancel()),
  });
  addShortcuts(gettext("Storyboard"), [
    { keys: [], label: "Space ← →", description: gettext("On a scene's handle: pick up, move, drop") },
  ]);
}
