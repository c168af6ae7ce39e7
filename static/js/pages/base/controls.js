/** @file Controls that any page may have: copy buttons, menus, the theme, and selects that submit their form. */

import { toast } from "../../lib/toasts.js";
import { gettext } from "../../lib/words.js";

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    copyBySelection(text);
  }
  toast(gettext("Copied."));
}

// A page that came over plain http from another machine has no clipboard API.
function copyBySelection(text) {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== except) menu.open = false;
}

function handleClick({ target }) {
  const button = target.closest("[data-copy]");
  if (button) copy(button.dataset.copy);
  closeMenus(target.closest("details.menu"));
}

// What is typed next goes into the menu, however it was opened.
function focusField({ target }) {
  if (!target.matches?.("details.menu[open]") || target.contains(document.activeElement?.closest("input, textarea"))) {
    return;
  }
  const field = target.querySelector("textarea, input:not([type=hidden], [type=radio], [type=checkbox])");
  field?.focus();
}

function handleChange({ target }) {
  // shown at once; the form saves the theme for all browsers of the user
  if (target.closest("[data-theme-form]")) document.documentElement.dataset.theme = target.value;
  if (target.matches("[data-submits]")) target.form.requestSubmit();
}

// Escape closes the menu, and does nothing else.
function handleEscape(event) {
  if (event.key !== "Escape" || !document.querySelector("details.menu[open]")) return;
  event.preventDefault();
  const summary = document.activeElement?.closest("details.menu[open]")?.querySelector("summary");
  closeMenus();
  summary?.focus();
}

/**
 * Begin to handle `data-copy` (the text that a button copies), `details.menu` (closed by a click elsewhere and by
 * Escape), `data-theme-form` and `data-submits`.
 */
export function start() {
  document.addEventListener("click", handleClick);
  document.addEventListener("toggle", focusField, { capture: true });
  document.addEventListener("change", handleChange);
  document.addEventListener("keydown", handleEscape);
}
