/**
 * @file The composer: the form that makes takes. The model's fields and the price come from the server; here is what
 * the form shows while it is filled in, and why its button is off.
 */

import { FRAGMENT_HEADERS } from "../../lib/http.js";
import { parseHtml } from "../../lib/html.js";
import { addShortcuts } from "../../lib/keyboard.js";
import * as spendingKeys from "../../lib/spending_keys.js";
import { showComposer } from "./dock.js";
import { hasLastFrame, keepSlot, showFrames } from "./frames.js";
import { showPriceChange, shownPrice } from "./price_change.js";
import { fill, gettext, ngettext } from "../../lib/words.js";

// fields that do not matter to the other fields and the price, and may be long
const NOT_SENT = new Set(["prompt_text", "negativePrompt", "csrfmiddlewaretoken", "key", "confirm_refused"]);
const PRICE_DELAY = 120; // milliseconds

let request = new AbortController(); // of the newest request for fields and price
let priceTimer = 0;

const composer = () => document.getElementById("composer");

/**
 * Read the form as the server will.
 *
 * @returns {Record<string, string>} of several fields with one name the last
 */
export function formValues() {
  return Object.fromEntries(new FormData(composer()));
}

// Return the first thing that is missing or wrong, as a sentence; empty if the form can be sent.
function findProblem(form, values) {
  const { most } = document.getElementById("settings").dataset;
  const excess = most ? values.prompt_text.length - Number(most) : 0;
  if (form.dataset.refusal) return form.dataset.refusal;
  if ("uploading" in form.dataset) return gettext("The picture is still uploading.");
  if (!values.image) return gettext("Choose a picture for the first frame.");
  if (!values.prompt_text.trim()) return gettext("Write a prompt.");
  if (excess > 0) {
    return ngettext(
      "The prompt is {count} character too long.",
      gettext("The prompt is {count} characters too long."),
      excess,
    );
  }
  if (!isValidSeed(form.elements.seed)) {
    return fill(gettext("The seed must be a whole number from 0 to {most}, or empty."), form.elements.seed.dataset);
  }
  if ("coming" in form.dataset) return gettext("Loading this model's settings.");
  const { refusal } = document.getElementById("sum").dataset;
  const lacksLimit = form.elements.max_credits?.value.trim() === "";
  return refusal || (lacksLimit ? gettext("The price is not known. Set the most that one take may cost.") : "");
}

function isValidSeed(input) {
  const seed = input?.value.trim();
  return !seed || (/^\d+$/.test(seed) && Number(seed) <= Number(input.dataset.most));
}

function showCounter(form, prompt) {
  const counter = form.querySelector("#prompt-counter");
  const { most } = document.getElementById("settings").dataset;
  const [length, limit] = counter.children;
  // the length of a string counts UTF-16 code units, as Runway does
  length.textContent = prompt.length;
  const unit = gettext("characters");
  limit.textContent = most ? ` / ${most}` : ` ${unit}`;
  counter.classList.toggle("over", Boolean(most) && prompt.length > Number(most));
}

function findHint({ takes, seed }) {
  return Number(takes) > 1 && seed ? gettext("With a seed, all takes are identical. Leave it empty to vary them.") : "";
}

/** Show what the form has now: the picture, the length of the prompt, and whether it can be sent. */
export function refreshComposer() {
  const form = composer();
  if (!form) return;
  const values = formValues();
  showFrames(form);
  showCounter(form, values.prompt_text);
  form.querySelector("#generate-label").textContent = ngettext(
    gettext("Generate {count} take"),
    gettext("Generate {count} takes"),
    Number(values.takes),
  );
  const problem = findProblem(form, values);
  const message = form.querySelector("#why-off");
  const text = problem || findHint(values);
  // the same text again would be read aloud again
  if (message.textContent !== text) message.textContent = text;
  // while a request is under way htmx has the button disabled
  if (!form.classList.contains("htmx-request")) form.querySelector("#generate").disabled = Boolean(problem);
}

/**
 * Fetch the price, and the fields of the model if that is another one.
 *
 * @param {Record<string, string>} values
 * @param {boolean} withFields
 */
async function fetchParts(values, withFields) {
  const form = composer();
  const query = new URLSearchParams(Object.entries(values).filter(([name]) => !NOT_SENT.has(name)));
  request.abort();
  request = new AbortController();
  form.toggleAttribute("data-coming", withFields);
  refreshComposer();
  try {
    const fragment = await fetchFromServer(query, request.signal);
    const before = shownPrice();
    if (withFields) replaceSettings(fragment);
    replacePart(fragment, "sum");
    showPriceChange(before);
    // what is being typed there stays
    if (!document.getElementById("max-credits-part").contains(document.activeElement)) {
      replacePart(fragment, "max-credits-part");
    }
  } catch (error) {
    if (error.name === "AbortError") return;
    // without a response the price is checked when the form is sent
  }
  composer().removeAttribute("data-coming");
  refreshComposer();
}

async function fetchFromServer(query, signal) {
  const response = await fetch(`${composer().dataset.parts}?${query}`, { headers: FRAGMENT_HEADERS, signal });
  if (!response.ok) throw new Error(response.status);
  return parseHtml(await response.text());
}

function replacePart(fragment, id) {
  const part = fragment.querySelector(`#${id}`);
  document.getElementById(id).replaceWith(part);
  htmx.process(part);
  return part;
}

// What the user has written already does not depend on the model.
function replaceSettings(fragment) {
  keepSlot(() => ["last-slot", "lasts"].forEach((id) => replacePart(fragment, id)));
  const texts = [...document.querySelectorAll("#settings textarea")].map(({ name, value }) => [name, value]);
  const settings = replacePart(fragment, "settings");
  for (const [name, value] of texts) {
    const field = settings.querySelector(`[name="${name}"]`);
    if (field) field.value = value;
  }
  document.getElementById("picked-name").textContent = settings.dataset.title;
  document.getElementById("picked-price").textContent = settings.dataset.price;
}

/**
 * Fetch the settings for another picture: the ratio follows the shape of the first frame.
 * @param {string} [last] the id of a picture for the last frame, if that is the one that has changed
 */
export function followPicture(last) {
  clearTimeout(priceTimer);
  if (!last) fetchParts({ ...formValues(), fit: 1 }, true);
  else if (hasLastFrame()) fetchParts({ ...formValues(), last_image: last }, true);
}

/**
 * Fill in saved values: the fields of the page at once, those of another model when they have come.
 *
 * @param {Record<string, string>} values
 */
export async function fillComposer(values) {
  const form = composer();
  form.elements.prompt_text.value = values.prompt_text ?? "";
  for (const name of ["model", "image", "takes"]) {
    const input = [...form.querySelectorAll(`input[name="${name}"]`)].find(({ value }) => value === values[name]);
    if (input) input.checked = true;
  }
  // the saved picture may be gone
  await fetchParts({ ...values, image: formValues().image ?? "" }, true);
  const negativePrompt = form.querySelector('[name="negativePrompt"]');
  if (negativePrompt && values.negativePrompt) negativePrompt.value = values.negativePrompt;
}

async function useSettingsOf(take) {
  const fragment = await fetchFromServer(new URLSearchParams({ from: take })).catch(() => null);
  if (!fragment) return;
  composer().replaceWith(fragment.querySelector("#composer"));
  htmx.process(composer());
  refreshComposer();
  composer().dispatchEvent(new Event("input", { bubbles: true }));
  focusPart("prompt");
}

function drawSeed() {
  const { seed } = composer().elements;
  seed.value = crypto.getRandomValues(new Uint32Array(1))[0];
  seed.dispatchEvent(new Event("input", { bubbles: true }));
}

function handleChange({ target }) {
  if (target.form?.id !== "composer" || !target.name) return;
  refreshComposer();
  if (target.name === "prompt_text" || target.name === "negativePrompt") return;
  if (target.name === "image") {
    followPicture();
    return;
  }
  const isModel = target.name === "model";
  clearTimeout(priceTimer);
  priceTimer = setTimeout(() => fetchParts(formValues(), isModel), isModel ? 0 : PRICE_DELAY);
}

function handleInput(event) {
  if (event.target.form?.id !== "composer") return;
  refreshComposer();
  const output = event.target.type === "range" && event.target.labels[0].querySelector("output");
  if (output) output.value = event.target.value;
  // a limit may be all that a budget asks for, so the button follows at once
  if (event.target.name === "max_credits") handleChange(event);
}

function handleClick(event) {
  if (event.target.closest("#dice")) drawSeed();
  const link = event.target.closest("[data-use-settings]");
  if (!link) return;
  event.preventDefault();
  useSettingsOf(link.dataset.useSettings);
}

function focusPart(id) {
  showComposer();
  document.getElementById(id).focus();
}

/** Start the composer. */
export function start() {
  if (!composer()) return;
  document.addEventListener("input", handleInput);
  document.addEventListener("change", handleChange);
  document.addEventListener("click", handleClick);
  addShortcuts(gettext("Composer"), [
    { keys: ["/"], label: "/", description: gettext("Write the prompt"), run: () => focusPart("prompt") },
  ]);
  spendingKeys.start("generate", showComposer);
  // the balance has changed, and with it what can be paid
  document.body.addEventListener("dailies:takes", () => fetchParts(formValues(), false));
  document.body.addEventListener("htmx:afterSettle", refreshComposer);
  // htmx enables the button again after this event
  document.body.addEventListener("htmx:afterRequest", () => setTimeout(refreshComposer));
  refreshComposer();
}
