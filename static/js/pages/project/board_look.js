/** @file How the storyboard is shown: the size of its cards, or a list. A cookie lets the server render it so. */

import { keepLook } from "../../lib/kept_look.js";

const board = () => document.getElementById("board");

function keepBoard() {
  const { view, density } = board().dataset;
  keepLook("board", `${view}-${density}`);
}

function showView() {
  for (const button of document.querySelectorAll("[data-view-as]")) {
    button.ariaPressed = String(button.dataset.viewAs === board().dataset.view);
  }
}

function handleClick({ target }) {
  const view = target.closest("[data-view-as]")?.dataset.viewAs;
  if (!view) return;
  board().dataset.view = view;
  showView();
  keepBoard();
}

/** Start the controls, which need a script. */
export function start() {
  const look = document.getElementById("board-look");
  if (!look) return;
  look.hidden = false;
  look.addEventListener("click", handleClick);
  look.addEventListener("input", ({ target }) => {
    board().dataset.density = target.value;
    keepBoard();
  });
  showView();
}
