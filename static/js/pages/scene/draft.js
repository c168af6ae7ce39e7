/** @file The draft of a take: what is filled in and not yet sent is kept in this browser, for each scene. */

import { fillComposer, formValues } from "./composer.js";

const NOT_KEPT = new Set(["csrfmiddlewaretoken", "key", "confirm_refused", "file"]);
const storageKey = `draft ${location.pathname}`;

const composer = () => document.getElementById("composer");
const draftValues = () => Object.fromEntries(Object.entries(formValues()).filter(([name]) => !NOT_KEPT.has(name)));

function save({ target }) {
  if (target.form !== composer() && target !== composer()) return;
  if (target.id === "model-search") return;
  localStorage.setItem(storageKey, JSON.stringify(draftValues()));
}

function load() {
  try {
    return JSON.parse(localStorage.getItem(storageKey));
  } catch {
    return null;
  }
}

// What the address asks for, and what the server has sent back to be corrected, is newer than any draft.
function restore() {
  const draft = load();
  if (!draft || new URLSearchParams(location.search).has("from") || "bound" in composer().dataset) return;
  const values = draftValues();
  if (JSON.stringify({ ...values, ...draft }) !== JSON.stringify(values)) fillComposer(draft);
}

function discard({ target }) {
  if (target === composer()) localStorage.removeItem(storageKey);
}

/** Restore the draft of this scene, and keep it until it is sent. */
export function start() {
  if (!composer()) return;
  restore();
  document.addEventListener("input", save);
  document.addEventListener("change", save);
  document.body.addEventListener("dailies:takes", discard);
}
