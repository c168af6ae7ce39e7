// What is written in the composer and not yet sent: kept for each scene in this browser, until it is sent.

import { restore, values } from "./composer.js";

const KEPT_OUT = ["csrfmiddlewaretoken", "key", "confirm_refused", "file"];
const key = `draft ${location.pathname}`;
const form = () => document.getElementById("composer");

function told() {
  return Object.fromEntries(Object.entries(values()).filter(([name]) => !KEPT_OUT.includes(name)));
}

function keep({ target }) {
  if (target.form !== form() && target !== form()) return;
  if (target.id === "model-search") return;
  localStorage.setItem(key, JSON.stringify(told()));
}

function kept() {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

export function start() {
  if (!form()) return;
  const draft = kept();
  const asked = new URLSearchParams(location.search).has("from");
  const same = draft && JSON.stringify({ ...told(), ...draft }) === JSON.stringify(told());
  // what the server has sent back to be mended is newer than any draft
  if (draft && !same && !asked && !("bound" in form().dataset)) restore(draft);
  document.addEventListener("input", keep);
  document.addEventListener("change", keep);
  document.body.addEventListener("dailies:takes", ({ target }) => target === form() && localStorage.removeItem(key));
}
