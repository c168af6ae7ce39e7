// The composer: what the model allows, the price of what is chosen, and why the button is off.

import { bind } from "./keys.js";

const LARGEST_SEED = 4294967295;

function composer() {
  return document.getElementById("composer");
}

/** Show the choices that the model takes; one that it does not take gives way to the model's own. */
function limit(form, choices, allowed, fallback) {
  const inputs = [...form.querySelectorAll(`[data-choices="${choices}"] input`)];
  for (const input of inputs) {
    input.disabled = !allowed.includes(input.value);
    input.closest("label").hidden = input.disabled;
  }
  if (inputs.some((input) => input.checked && !input.disabled)) return;
  const own = inputs.find((input) => input.value === fallback);
  if (own) own.checked = true;
}

/** One sentence, the first thing to do; empty when nothing is missing. */
function whyOff(form, chosen, model) {
  const text = chosen.get("prompt_text");
  const seed = chosen.get("seed").trim();
  const tooMuch = text.length - model.promptText.max;
  if (form.dataset.refusal) return form.dataset.refusal;
  if ("uploading" in form.dataset) return "The picture is still on its way up.";
  if (!chosen.get("image")) return "Choose the picture that the take begins with.";
  if (!text.trim()) return "Write what should happen in the take.";
  if (tooMuch > 0) return `The prompt is ${tooMuch} character${tooMuch > 1 ? "s" : ""} too long.`;
  if (seed && !(/^\d+$/.test(seed) && Number(seed) <= LARGEST_SEED)) {
    return `The seed must be a whole number from 0 to ${LARGEST_SEED}, or empty.`;
  }
  return "";
}

function showPrice(form, chosen, model) {
  const credits = model.creditsPerSecond === null ? null : model.creditsPerSecond * Number(chosen.get("duration"));
  form.querySelector("#price").textContent = credits === null ? "Price not known" : `${credits} credits`;
  form.querySelector("#price-dollars").textContent = credits === null ? "" : `about $${(credits / 100).toFixed(2)}`;
}

function showPicture(form) {
  const chosen = form.querySelector('input[name="image"]:checked');
  const picture = form.querySelector("#first-frame-picture");
  picture.hidden = !chosen;
  picture.nextElementSibling.hidden = Boolean(chosen);
  if (chosen && picture.getAttribute("src") !== chosen.dataset.poster) picture.src = chosen.dataset.poster;
}

function showCounter(form, text, most) {
  const counter = form.querySelector("#prompt-counter");
  // a string's length in JavaScript counts UTF-16 units, as Runway does
  const [length, limit] = counter.children;
  length.textContent = text.length;
  limit.textContent = most;
  counter.classList.toggle("over", text.length > most);
}

export function refresh() {
  const form = composer();
  if (!form) return;
  const models = JSON.parse(form.dataset.models);
  const model = models.find((known) => known.name === new FormData(form).get("model")) ?? models[0];
  limit(form, "ratios", model.ratios, model.defaultRatio);
  limit(form, "durations", model.durations.map(String), String(model.defaultDuration));
  const chosen = new FormData(form);
  showPicture(form);
  showCounter(form, chosen.get("prompt_text"), model.promptText.max);
  showPrice(form, chosen, model);
  form.querySelector("#ratio-pixels").textContent = chosen.get("ratio")?.replace(":", " × ") ?? "";
  const why = whyOff(form, chosen, model);
  const line = form.querySelector("#why-off");
  if (line.textContent !== why) line.textContent = why;
  // while a press is under way htmx holds the button
  if (!form.classList.contains("htmx-request")) form.querySelector("#generate").disabled = Boolean(why);
}

function drawSeed() {
  const form = composer();
  form.elements.seed.value = crypto.getRandomValues(new Uint32Array(1))[0];
  refresh();
}

export function start() {
  if (!composer()) return;
  const ours = (event) => event.target.form?.id === "composer" && refresh();
  document.addEventListener("input", ours);
  document.addEventListener("change", ours);
  document.addEventListener("click", (event) => event.target.closest("#dice") && drawSeed());
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.id === "prompt") {
      event.preventDefault();
      if (!document.getElementById("generate").disabled) composer().requestSubmit();
    }
  });
  bind("Composer", [
    { keys: ["/"], shown: "/", does: "Write the prompt", run: () => document.getElementById("prompt").focus() },
    { keys: ["g", "G"], shown: "G", does: "Generate", run: () => document.getElementById("generate").click() },
  ]);
  document.body.addEventListener("htmx:afterSettle", refresh);
  document.body.addEventListener("htmx:afterRequest", () => setTimeout(refresh));
  refresh();
}
