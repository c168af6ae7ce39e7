/**
 * @file Where the composer is on a wide window: beside the player, below it, or hidden; and the theater, which shows the
 * player alone. The dock is kept in a cookie, so that the server renders the page with it.
 */

import { addShortcuts } from "../../lib/keyboard.js";
import { keepLook } from "../../lib/kept_look.js";
import { gettext } from "../../lib/words.js";

const HIDDEN = "away";

const workbench = () => document.getElementById("workbench");
let shownDock = "side"; // where the composer was before it was hidden

/**
 * Move the composer.
 *
 * @param {string} dock "side", "below" or "away"
 */
function moveComposer(dock) {
  if (dock !== HIDDEN) shownDock = dock;
  workbench().dataset.dock = dock;
  keepLook("dock", dock);
  showDock();
}

function showDock() {
  const { dock } = workbench().dataset;
  for (const button of document.querySelectorAll(".dock-buttons [data-dock-to]")) {
    button.ariaPressed = String(button.dataset.dockTo === dock);
  }
}

const toggleComposer = () => moveComposer(workbench().dataset.dock === HIDDEN ? shownDock : HIDDEN);

/** Show the composer if it is hidden. */
export function showComposer() {
  if (workbench().dataset.dock === HIDDEN) moveComposer(shownDock);
}

function toggleTheater() {
  const on = document.body.classList.toggle("theater");
  for (const button of document.querySelectorAll("[data-do=theater]")) button.ariaPressed = String(on);
}

function handleClick({ target }) {
  const dock = target.closest("[data-dock-to]")?.dataset.dockTo;
  if (dock) moveComposer(dock);
  else if (target.closest("[data-do=theater]")) toggleTheater();
}

/** Start the dock. */
export function start() {
  if (!workbench()) return;
  document.addEventListener("click", handleClick);
  document.body.addEventListener("htmx:afterSettle", showDockButtons);
  addShortcuts(gettext("Player"), [
    { keys: ["t", "T"], label: "T", description: gettext("Theater"), run: toggleTheater },
  ]);
  addShortcuts(gettext("Composer"), [
    { keys: ["d", "D"], label: "D", description: gettext("Show or hide"), run: toggleComposer },
  ]);
  showDockButtons();
}

// The composer and the transport may have come anew.
function showDockButtons() {
  for (const group of document.querySelectorAll(".dock-buttons")) group.hidden = false;
  const on = String(document.body.classList.contains("theater"));
  for (const button of document.querySelectorAll("[data-do=theater]")) button.ariaPressed = on;
  showDock();
}
