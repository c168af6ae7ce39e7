/** @file The page that asks before failed jobs are sent again: the price follows what is ticked. */

import { formatCredits } from "../lib/credits.js";

const form = document.querySelector(".retry-form");

function update() {
  const prices = [...form.querySelectorAll("input[name=job]:checked")].map((box) => box.dataset.credits);
  const credits = prices.reduce((sum, price) => sum + Number(price), 0);
  // the price of a model that the catalog does not know is empty
  const least = prices.includes("") ? "at least " : "";
  form.querySelector("[data-sum]").textContent = `${least}${credits.toLocaleString("en")}`;
  form.querySelector("[data-price]").textContent = `${least}${formatCredits(credits)}`;
  form.querySelector("[type=submit]").disabled = !prices.length;
}

form?.addEventListener("change", update);
