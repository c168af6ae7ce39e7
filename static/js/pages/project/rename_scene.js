/** @file Renaming of a scene on its card. */

import { gettext } from "../../lib/words.js";

/**
 * Put a text field in the place of a scene's name, until Enter, Escape or a click elsewhere.
 *
 * @param {HTMLElement} card of the scene
 * @param {(name: string) => Promise<boolean>} save saves a new name and returns whether it did
 */
export function renameInPlace(card, save) {
  const link = card.querySelector("h3 a");
  const input = document.createElement("input");
  Object.assign(input, {
    className: "input",
    value: link.textContent,
    maxLength: 200,
    ariaLabel: gettext("Scene name"),
  });
  link.hidden = true;
  link.after(input);
  // a card that can be dragged lets no text be selected in it
  card.draggable = false;
  input.select();
  input.focus();

  let finished = false;
  async function finish(keep) {
    // Enter saves, and the field that is removed then loses the focus, which would save again
    if (finished) return;
    finished = true;
    const name = input.value.trim();
    if (keep && name && name !== link.textContent && (await save(name))) link.textContent = name;
    const hadFocus = document.activeElement === input;
    input.remove();
    link.hidden = false;
    card.draggable = true;
    if (hadFocus) card.querySelector("[data-rename]").focus();
  }

  input.addEventListener("keydown", ({ key }) => {
    if (key === "Enter") finish(true);
    if (key === "Escape") finish(false);
  });
  input.addEventListener("blur", () => finish(true));
}
