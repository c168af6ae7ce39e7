/** @file Help for the prompt: camera moves and looks that write themselves into it, and the prompts of before. */

const prompt = () => document.getElementById("prompt");
const phrases = () => document.querySelectorAll("#prompt-help [data-phrase]");

function write(text) {
  prompt().value = text;
  prompt().dispatchEvent(new Event("input", { bubbles: true }));
  prompt().dispatchEvent(new Event("change", { bubbles: true }));
}

// As a sentence of its own, at the end; pressed again it goes.
function toggle(phrase) {
  const text = prompt().value;
  const sentence = `${phrase}.`;
  if (text.includes(sentence)) {
    write(text.replace(sentence, "").replaceAll(/ {2,}/gu, " ").trim());
    return;
  }
  const before = text.trim();
  const isEnded = !before || /[.!?…]$/u.test(before);
  write([before + (isEnded ? "" : "."), sentence].filter(Boolean).join(" "));
}

function show() {
  const text = prompt()?.value ?? "";
  for (const button of phrases()) button.setAttribute("aria-pressed", text.includes(`${button.dataset.phrase}.`));
  const help = document.getElementById("prompt-help");
  if (help) help.hidden = false;
}

function handleClick({ target }) {
  const phrase = target.closest("[data-phrase]");
  const used = target.closest("[data-prompt]");
  if (phrase) toggle(phrase.dataset.phrase);
  if (!used) return;
  write(used.dataset.prompt);
  prompt().focus();
}

function handleToggle({ target }) {
  if (target.matches?.("[data-history]") && target.open) htmx.trigger(target.querySelector("input"), "open");
}

/** Start the help, on pages with a composer. */
export function start() {
  if (!prompt()) return;
  document.addEventListener("click", handleClick);
  document.addEventListener("toggle", handleToggle, { capture: true });
  document.addEventListener("input", show);
  // the composer may be another one now
  document.body.addEventListener("htmx:afterSettle", show);
  show();
}
