/** @file Keyboard shortcuts. Each module of a page adds its own; the shortcuts dialog lists them all. */

// elements that need the key themselves
const TEXT_FIELDS =
  "textarea, select, [contenteditable], input:not([type=radio], [type=checkbox], [type=range], [type=button])";
const PRESSED_BY_SPACE = "button, summary, input:not(#seek, [type=radio]:checked)";
const MOVED_BY_ARROWS = "input:not(#seek)";

const sections = new Map(); // title → shortcuts

/**
 * @typedef {object} Shortcut
 * @property {string[]} keys values of `event.key`; none where another module handles the key
 * @property {string} label the keys as the dialog shows them, with a space between two
 * @property {string} description what they do
 * @property {(event: KeyboardEvent) => void} [run] does it
 */

/**
 * Add shortcuts to the page. Keys with Ctrl, Alt or Meta are left to the browser, and keys in a text field to the text.
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

function handleKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
  // Escape leaves a field, and the keys work as shortcuts again
  if (event.key === "Escape") document.activeElement?.blur();
  if (!(event.target instanceof Element) || needsKey(event.target, event.key)) return;
  if (document.querySelector("dialog[open]")) return;
  const shortcut = [...sections.values()].flat().find(({ keys }) => keys.includes(event.key));
  if (!shortcut) return;
  event.preventDefault();
  shortcut.run(event);
}

/** Begin to listen for keys. */
export function start() {
  document.addEventListener("keydown", handleKey);
}
