/**
 * @file The command palette: what the page can do, by its shortcuts, and where one can go, which the server finds. Both
 * by a few letters.
 */

import { FRAGMENT_HEADERS } from "../../lib/http.js";
import { parseHtml } from "../../lib/html.js";
import { EVERYWHERE, addShortcuts, listShortcuts } from "../../lib/keyboard.js";
import { gettext } from "../../lib/words.js";

const DELAY = 80; // milliseconds after a key until the server is asked
const MAX_ACTIONS = 8;
const FIRST_ACTIONS = 6;
let request = new AbortController();
let timer = 0;

const dialog = () => document.getElementById("palette");
const input = () => dialog().querySelector("input");
const list = () => dialog().querySelector("ul");
const options = () => [...list().children];
const selected = () => options().find((option) => option.ariaSelected === "true");

function select(option) {
  for (const each of options()) each.ariaSelected = String(each === option);
  input().setAttribute("aria-activedescendant", option?.id ?? "");
  option?.scrollIntoView({ block: "nearest" });
}

function move(step) {
  const all = options();
  if (all.length) select(all[(all.indexOf(selected()) + step + all.length) % all.length]);
}

// Tell whether the letters of the text occur in the name, in this order.
function isFuzzyMatch(name, text) {
  let from = 0;
  return [...text.toLowerCase().replaceAll(" ", "")].every((letter) => {
    from = name.toLowerCase().indexOf(letter, from) + 1;
    return from > 0;
  });
}

function actionOption({ label, description, run }, title, index) {
  const option = document.createElement("li");
  option.id = `palette-action-${index}`;
  option.role = "option";
  const button = document.createElement("button");
  button.type = "button";
  button.tabIndex = -1;
  const [name, where, key] = ["span", "small", "kbd"].map((tag) => document.createElement(tag));
  name.textContent = description;
  where.textContent = title;
  key.textContent = label;
  button.append(name, where, key);
  button.addEventListener("click", () => {
    dialog().close();
    run(new Event("palette"));
  });
  option.append(button);
  return option;
}

// Those that match; without a text, the first ones of the page itself.
function findActions(text) {
  const groups = listShortcuts().filter(({ title }) => text || title !== EVERYWHERE);
  return groups
    .flatMap(({ title, shortcuts }) => shortcuts.map((shortcut) => [shortcut, title]))
    .filter(([{ run, description }, title]) => run && isFuzzyMatch(`${title} ${description}`, text))
    .slice(0, text ? MAX_ACTIONS : FIRST_ACTIONS)
    .map(([shortcut, title], index) => actionOption(shortcut, title, index));
}

async function search() {
  const text = input().value.trim();
  request.abort();
  request = new AbortController();
  const address = `${dialog().dataset.url}?${new URLSearchParams({ q: text })}`;
  let places = [];
  try {
    const response = await fetch(address, { headers: FRAGMENT_HEADERS, signal: request.signal });
    if (response.ok) places = [...parseHtml(await response.text()).children];
  } catch (error) {
    if (error.name === "AbortError") return;
    // without the server there are still the actions of the page
  }
  const actions = findActions(text);
  list().replaceChildren(...(text ? [...places, ...actions] : [...actions, ...places]));
  dialog().querySelector("[data-nothing]").hidden = options().length > 0;
  select(options()[0]);
}

function open() {
  if (document.querySelector("dialog[open]")) return;
  input().value = "";
  dialog().showModal();
  search();
}

const KEYS = {
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  Enter: () => selected()?.querySelector("a, button").click(),
};

function handleKey(event) {
  if (event.isComposing || !(event.key in KEYS)) return;
  event.preventDefault();
  KEYS[event.key]();
}

function handleOpenKey(event) {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
  event.preventDefault();
  if (dialog().open) dialog().close();
  else open();
}

/** Start the palette, its key and its button. */
export function start() {
  if (!dialog()) return;
  const button = document.getElementById("open-palette");
  button.disabled = false;
  button.addEventListener("click", open);
  document.addEventListener("keydown", handleOpenKey);
  dialog().addEventListener("keydown", handleKey);
  dialog().addEventListener("click", ({ target }) => target === dialog() && dialog().close());
  input().addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, DELAY);
  });
  addShortcuts(EVERYWHERE, [
    { keys: [], label: "Ctrl K", description: gettext("Go anywhere, or do anything on this page") },
  ]);
}
