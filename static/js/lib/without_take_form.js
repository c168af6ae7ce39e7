// The sheet of scenes without a take: opened over the page, with a sum that follows what is ticked.

function refresh() {
  const form = document.getElementById("missing");
  if (!form) return;
  const wishes = [...form.querySelectorAll(".wish")].filter((wish) => wish.querySelector("[data-wanted]").checked);
  const prices = wishes.map((wish) => wish.dataset.credits);
  const sum = prices.reduce((total, price) => total + Number(price), 0);
  const { balance } = form.querySelector("#missing-balance").dataset;
  form.querySelector("#missing-sum").textContent = `${prices.includes("") ? "at least " : ""}${sum} credits`;
  form.querySelector("#missing-balance").textContent =
    balance === undefined ? `about $${(sum / 100).toFixed(2)}` : `about $${(sum / 100).toFixed(2)}; then ${(Number(balance) - sum).toLocaleString("en")} are left`;
  form.querySelector("#missing-count").textContent = `Generate ${wishes.length} take${wishes.length === 1 ? "" : "s"}`;
  if (!form.classList.contains("htmx-request")) form.querySelector("#missing-go").disabled = !wishes.length;
}

export function start() {
  const sheet = document.getElementById("sheet");
  refresh();
  document.addEventListener("input", ({ target }) => {
    if (!target.closest("#missing")) return;
    // whoever writes a prompt wants the take
    if (target.matches("[data-prompt]")) target.closest(".wish").querySelector("[data-wanted]").checked = Boolean(target.value.trim());
    refresh();
  });
  if (!sheet) return;
  document.body.addEventListener("htmx:afterSettle", ({ detail: { target } }) => {
    if (target === sheet && !sheet.open) sheet.showModal();
    refresh();
  });
  sheet.addEventListener("click", ({ target }) => (target === sheet || target.closest("[data-close-sheet]")) && sheet.close());
  sheet.addEventListener("close", () => sheet.replaceChildren());
}
