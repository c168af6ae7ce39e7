// The sheet of keys: whatever the page that is open can do by the keyboard.

import { bind, sheet } from "../../lib/keyboard.js";

const EVERYWHERE = "Everywhere";

const dialog = () => document.getElementById("keys");

function row({ shown, does }) {
  const line = document.createElement("div");
  const [key, words] = [document.createElement("dt"), document.createElement("dd")];
  for (const each of shown.split(" ")) {
    const cap = document.createElement("kbd");
    cap.textContent = each;
    key.append(cap, " ");
  }
  words.textContent = does;
  line.append(key, words);
  return line;
}

function group({ title, keys }) {
  const made = document.createElement("section");
  const [head, list] = [document.createElement("h3"), document.createElement("dl")];
  head.textContent = title;
  list.append(...keys.map(row));
  made.append(head, list);
  return made;
}

function open() {
  const own = sheet().filter(({ title }) => title !== EVERYWHERE);
  const everywhere = sheet().filter(({ title }) => title === EVERYWHERE);
  dialog().querySelector("[data-keys]").replaceChildren(...[...own, ...everywhere].map(group));
  dialog().showModal();
}

export function start() {
  if (!dialog()) return;
  const button = document.getElementById("open-keys");
  button.hidden = false;
  button.addEventListener("click", open);
  // a click beside the sheet is one on the dialog itself
  dialog().addEventListener("click", ({ target }) => target === dialog() && dialog().close());
  bind(EVERYWHERE, [
    { keys: ["?"], shown: "?", does: "This sheet", run: open },
    { keys: [], shown: "Ctrl Z", does: "Undo, while a message offers it", run: () => {} },
    { keys: [], shown: "Esc", does: "Leave a field, close what is open", run: () => {} },
  ]);
}
