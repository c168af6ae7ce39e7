/** @file The page that asks before failed jobs are sent again: the price follows what is ticked. */

const form = document.querySelector(".retry-form");

function update() {
  const prices = [...form.querySelectorAll("input[name=job]:checked")].map((box) => box.dataset.credits);
  const credits = prices.reduce((sum, price) => sum + Number(price), 0);
  // the price of a model that the catalog does not know is empty
  const text = `${prices.includes("") ? "at least " : ""}${credits.toLocaleString("en")}`;
  for (const place of form.querySelectorAll("[data-sum]")) place.textContent = text;
  form.querySelector("[type=submit]").disabled = !prices.length;
}

form?.addEventListener("change", update);
