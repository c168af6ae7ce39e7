// The composer: the chosen model's fields and the price come from the server; here, why the button is off.

import { bind } from "../../lib/keyboard.js";

// not of the address: a prompt is long, and tells neither fields nor price
const LEFT_OUT = ["prompt_text", "negativePrompt", "csrfmiddlewaretoken", "key", "confirm_refused"];
const PRICE_AFTER = 120;
let asking = new AbortController();
let timer = 0;

const composer = () => document.getElementById("composer");

/** What stands in the form, as the server reads it: of several of one name the last. */
export const values = () => Object.fromEntries(new FormData(composer()));

/** One sentence, the first thing to do; empty when nothing is missing. */
function whyOff(form, given) {
  const seed = form.elements.seed?.value.trim();
  const most = Number(document.getElementById("settings").dataset.most);
  const tooMuch = most ? given.prompt_text.length - most : 0;
  if (form.dataset.refusal) return form.dataset.refusal;
  if ("uploading" in form.dataset) return "The picture is still on its way up.";
  if (!given.image) return "Choose the picture that the take begins with.";
  if (!given.prompt_text.trim()) return "Write what should happen in the take.";
  if (tooMuch > 0) return `The prompt is ${tooMuch} character${tooMuch > 1 ? "s" : ""} too long.`;
  if (seed && !(/^\d+$/.test(seed) && Number(seed) <= Number(form.elements.seed.dataset.most))) {
    return `The seed must be a whole number from 0 to ${form.elements.seed.dataset.most}, or empty.`;
  }
  if ("coming" in form.dataset) return "The fields of this model are on their way.";
  return document.getElementById("sum").dataset.refusal;
}

function showPicture(form) {
  const chosen = form.querySelector('input[name="image"]:checked');
  const picture = form.querySelector("#first-frame-picture");
  picture.hidden = !chosen;
  picture.nextElementSibling.hidden = Boolean(chosen);
  if (chosen && picture.getAttribute("src") !== chosen.dataset.poster) picture.src = chosen.dataset.poster;
}

function showCounter(form, text) {
  const counter = form.querySelector("#prompt-counter");
  const { most } = document.getElementById("settings").dataset;
  // a string's length in JavaScript counts UTF-16 units, as Runway does
  const [length, limit] = counter.children;
  length.textContent = text.length;
  limit.textContent = most ? ` / ${most}` : " characters";
  counter.classList.toggle("over", Boolean(most) && text.length > Number(most));
}

function showHint(given) {
  const several = Number(given.takes) > 1;
  return several && given.seed ? "With a seed all of them are one and the same: leave it empty for takes that differ." : "";
}

export function refresh() {
  const form = composer();
  if (!form) return;
  const given = values();
  showPicture(form);
  showCounter(form, given.prompt_text);
  const why = whyOff(form, given);
  const line = form.querySelector("#why-off");
  const words = why || showHint(given);
  if (line.textContent !== words) line.textContent = words;
  // while a press is under way htmx holds the button
  if (!form.classList.contains("htmx-request")) form.querySelector("#generate").disabled = Boolean(why);
}

/** The fields of the model and the price, for what stands in the form or for other values. */
async function ask(given, whole) {
  const form = composer();
  const query = new URLSearchParams(Object.entries(given).filter(([name]) => !LEFT_OUT.includes(name)));
  asking.abort();
  asking = new AbortController();
  form.toggleAttribute("data-coming", whole);
  refresh();
  try {
    const answer = await fetch(`${form.dataset.parts}?${query}`, { headers: { "HX-Request": "true" }, signal: asking.signal });
    if (!answer.ok) throw new Error(answer.status);
    const made = document.createElement("template");
    made.innerHTML = await answer.text();
    if (whole) put(made.content, "settings");
    put(made.content, "sum");
  } catch (error) {
    // a later question took its place; without an answer the price is told at the press
    if (error.name === "AbortError") return;
  }
  composer().removeAttribute("data-coming");
  refresh();
}

function put(content, id) {
  const fresh = content.querySelector(`#${id}`);
  // what was written there already is not of the model's
  const kept = id === "settings" ? [...document.querySelectorAll("#settings textarea")].map(({ name, value }) => [name, value]) : [];
  document.getElementById(id).replaceWith(fresh);
  htmx.process(fresh);
  for (const [name, value] of kept) if (fresh.querySelector(`[name="${name}"]`)) fresh.querySelector(`[name="${name}"]`).value = value;
  if (id === "settings") showModel(fresh.dataset);
}

function showModel({ model, price }) {
  document.getElementById("picked-name").textContent = model;
  document.getElementById("picked-price").textContent = price;
}

/** A picture has come: it may be a last frame too. */
export function offerPicture() {
  if (document.getElementById("lasts")) ask(values(), true);
}

/** Values that were kept: fields that the page has at once, those of another model when they have come. */
export async function restore(given) {
  const form = composer();
  form.elements.prompt_text.value = given.prompt_text ?? "";
  for (const name of ["model", "image", "takes"]) {
    const input = [...form.querySelectorAll(`input[name="${name}"]`)].find(({ value }) => value === given[name]);
    if (input) input.checked = true;
  }
  await ask({ ...given, image: values().image ?? "" }, true);
  const avoid = form.querySelector('[name="negativePrompt"]');
  if (avoid && given.negativePrompt) avoid.value = given.negativePrompt;
}

/** An earlier take's settings, all of them. */
async function useSettings(take) {
  const answer = await fetch(`${composer().dataset.parts}?from=${take}`, { headers: { "HX-Request": "true" } });
  if (!answer.ok) return;
  const made = document.createElement("template");
  made.innerHTML = await answer.text();
  composer().replaceWith(made.content.querySelector("#composer"));
  htmx.process(composer());
  refresh();
  composer().dispatchEvent(new Event("input", { bubbles: true }));
  document.getElementById("prompt").focus();
}

function changed({ target }) {
  if (target.form?.id !== "composer" || !target.name) return;
  if (target.name === "prompt_text" || target.name === "negativePrompt") return refresh();
  clearTimeout(timer);
  refresh();
  timer = setTimeout(() => ask(values(), target.name === "model"), target.name === "model" ? 0 : PRICE_AFTER);
}

function search({ target }) {
  if (target.id !== "model-search") return;
  const words = target.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const line of document.querySelectorAll(".model-line")) line.hidden = !words.every((word) => line.dataset.words.includes(word));
  for (const family of document.querySelectorAll("#models fieldset")) family.hidden = !family.querySelector(".model-line:not([hidden])");
  document.getElementById("no-models").hidden = Boolean(document.querySelector(".model-line:not([hidden])"));
}

function closePicker() {
  const picker = document.getElementById("picker");
  if (!picker?.open) return;
  picker.open = false;
  picker.querySelector("summary").focus();
}

function opened({ target }) {
  if (target.id !== "picker" || !target.open) return;
  target.querySelector("#model-search").focus();
  target.querySelector(":checked")?.closest("label").scrollIntoView({ block: "nearest" });
}

function pressed(event) {
  const { target, key } = event;
  if (key === "Enter" && (event.ctrlKey || event.metaKey) && target.id === "prompt") {
    event.preventDefault();
    if (!document.getElementById("generate").disabled) composer().requestSubmit();
  }
  if (!target.closest?.("#picker")) return;
  if (key === "Escape") closePicker();
  if (key !== "Enter") return;
  event.preventDefault();
  if (target.id === "model-search") document.querySelector(".model-line:not([hidden]) input")?.click();
  closePicker();
}

function clicked(event) {
  const { target } = event;
  if (target.closest("#dice")) drawSeed();
  const used = target.closest("[data-use-settings]");
  if (used) {
    event.preventDefault();
    useSettings(used.dataset.useSettings);
  }
  // by mouse: a label's click comes with a place, that of an arrow key has none
  if (target.closest(".model-line") && event.detail) closePicker();
  else if (!target.closest("#picker") && document.getElementById("picker").open) document.getElementById("picker").open = false;
}

function drawSeed() {
  composer().elements.seed.value = crypto.getRandomValues(new Uint32Array(1))[0];
  composer().elements.seed.dispatchEvent(new Event("input", { bubbles: true }));
}

export function start() {
  if (!composer()) return;
  document.addEventListener("input", ({ target }) => target.form?.id === "composer" && refresh());
  document.addEventListener("input", search);
  document.addEventListener("change", changed);
  document.addEventListener("click", clicked);
  document.addEventListener("toggle", opened, true);
  document.addEventListener("keydown", pressed);
  bind("Composer", [
    { keys: ["/"], shown: "/", does: "Write the prompt", run: () => document.getElementById("prompt").focus() },
    { keys: ["g", "G"], shown: "G", does: "Generate", run: () => document.getElementById("generate").click() },
    { keys: [], shown: "Ctrl Enter", does: "Generate, while you write the prompt", run: () => {} },
  ]);
  // another price than before: the balance has moved
  document.body.addEventListener("dailies:takes", () => ask(values(), false));
  document.body.addEventListener("htmx:afterSettle", refresh);
  document.body.addEventListener("htmx:afterRequest", () => setTimeout(refresh));
  refresh();
}
