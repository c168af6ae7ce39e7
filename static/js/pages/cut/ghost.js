/** @file The words beside the pointer that say what is dragged. */

const AWAY = 12; // pixels from the pointer

const element = () => document.getElementById("cut-ghost");

/**
 * Show what is dragged.
 *
 * @param {string} words
 * @param {[number, number]} at the pointer in the window, in pixels
 */
export function showGhost(words, [x, y]) {
  const ghost = element();
  ghost.hidden = false;
  ghost.textContent = words;
  ghost.style.translate = `${x + AWAY}px ${y + AWAY}px`;
}

/** Show nothing any more. */
export function hideGhost() {
  element().hidden = true;
}
