// What every page has: toasts, copying, the theme, folds, and the bar that tells of a lost line.

import { subscribe } from "../live.js";

const TOAST_STAYS = 7000;
const UNDO_STAYS = 15_000;
const BETWEEN = 8; // pixels from toast to toast
const LOST_FOR = 1500;
let lostTimer = 0;

/** Goes by itself after `stays` milliseconds; an error stays until it is closed, unless told otherwise.
 *  `undo`: an address; the toast gets a button that posts to it. */
export function toast(message, level = "success", stays = level === "error" ? 0 : TOAST_STAYS, undo = "") {
  const made = document.getElementById("toast").content.cloneNode(true).firstElementChild;
  made.classList.add(level);
  made.querySelector("p").textContent = message;
  if (undo) offerUndo(made, undo);
  document.getElementById("toasts").append(made);
  sizes.observe(made);
  if (undo) htmx.process(made);
  if (stays) setTimeout(() => close(made), undo ? Math.max(stays, UNDO_STAYS) : stays);
  return made;
}

/** Each stands on those that came after it, lifted by a transform: nothing of the layout moves, whatever comes or goes. */
function stack() {
  let lift = 0;
  for (const each of [...document.querySelectorAll("#toasts > .toast")].reverse()) {
    each.style.setProperty("--lift", `${-lift}px`);
    lift += each.offsetHeight + BETWEEN;
  }
}

const sizes = new ResizeObserver(stack);

function close(made) {
  made.remove();
  stack();
}

function offerUndo(made, address) {
  const form = made.querySelector("[data-undo]");
  form.hidden = false;
  form.action = address;
  form.setAttribute("hx-post", address);
  form.addEventListener("htmx:afterRequest", ({ detail }) => detail.successful && close(made));
}

/** Those that came with the page get what the script's own have. */
function adopt(rendered) {
  const level = rendered.classList.contains("error") ? "error" : "success";
  toast(rendered.querySelector("p").textContent, level, undefined, rendered.querySelector("form")?.getAttribute("action"));
  rendered.remove();
}

/** Ctrl+Z outside of a text: the last thing that can be undone. */
function undoByKey(event) {
  if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const form = [...document.querySelectorAll("#toasts [data-undo]:not([hidden])")].at(-1);
  if (!form) return;
  event.preventDefault();
  form.requestSubmit();
}

// A page that shows what came back takes it in and says so by preventDefault; every other one goes there.
function goBackTo({ detail }) {
  const event = new CustomEvent("dailies:taken-back", { cancelable: true, detail });
  if (document.body.dispatchEvent(event)) location.assign(detail.address);
}

async function copy(button) {
  const text = button.dataset.copy;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    copyTheOldWay(text);
  }
  toast("Copied.");
}

// a page that came over plain http from another machine has no clipboard of its own
function copyTheOldWay(text) {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "unseen";
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

// at once; the form tells the studio, which keeps it for every browser
function useTheme(theme) {
  document.documentElement.dataset.theme = theme;
}

function closeFolds(except) {
  for (const fold of document.querySelectorAll("details.fold[open]")) if (fold !== except) fold.open = false;
}

function tellOfLine({ state }) {
  const bar = document.getElementById("line-lost");
  clearTimeout(lostTimer);
  if (state === "open") bar.hidden = true;
  // no reload by itself: behind a proxy that is set up wrong it would never end
  else if (state === "signed out") document.getElementById("line-refused").hidden = false;
  else lostTimer = setTimeout(() => (bar.hidden = false), LOST_FOR);
}

// what the page fetches by itself it fetches again by itself
function tellOfFailure({ detail: { xhr, requestConfig } }) {
  if (requestConfig.verb === "get" || xhr.getResponseHeader("HX-Trigger")) return;
  toast(`The studio could not do that (${xhr.status}). Load the page again and repeat it.`, "error");
}

// The answer to a form whose card was replaced meanwhile: what it has to say would reach nobody.
function listenFor({ detail: { elt, xhr } }) {
  xhr.addEventListener("readystatechange", () => {
    if (xhr.readyState !== XMLHttpRequest.DONE || elt.isConnected) return;
    const events = JSON.parse(xhr.getResponseHeader("HX-Trigger") ?? "{}");
    for (const [name, detail] of Object.entries(events)) document.body.dispatchEvent(new CustomEvent(name, { detail }));
  });
}

function tellOfSilence({ detail: { requestConfig } }) {
  if (requestConfig.verb === "get") return;
  toast("The studio does not answer. Nothing was lost; press again when it is back.", "error");
}

export function start() {
  document.querySelectorAll("#toasts > .toast").forEach(adopt);
  document.body.addEventListener("dailies:toast", ({ detail }) => toast(detail.message, detail.level, undefined, detail.undo));
  document.body.addEventListener("dailies:restored", goBackTo);
  document.body.addEventListener("htmx:beforeRequest", listenFor);
  document.body.addEventListener("htmx:responseError", tellOfFailure);
  document.body.addEventListener("htmx:sendError", tellOfSilence);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
    const dismissed = event.target.closest("[data-dismiss]")?.closest(".toast");
    if (dismissed) close(dismissed);
    closeFolds(event.target.closest("details.fold"));
  });
  document.addEventListener("keydown", (event) => event.key === "Escape" && closeFolds());
  document.addEventListener("keydown", undoByKey);
  document.addEventListener("change", (event) => {
    if (event.target.closest("[data-theme-form]")) useTheme(event.target.value);
    if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
  });
  subscribe("line", tellOfLine);
}
