/** @file Keyboard shortcuts. Each module of a page adds its own; the shortcuts dialog lists them all. */

import { gettext } from "./words.js";

// elements that need the key themselves
const TEXT_FIELDS =
  "textarea, select, [contenteditable], input:not([type=radio], [type=checkbox], [type=range], [type=button])";
const PRESSED_BY_SPACE = "button, summary, input:not(#seek, [type=radio]:checked)";
const MOVED_BY_ARROWS = "input:not(#seek)";

// what takes the keys while it is open
const OVER_THE_PAGE = "dialog[open], details.menu[open], .model-picker[open]";

/** The title of the shortcuts that every page has. */
export const EVERYWHERE = gettext("Everywhere");

const sections = new Map(); // title → shortcuts

/**
 * @typedef {object} Shortcut
 * @property {string[]} keys values of `event.key`, with "Ctrl+", "Alt+" and "Shift+" before them in this order; Ctrl is
 *   also ⌘. None where another module handles the key
 * @property {string} label the keys as the dialog shows them, with a space between two
 * @property {string} description what they do
 * @property {(event: KeyboardEvent) => void} [run] does it
 */

/**
 * Add shortcuts to the page. Other keys with Ctrl, Alt or Meta are left to the browser, and keys in a text field to the
 * text. A key without "Shift+" also counts with it, unless another shortcut has it so.
 *
 * @param {string} section the title under which the dialog lists them
 * @param {Shortcut[]} shortcuts
 */
export function addShortcuts(section, shortcuts) {
  sections.set(section, [...(sections.get(section) ?? []), ...shortcuts]);
}

/**
 * List the shortcuts of the page.
 *
 * @returns {{ title: string, shortcuts: Shortcut[] }[]}
 */
export function listShortcuts() {
  return [...sections].map(([title, shortcuts]) => ({ title, shortcuts }));
}

function needsKey(element, key) {
  if (element.closest(TEXT_FIELDS)) return true;
  if (key === " ") return Boolean(element.closest(PRESSED_BY_SPACE));
  return key.startsWith("Arrow") && Boolean(element.closest(MOVED_BY_ARROWS));
}

function nameOf({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  const pressed = { Ctrl: ctrlKey || metaKey, Alt: altKey, Shift: shiftKey };
  return [...Object.keys(pressed).filter((name) => pressed[name]), key].join("+");
}

function shortcutFor(event) {
  const all = [...sections.values()].flat();
  const find = (name) => all.find(({ keys }) => keys.includes(name));
  const isPlain = !event.ctrlKey && !event.altKey && !event.metaKey;
  return find(nameOf(event)) ?? (isPlain ? find(event.key) : undefined);
}

function handleKey(event) {
  if (event.isComposing || event.defaultPrevented) return;
  // Escape leaves a field, and the keys work as shortcuts again
  if (event.key === "Escape") document.activeElement?.blur();
  if (!(event.target instanceof Element) || needsKey(event.target, event.key)) return;
  if (document.querySelector(OVER_THE_PAGE)) return;
  const shortcut = shortcutFor(event);
  if (!shortcut) return;
  event.preventDefault();
  shortcut.run(event);
}

/** Begin to listen for keys. */
export function start() {
  document.addEventListener("keydown", handleKey);
}
