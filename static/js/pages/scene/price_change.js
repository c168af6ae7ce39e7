/** @file What another model changes about the price: the figure flashes, and what is much dearer is asked once. */

import { formatCredits } from "../../lib/credits.js";
import { fill, gettext } from "../../lib/words.js";

const MUCH = 1.5; // times the price before
const ASKED_KEY = "dailies.dearer"; // in this tab: the models that were asked about

/**
 * Read the price that the form shows.
 *
 * @returns {{credits: number, model: string, title: string, text: string}} NaN for a price that is not known
 */
export function shownPrice() {
  const sum = document.getElementById("sum");
  const { model, title } = document.getElementById("settings").dataset;
  return { credits: Number.parseFloat(sum.dataset.credits), model, title, text: sum.textContent.trim() };
}

function flash() {
  const sum = document.getElementById("sum");
  sum.classList.remove("price-changed");
  // read, so that the animation begins anew
  sum.getBoundingClientRect();
  sum.classList.add("price-changed");
}

function wasAsked(model) {
  const asked = JSON.parse(sessionStorage.getItem(ASKED_KEY) ?? "[]");
  if (asked.includes(model)) return true;
  sessionStorage.setItem(ASKED_KEY, JSON.stringify([...asked, model]));
  return false;
}

function ask(before, now) {
  const dialog = document.getElementById("dearer");
  if (!dialog || dialog.open || wasAsked(now.model)) return;
  dialog.querySelector("[data-words]").textContent = fill(
    gettext("{model} costs {credits} for this take; {before} costs {less}."),
    {
      model: now.title,
      credits: formatCredits(now.credits),
      before: before.title,
      less: formatCredits(before.credits),
    },
  );
  dialog.querySelector("[data-back]").textContent = fill(gettext("Back to {title}"), before);
  dialog.querySelector("[data-keep]").textContent = fill(gettext("Use {title}"), now);
  dialog.returnValue = "back";
  dialog.addEventListener(
    "close",
    () => {
      const earlier = document.querySelector(`#picker [name="model"][value="${CSS.escape(before.model)}"]`);
      if (dialog.returnValue !== "keep") earlier?.click();
    },
    { once: true },
  );
  dialog.showModal();
}

/**
 * Show what has become of the price.
 *
 * @param {ReturnType<typeof shownPrice>} before
 */
export function showPriceChange(before) {
  const now = shownPrice();
  if (now.text === before.text) return;
  flash();
  if (now.model !== before.model && now.credits > MUCH * before.credits) ask(before, now);
}
