/** @file What a person fills in while the page still loads: the form's price and button must know of it. */

/**
 * Whether a field has another value than the page came with.
 *
 * @param {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} field
 * @returns {boolean}
 */
function isChanged(field) {
  if (field instanceof HTMLSelectElement) {
    const options = [...field.options];
    return field.selectedOptions[0] !== (options.find((option) => option.defaultSelected) ?? options[0]);
  }
  return field.value !== field.defaultValue || field.checked !== field.defaultChecked;
}

/** Repeat the input event that htmx, which listens from DOMContentLoaded on, has missed. */
export function start() {
  document.addEventListener("DOMContentLoaded", () => {
    const fields = [...document.querySelectorAll(".make-fields :is(input, select, textarea)")];
    fields.find(isChanged)?.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
