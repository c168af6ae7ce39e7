/** @file The keys of a button that spends credits: one goes to it, two at once press it. No single key spends. */

import { addShortcuts } from "./keyboard.js";
import { gettext } from "./words.js";

/**
 * Start the keys of a page's button.
 *
 * @param {string} id of the button, which may be replaced and be disabled meanwhile
 * @param {() => void} [reveal] brings the form into sight where it is put away
 */
export function start(id, reveal = () => {}) {
  const button = () => document.getElementById(id);

  function goToButton() {
    reveal();
    button().scrollIntoView({ block: "nearest" });
    button().focus();
  }

  // from anywhere but the field of another form, which has its own button
  function press(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || document.querySelector("dialog[open]")) return;
    const { form } = button();
    if (event.target.form && event.target.form !== form) return;
    event.preventDefault();
    // what is not in sight is shown first, with its price
    if (!button().checkVisibility()) goToButton();
    else if (!button().disabled && !event.repeat) form.requestSubmit(button());
  }

  document.addEventListener("keydown", press);
  addShortcuts(gettext("Generate"), [
    { keys: ["g", "G"], label: "G", description: gettext("Go to the Generate button"), run: goToButton },
    { keys: [], label: "Ctrl Enter", description: gettext("Generate") },
  ]);
}
