// The keys of the page that is open. Each module brings its own; a sheet can list them all.

const groups = new Map(); // title → bindings

/** `bindings`: `{keys, shown, does, run}` each: what `event.key` may be, how the keys are written, what they do in
 *  words, and the function. Keys with Ctrl, Alt or Meta belong to the browser, and keys in a text field to the text. */
export function bind(title, bindings) {
  groups.set(title, [...(groups.get(title) ?? []), ...bindings]);
}

/** For the sheet of keys: `[{title, keys: [{shown, does}]}]`. */
export function sheet() {
  return [...groups].map(([title, bindings]) => ({ title, keys: bindings.map(({ shown, does }) => ({ shown, does })) }));
}

const WRITES = "textarea, select, [contenteditable], input:not([type=radio], [type=checkbox], [type=range], [type=button])";
const PRESSED_BY_SPACE = "button, summary, input:not(#seek, [type=radio]:checked)";

/** Whether the element that has the focus needs the key itself. */
function isTaken(target, key) {
  if (target.closest(WRITES)) return true;
  if (key === " ") return Boolean(target.closest(PRESSED_BY_SPACE));
  return key.startsWith("Arrow") && Boolean(target.closest("input:not(#seek)"));
}

/** Escape leaves a field, and the keys are the page's again. */
function press(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
  if (event.key === "Escape") document.activeElement?.blur();
  if (!(event.target instanceof Element) || isTaken(event.target, event.key) || document.querySelector("dialog[open]")) return;
  for (const binding of [...groups.values()].flat()) {
    if (!binding.keys.includes(event.key)) continue;
    event.preventDefault();
    binding.run(event);
    return;
  }
}

export function start() {
  document.addEventListener("keydown", press);
}
