/** @file Color fields: a text field, which may be empty, and a color picker (`data-colour-of`: the field's id). */

const HEX_COLOR = /^#[0-9a-f]{6}$/i;

function copyFromPicker({ target }) {
  const id = target.dataset?.colourOf;
  if (!id) return;
  const field = document.getElementById(id);
  field.value = target.value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function copyToPicker({ target }) {
  const picker = target.id && document.querySelector(`[data-colour-of="${CSS.escape(target.id)}"]`);
  if (picker && HEX_COLOR.test(target.value)) picker.value = target.value;
}

/** Keep each pair of field and picker the same. */
export function start() {
  document.addEventListener("input", copyFromPicker);
  document.addEventListener("input", copyToPicker);
}
