/** @file The form of the scenes without a take, on its own page and in a dialog of the project's page. */

import { atLeast, formatCredits } from "./credits.js";
import { loadDraft, saveDraft } from "./drafts.js";
import * as pictureChoice from "./picture_choice.js";
import { fill, gettext, ngettext } from "./words.js";

// The price, the balance after it and the button follow what is ticked.
function refresh() {
  const form = document.getElementById("missing");
  if (!form) return;
  const ticked = [...form.querySelectorAll(".without-take")].filter(
    (row) => row.querySelector("[data-wanted]").checked,
  );
  const takes = ticked.map((row) => row.querySelector("[data-picture]:not([hidden])").dataset);
  showShapes(form, takes);
  const prices = takes.map((take) => take.credits);
  const credits = prices.reduce((total, price) => total + Number(price), 0);
  // the price of a model that the catalog does not know is empty
  const sum = prices.includes("") ? atLeast(formatCredits(credits)) : formatCredits(credits);
  form.querySelector("#missing-sum").textContent = sum;
  const balance = form.querySelector("#missing-balance");
  balance.textContent = describeCost(credits, balance.dataset.left);
  form.querySelector("#missing-count").textContent = [
    ngettext("Generate {count} take", gettext("Generate {count} takes"), ticked.length),
    sum,
  ].join(" · ");
  // while a request is under way htmx has the button disabled
  if (!form.classList.contains("htmx-request")) form.querySelector("#missing-go").disabled = !ticked.length;
}

// The shapes of the takes, if they are not all the same, as the server wrote them.
function showShapes(form, takes) {
  const counts = new Map();
  for (const { aspect } of takes) if (aspect) counts.set(aspect, (counts.get(aspect) ?? 0) + 1);
  const shapes = [...counts]
    .toSorted(([, one], [, other]) => other - one)
    .map(([aspect, count]) => `${count} × ${aspect}`);
  const note = form.querySelector("#missing-shapes");
  note.hidden = shapes.length < 2;
  note.querySelector("span").textContent = fill(
    gettext("Different shapes: {shapes}. Each take has the shape of its first frame."),
    { shapes: shapes.join(", ") },
  );
}

// Each picture has a ratio of its own, and with it a price.
function showPicture(input) {
  for (const take of input.closest(".without-take").querySelectorAll("[data-picture]")) {
    take.hidden = take.dataset.picture !== input.value;
  }
}

function describeCost(credits, balance) {
  const dollars = `· $${(credits / 100).toFixed(2)}`;
  if (balance === undefined) return dollars;
  const left = fill(gettext("leaves {credits}"), { credits: formatCredits(Number(balance) - credits) });
  return `${dollars} · ${left}`;
}

function handleInput({ target }) {
  if (!target.closest("#missing")) return;
  if (target.closest(".picture-choice")) showPicture(target);
  if (target.matches("[data-prompt]")) {
    tick(target);
    const { scenePage } = target.closest(".without-take").dataset;
    saveDraft(scenePage, { ...loadDraft(scenePage), prompt_text: target.value });
  }
  refresh();
}

// A prompt ticks its scene, an empty one unticks it.
function tick(prompt) {
  prompt.closest(".without-take").querySelector("[data-wanted]").checked = Boolean(prompt.value.trim());
}

// What was typed before, here or on the scene's page, is the same draft.
function fillDrafts() {
  for (const prompt of document.querySelectorAll("#missing [data-prompt]")) {
    const draft = loadDraft(prompt.closest(".without-take").dataset.scenePage)?.prompt_text;
    if (draft && prompt.value === prompt.defaultValue) {
      prompt.value = draft;
      tick(prompt);
    }
  }
}

function startDialog(dialog) {
  document.body.addEventListener("htmx:afterSettle", ({ detail: { target } }) => {
    if (target === dialog && !dialog.open) {
      fillDrafts();
      dialog.showModal();
    }
    refresh();
  });
  dialog.addEventListener("click", ({ target }) => {
    // a click beside the dialog's content is a click on the dialog itself
    if (target === dialog || target.closest("[data-close-sheet]")) dialog.close();
  });
  dialog.addEventListener("close", () => dialog.replaceChildren());
}

/** Keep the form up to date, and open it in the dialog `#sheet` when htmx has fetched it there. */
export function start() {
  const dialog = document.getElementById("sheet");
  pictureChoice.start();
  fillDrafts();
  refresh();
  document.addEventListener("input", handleInput);
  if (dialog) startDialog(dialog);
}
