/** @file Toasts: short messages in a corner of the page, some with a button that undoes what they report. */

const DURATION = 7000; // milliseconds
const UNDO_DURATION = 60_000;
const GAP = 8; // pixels between two toasts

const resizes = new ResizeObserver(stack);

/**
 * Show a toast.
 *
 * @param {string} message
 * @param {"success" | "error"} [level]
 * @param {object} [options]
 * @param {number} [options.duration] milliseconds until it closes by itself; an error stays until it is closed
 * @param {string} [options.undoUrl] gives the toast a button that posts to this address
 * @param {string} [options.group] the toast takes the place of an earlier one of the same group
 * @returns {HTMLElement} the toast
 */
export function toast(message, level = "success", options = {}) {
  const { duration = level === "error" ? 0 : DURATION, undoUrl = "", group = "" } = options;
  if (group) clearToasts(group);
  const element = document.getElementById("toast").content.cloneNode(true).firstElementChild;
  element.classList.add(level);
  element.querySelector("p").textContent = message;
  element.dataset.group = group;
  if (undoUrl) addUndo(element, undoUrl);
  document.getElementById("toasts").append(element);
  resizes.observe(element);
  if (undoUrl) htmx.process(element);
  if (duration) setTimeout(() => close(element), undoUrl ? Math.max(duration, UNDO_DURATION) : duration);
  return element;
}

/**
 * Take away the toasts of a group, which are no longer true.
 *
 * @param {string} group
 */
export function clearToasts(group) {
  for (const element of document.querySelectorAll(`#toasts > [data-group="${CSS.escape(group)}"]`)) close(element);
}

/**
 * Tell a screen reader what the page shows already.
 *
 * @param {string} words
 */
export function say(words) {
  document.getElementById("said").textContent = words;
}

// The newest toast lies lowest. The others are lifted by a transform, so that no layout shifts when one comes or goes.
function stack() {
  let lift = 0;
  for (const element of [...document.querySelectorAll("#toasts > .toast")].toReversed()) {
    element.style.setProperty("--lift", `${-lift}px`);
    lift += element.offsetHeight + GAP;
  }
}

function close(element) {
  element.remove();
  stack();
}

function addUndo(element, url) {
  const form = element.querySelector("[data-undo]");
  form.hidden = false;
  form.action = url;
  form.setAttribute("hx-post", url);
  form.addEventListener("htmx:afterRequest", ({ detail }) => detail.successful && close(element));
}

// Toasts that came with the page get what those of the script have: a duration, a place in the stack, a close button.
function replaceRendered(rendered) {
  const level = rendered.classList.contains("error") ? "error" : "success";
  const undoUrl = rendered.querySelector("form")?.getAttribute("action");
  toast(rendered.querySelector("p").textContent, level, { undoUrl });
  rendered.remove();
}

// Ctrl+Z outside of a text field presses the newest Undo button.
function undoByKeyboard(event) {
  if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const form = [...document.querySelectorAll("#toasts [data-undo]:not([hidden])")].at(-1);
  if (!form) return;
  event.preventDefault();
  form.requestSubmit();
}

/** Take over the toasts that came with the page, and show those that responses send by the event "dailies:toast". */
export function start() {
  document.querySelectorAll("#toasts > .toast").forEach(replaceRendered);
  document.body.addEventListener("dailies:toast", ({ detail: { message, level, undo } }) => {
    toast(message, level, { undoUrl: undo });
  });
  document.addEventListener("click", ({ target }) => {
    const closed = target.closest("[data-dismiss]")?.closest(".toast");
    if (closed) close(closed);
  });
  document.addEventListener("keydown", undoByKeyboard);
}
