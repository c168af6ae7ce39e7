/** @file The keys in the media of the bin: one of its buttons is a stop for Tab, and arrows lead to the others. */

const STEPS = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };

/**
 * Let a list of items with a button each be one stop for Tab.
 *
 * @param {HTMLElement} list
 * @returns {() => void} to be called after its items were replaced
 */
export function startRoving(list) {
  const buttons = () => [...list.querySelectorAll("button")];
  const mark = (current) => {
    for (const button of buttons()) button.tabIndex = button === current ? 0 : -1;
  };
  let last = null; // the entry whose button is the stop
  list.addEventListener("focusin", ({ target }) => {
    if (target !== list) mark(target);
    last = target.closest("[data-entry]")?.dataset.entry ?? last;
  });
  list.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    const isPlain = !event.ctrlKey && !event.altKey && !event.metaKey && !event.shiftKey;
    if (!step || !isPlain || !event.target.closest("button")) return;
    event.preventDefault();
    const all = buttons();
    const place = Math.max(0, Math.min(all.length - 1, all.indexOf(event.target) + step));
    all[place].focus();
  });
  return () => {
    const all = buttons();
    // who may not change the cut has no buttons, and scrolls the list itself
    list.tabIndex = all.length ? -1 : 0;
    mark(all.find((button) => button.closest("[data-entry]").dataset.entry === last) ?? all[0]);
  };
}
