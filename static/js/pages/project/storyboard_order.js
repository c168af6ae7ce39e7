// Cards put into another order: dragged by mouse or finger, or picked up, moved and dropped by the keyboard, or by two taps.

import { drag } from "../../lib/drag_and_drop.js";
import { bind } from "../../lib/keyboard.js";

const MOVE = { duration: 180, easing: "cubic-bezier(0.2, 0.7, 0.2, 1)" };
const calm = matchMedia("(prefers-reduced-motion: reduce)");

let board = null;
let persist = null;
let moved = null; // the card that is on its way
let before = []; // the order as it was when it was taken

export const isUnderWay = () => moved !== null;

const cardOf = (element) => element.closest?.("#storyboard > [data-scene-card]");
const nameOf = (card) => card.querySelector("h3").textContent.trim();
const placeOf = (card) => [...board.children].indexOf(card) + 1;

function say(words) {
  document.getElementById("reorder-said").textContent = words;
}

function lift(card) {
  moved = card;
  before = [...board.children];
  card.setAttribute("data-lifted", "");
}

/** Each card glides from where it was to where it is. */
function glide(change) {
  const cards = [...board.children];
  const were = calm.matches ? [] : cards.map((card) => card.getBoundingClientRect());
  change();
  were.forEach((was, index) => {
    const is = cards[index].getBoundingClientRect();
    const [x, y] = [was.left - is.left, was.top - is.top];
    if (x || y) cards[index].animate([{ translate: `${x}px ${y}px` }, { translate: "0 0" }], MOVE);
  });
}

function put(card, place) {
  const others = [...board.children].filter((other) => other !== card);
  const at = Math.max(1, Math.min(place, others.length + 1));
  if (at === placeOf(card)) return;
  glide(() => board.insertBefore(card, others[at - 1] ?? null));
}

function release() {
  moved?.removeAttribute("data-lifted");
  moved?.querySelector("[data-grip]").setAttribute("aria-pressed", "false");
  moved = null;
}

function putBack() {
  const cards = before.filter((card) => card.isConnected);
  glide(() => board.append(...cards));
  release();
}

async function drop() {
  const [card, was] = [moved, before.indexOf(moved) + 1];
  const place = placeOf(card);
  const old = before;
  release();
  if (place === was || (await persist(card, place))) return;
  before = old;
  moved = card;
  putBack();
}

// By the keyboard: the grip is pressed, the arrows move, the grip is pressed again.

function columns() {
  const [first, ...others] = [...board.children].map((card) => card.offsetTop);
  const next = others.findIndex((top) => top > first);
  return next < 0 ? others.length + 1 : next + 1;
}

const STEPS = {
  ArrowLeft: () => -1,
  ArrowRight: () => 1,
  ArrowUp: () => -columns(),
  ArrowDown: () => columns(),
  Home: () => -board.children.length,
  End: () => board.children.length,
};

function pressGrip(grip) {
  const card = cardOf(grip);
  const count = board.children.length;
  if (!moved) {
    lift(card);
    grip.setAttribute("aria-pressed", "true");
    say(`${nameOf(card)} is picked up, at place ${placeOf(card)} of ${count}. Arrows move it, space drops it, escape puts it back.`);
  } else {
    // pressed at another card, that card's place is meant
    put(moved, placeOf(card));
    say(`${nameOf(moved)} is dropped at place ${placeOf(moved)} of ${count}.`);
    drop();
  }
}

function key(event) {
  const grip = event.target.closest?.("[data-grip]");
  if (!grip || !moved) return;
  if (event.key === "Escape") {
    say(`${nameOf(moved)} is back at place ${before.indexOf(moved) + 1}.`);
    putBack();
    grip.focus();
  } else if (event.key in STEPS) {
    put(moved, placeOf(moved) + STEPS[event.key]());
    // a node that is moved loses the focus
    grip.focus();
    moved.scrollIntoView({ block: "nearest" });
    say(`Place ${placeOf(moved)} of ${board.children.length}.`);
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

// By the mouse: the card itself moves among the others while it is held.

function over(event) {
  if (!moved) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "move";
  takePlaceOf(event.target);
}

function takePlaceOf(element) {
  const target = cardOf(element);
  if (!target || target === moved || target.getAnimations().length) return;
  put(moved, placeOf(target));
}

function dragStart(event) {
  const card = cardOf(event.target);
  if (!card?.draggable) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", nameOf(card));
  // taken by its link or its picture it is the card all the same
  const { left, top } = card.getBoundingClientRect();
  event.dataTransfer.setDragImage(card, event.clientX - left, event.clientY - top);
  lift(card);
}

/** `save(card, place)` keeps a new place and answers whether that went well. */
export function start(storyboard, save) {
  board = storyboard;
  persist = save;
  board.addEventListener("click", (event) => {
    const grip = event.target.closest("[data-grip]");
    if (grip) pressGrip(grip);
  });
  board.addEventListener("keydown", key);
  bind("Storyboard", [{ keys: [], shown: "Space ← →", does: "On the handle of a scene: take it up, move it, drop it", run: () => {} }]);
  board.addEventListener("focusout", (event) => {
    // left without a decision: as it was; the moves themselves take the focus for an instant
    if (moved?.querySelector("[data-grip][aria-pressed=true]")) {
      setTimeout(() => moved && !document.activeElement.closest("#storyboard [data-grip]") && putBack());
    }
  });
  board.addEventListener("dragstart", dragStart);
  board.addEventListener("dragover", over);
  board.addEventListener("drop", (event) => {
    event.preventDefault();
    if (moved) drop();
  });
  board.addEventListener("dragend", () => moved && putBack());
  drag("#storyboard [data-grip]", {
    begin: (grip) => {
      if (moved) release();
      lift(cardOf(grip));
    },
    over: takePlaceOf,
    end: (dropped) => moved && (dropped ? drop() : putBack()),
  });
}
