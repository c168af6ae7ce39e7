/** @file The page that asks before failed jobs are sent again: the price follows what is ticked. */

import { atLeast, formatCredits } from "../lib/credits.js";

const form = document.querySelector(".retry-form");

function update() {
  const prices = [...form.querySelectorAll("input[name=job]:checked")].map((box) => box.dataset.credits);
  const credits = prices.reduce((sum, price) => sum + Number(price), 0);
  // the price of a model that the catalog does not know is empty
  const worded = prices.includes("") ? atLeast : String;
  form.querySelector("[data-sum]").textContent = worded(credits.toLocaleString("en"));
  form.querySelector("[data-price]").textContent = worded(formatCredits(credits));
  form.querySelector("[type=submit]").disabled = !prices.length;
}

form?.addEventListener("change", update);
