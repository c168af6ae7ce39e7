/** @file The draft of a take: what is filled in and not yet sent is kept in this browser, for each scene. */

import { dropDraft, loadDraft, saveDraft } from "../../lib/drafts.js";
import { fillComposer, formValues } from "./composer.js";

const NOT_KEPT = new Set(["csrfmiddlewaretoken", "key", "confirm_refused", "file"]);

const composer = () => document.getElementById("composer");
const draftValues = () => Object.fromEntries(Object.entries(formValues()).filter(([name]) => !NOT_KEPT.has(name)));

function save({ target }) {
  if (target.form !== composer() && target !== composer()) return;
  if (target.id === "model-search") return;
  saveDraft(location.pathname, draftValues());
}

// A result of another tool that is to be the first frame.
function pictureOfAddress() {
  const key = new URLSearchParams(location.search).get("first") ?? "";
  return composer().querySelector(`input[name="image"][value="${CSS.escape(key)}"]`);
}

// What the address asks for, and what the server has sent back to be corrected, is newer than any draft.
function restore() {
  const draft = loadDraft(location.pathname);
  const first = pictureOfAddress();
  if (first && !draft) {
    first.checked = true;
    first.dispatchEvent(new Event("change", { bubbles: true }));
  }
  if (first && draft) draft.image = first.value;
  if (!draft || new URLSearchParams(location.search).has("from") || "bound" in composer().dataset) return;
  const values = draftValues();
  if (JSON.stringify({ ...values, ...draft }) !== JSON.stringify(values)) fillComposer({ ...values, ...draft });
}

function discard({ target }) {
  if (target === composer()) dropDraft(location.pathname);
}

/** Restore the draft of this scene, and keep it until it is sent. */
export function start() {
  if (!composer()) return;
  restore();
  document.addEventListener("input", save);
  document.addEventListener("change", save);
  document.body.addEventListener("dailies:takes", discard);
}
