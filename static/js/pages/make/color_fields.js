// A colour stands in the form as text, which may be empty; the swatch beside it only writes it there.

function chosen({ target }) {
  const name = target.dataset?.colourOf;
  if (!name) return;
  const input = document.getElementById(name);
  input.value = target.value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

function typed({ target }) {
  const swatch = target.id && document.querySelector(`[data-colour-of="${CSS.escape(target.id)}"]`);
  if (swatch && /^#[0-9a-f]{6}$/i.test(target.value)) swatch.value = target.value;
}

document.addEventListener("input", chosen);
document.addEventListener("input", typed);
