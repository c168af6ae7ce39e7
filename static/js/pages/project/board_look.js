/** @file How the storyboard is shown: the size of its cards, or a list. A cookie lets the server render it so. */

const YEAR = 365 * 24 * 3600; // seconds

const board = () => document.getElementById("board");

function keepLook() {
  const { view, density } = board().dataset;
  document.cookie = `board=${view}-${density}; path=/projects/; max-age=${YEAR}; samesite=lax`;
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
  keepLook();
}

/** Start the controls, which need a script. */
export function start() {
  const look = document.getElementById("board-look");
  if (!look) return;
  look.hidden = false;
  look.addEventListener("click", handleClick);
  look.addEventListener("input", ({ target }) => {
    board().dataset.density = target.value;
    keepLook();
  });
  showView();
}
