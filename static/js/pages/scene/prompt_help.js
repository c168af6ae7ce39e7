/**
 * @file Help for the prompt: camera moves and looks that write themselves into it, the prompts of before, and the library
 * of saved prompts with their variables.
 */

const prompt = () => document.getElementById("prompt");
const phrases = () => document.querySelectorAll("#prompt-help [data-phrase]");

function write(text) {
  prompt().value = text;
  prompt().dispatchEvent(new Event("input", { bubbles: true }));
  prompt().dispatchEvent(new Event("change", { bubbles: true }));
}

// Where the cursor is, or was last.
function insert(text) {
  const { selectionStart: from, selectionEnd: to, value } = prompt();
  write(value.slice(0, from) + text + value.slice(to));
  prompt().focus();
  prompt().setSelectionRange(from + text.length, from + text.length);
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
  const variable = target.closest("[data-variable]");
  if (variable) insert(`{${variable.dataset.variable}}`);
  if (!used) return;
  write(used.dataset.prompt);
  prompt().focus();
}

function handleToggle({ target }) {
  if (target.matches?.("[data-history]") && target.open) htmx.trigger(target.querySelector("[hx-get]"), "open");
}

// a version that is chosen in the library
function handleChange({ target }) {
  if (target.matches("[data-prompt-version]")) write(target.value);
}

/** Start the help, on pages with a composer. */
export function start() {
  if (!prompt()) return;
  document.addEventListener("click", handleClick);
  document.addEventListener("toggle", handleToggle, { capture: true });
  document.addEventListener("change", handleChange);
  document.addEventListener("input", show);
  // the composer may be another one now
  document.body.addEventListener("htmx:afterSettle", show);
  show();
}
