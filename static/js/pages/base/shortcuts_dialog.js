/** @file The dialog that lists the keyboard shortcuts of the page. */

import { EVERYWHERE, addShortcuts, listShortcuts } from "../../lib/keyboard.js";
import { gettext } from "../../lib/words.js";

const dialog = () => document.getElementById("keys");

function element(tag, ...children) {
  const created = document.createElement(tag);
  created.append(...children);
  return created;
}

function renderShortcut({ label, description }) {
  const keys = label.split(" ").flatMap((key) => [element("kbd", key), " "]);
  return element("div", element("dt", ...keys), element("dd", description));
}

function renderSection({ title, shortcuts }) {
  return element("section", element("h3", title), element("dl", ...shortcuts.map(renderShortcut)));
}

function open() {
  const sections = listShortcuts();
  const own = sections.filter(({ title }) => title !== EVERYWHERE);
  const everywhere = sections.filter(({ title }) => title === EVERYWHERE);
  dialog()
    .querySelector("[data-keys]")
    .replaceChildren(...[...own, ...everywhere].map(renderSection));
  dialog().showModal();
}

/** Start the button that opens the dialog, and the key for it. */
export function start() {
  if (!dialog()) return;
  const button = document.getElementById("open-keys");
  button.disabled = false;
  button.addEventListener("click", open);
  // a click beside the dialog's content is a click on the dialog itself
  dialog().addEventListener("click", ({ target }) => target === dialog() && dialog().close());
  addShortcuts(EVERYWHERE, [
    { keys: ["?"], label: "?", description: gettext("Show these shortcuts"), run: open },
    { keys: [], label: "Ctrl Z", description: gettext("Undo, while a message shows Undo") },
    { keys: [], label: "Esc", description: gettext("Leave a field or close a dialog") },
  ]);
}
