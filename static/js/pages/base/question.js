/**
 * @file Buttons that lose something ask first: `data-loses` says what. `data-ask` is the question, and `data-no` and
 * `data-yes` are the answers, where they are others than those about a cancellation.
 */

import { askFirst } from "../../lib/question.js";

const answered = new WeakSet(); // forms that are sent after the question

async function handleSubmit(event) {
  const { target, submitter } = event;
  if (!submitter?.dataset.loses || answered.has(target)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (await askFirst(submitter.dataset)) press(submitter);
}

// Its card may have been fetched again meanwhile, without the button if there is nothing to do any more.
function press(button) {
  const now = button.isConnected ? button : document.getElementById(button.id);
  if (!now) return;
  answered.add(now.form);
  now.form.requestSubmit(now);
  answered.delete(now.form);
}

/** Begin to ask. */
export function start() {
  document.addEventListener("submit", handleSubmit, { capture: true });
}
