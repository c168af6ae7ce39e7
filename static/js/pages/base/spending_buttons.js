/**
 * @file Buttons that spend credits, `data-spends`. One that comes under a finger about to press again, where Cancel was
 * or on the page that the press opened, stays off for a moment. Nothing is bought by an impatient second click.
 */

const HOLD = 2_000; // milliseconds after the button came
const NEAR = 32; // pixels between the press on the page before and the button on this one
const PRESS_KEY = "dailies.press"; // in this tab: where and when the pointer was pressed last

const holds = new Map(); // what a button does → until when it is off
let known = new Set(); // what the buttons of the page do

const buttons = () => [...document.querySelectorAll("[data-spends]")];
const actionOf = ({ form, name, value }) => [form?.action, name, value].join(" ");

function show() {
  for (const button of buttons()) {
    if (holds.get(actionOf(button)) > Date.now()) button.ariaDisabled = "true";
    else button.removeAttribute("aria-disabled");
  }
}

function hold(button) {
  holds.set(actionOf(button), Date.now() + HOLD);
  setTimeout(show, HOLD);
}

// A card that is fetched again brings the button that it had; that one is not new.
function holdNewButtons() {
  for (const button of buttons()) if (!known.has(actionOf(button))) hold(button);
  known = new Set(buttons().map(actionOf));
  show();
}

function wasPressedAt(button) {
  const { x, y, time } = JSON.parse(sessionStorage.getItem(PRESS_KEY) ?? "{}");
  const { left, right, top, bottom } = button.getBoundingClientRect();
  const isThere = x > left - NEAR && x < right + NEAR && y > top - NEAR && y < bottom + NEAR;
  return isThere && Date.now() - time < HOLD;
}

function rememberPress({ clientX: x, clientY: y }) {
  sessionStorage.setItem(PRESS_KEY, JSON.stringify({ x, y, time: Date.now() }));
}

function refuseHeld(event) {
  if (!event.target.closest?.("[data-spends][aria-disabled=true]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** Begin to watch the buttons that spend. */
export function start() {
  known = new Set(buttons().map(actionOf));
  buttons().filter(wasPressedAt).forEach(hold);
  show();
  document.addEventListener("pointerdown", rememberPress, { capture: true });
  document.addEventListener("click", refuseHeld, { capture: true });
  document.body.addEventListener("htmx:load", holdNewButtons);
}
