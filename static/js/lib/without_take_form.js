/** @file The form of the scenes without a take, on its own page and in a dialog of the project's page. */

import { formatCredits } from "./credits.js";
import * as pictureChoice from "./picture_choice.js";

// The price, the balance after it and the button follow what is ticked.
function refresh() {
  const form = document.getElementById("missing");
  if (!form) return;
  const ticked = [...form.querySelectorAll(".without-take")].filter(
    (row) => row.querySelector("[data-wanted]").checked,
  );
  const prices = ticked.map((row) => row.dataset.credits);
  const credits = prices.reduce((total, price) => total + Number(price), 0);
  // the price of a model that the catalog does not know is empty
  const sum = `${prices.includes("") ? "at least " : ""}${formatCredits(credits)}`;
  form.querySelector("#missing-sum").textContent = sum;
  const balance = form.querySelector("#missing-balance");
  balance.textContent = describeCost(credits, balance.dataset.left);
  form.querySelector("#missing-count").textContent =
    `Generate ${ticked.length} take${ticked.length === 1 ? "" : "s"} · ${sum}`;
  // while a request is under way htmx has the button disabled
  if (!form.classList.contains("htmx-request")) form.querySelector("#missing-go").disabled = !ticked.length;
}

function describeCost(credits, balance) {
  const dollars = `about $${(credits / 100).toFixed(2)}`;
  return balance === undefined ? dollars : `${dollars}; leaves ${formatCredits(Number(balance) - credits)}`;
}

function handleInput({ target }) {
  if (!target.closest("#missing")) return;
  // a prompt ticks its scene, an empty one unticks it
  if (target.matches("[data-prompt]")) {
    target.closest(".without-take").querySelector("[data-wanted]").checked = Boolean(target.value.trim());
  }
  refresh();
}

function startDialog(dialog) {
  document.body.addEventListener("htmx:afterSettle", ({ detail: { target } }) => {
    if (target === dialog && !dialog.open) dialog.showModal();
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
  refresh();
  document.addEventListener("input", handleInput);
  if (dialog) startDialog(dialog);
}
