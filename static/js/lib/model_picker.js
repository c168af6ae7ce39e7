/** @file A list of models, which can be searched, with stars; where it is a picker (`#picker`) it opens and closes. */

import { post } from "./http.js";

const picker = () => document.getElementById("picker");
const firstMatch = () => document.querySelector(".model-option:not([hidden]) input");

// A model is shown if all words of the search are in its description.
function search({ target }) {
  if (target.id !== "model-search") return;
  const words = target.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const line of document.querySelectorAll(".model-option")) {
    const isHidden = !words.every((word) => line.dataset.words.includes(word));
    line.hidden = isHidden;
    line.parentElement.hidden = isHidden;
  }
  for (const family of document.querySelectorAll("#models fieldset")) {
    family.hidden = !family.querySelector(".model-option:not([hidden])");
  }
  document.getElementById("no-models").hidden = Boolean(firstMatch());
}

function close() {
  if (!picker()?.open) return;
  picker().open = false;
  picker().querySelector("summary").focus();
}

function handleToggle({ target }) {
  if (target.id !== "picker" || !target.open) return;
  target.querySelector("#model-search").focus();
  target.querySelector(":checked")?.closest("label").scrollIntoView({ block: "nearest" });
}

function handleKey(event) {
  const { target, key } = event;
  if (!target.closest?.(".model-picker, .model-picker-panel")) return;
  if (key === "Escape") close();
  if (key !== "Enter") return;
  // it would send the form
  event.preventDefault();
  if (target.id === "model-search") firstMatch()?.click();
  close();
}

// Another order of the list would move it away under the pointer: it comes with the next page.
async function star(button) {
  const isStarred = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", isStarred);
  const { starUrl } = button.closest("[data-star-url]").dataset;
  const fields = { model: button.dataset.star, starred: isStarred ? "1" : "0" };
  if (!(await post(button.form, starUrl, fields))) button.setAttribute("aria-pressed", !isStarred);
}

function handleClick({ target, detail: clickCount }) {
  const starButton = target.closest("[data-star]");
  if (starButton) star(starButton);
  // an arrow key chooses a model by a click too, which counts as none, and the list stays open
  if (target.closest(".model-option") && clickCount) close();
  else if (!target.closest("#picker") && picker()?.open) picker().open = false;
}

/** Start the list, on pages that have one. */
export function start() {
  if (!document.getElementById("models")) return;
  document.addEventListener("input", search);
  document.addEventListener("toggle", handleToggle, { capture: true });
  document.addEventListener("keydown", handleKey);
  document.addEventListener("click", handleClick);
  // what was opened or typed before the scripts ran counts
  if (picker()) handleToggle({ target: picker() });
  const field = document.getElementById("model-search");
  if (field?.value) search({ target: field });
}
