/** @file What was wrong with the form when it was sent: gone once its field is changed. */

const FRAMES = "#frames > .problem:not(#upload-problem)";
// what the shape of a picture is measured by
const OF_PICTURES = new Set(["image", "last_image", "ratio", "model"]);

function forget({ target }) {
  if (target.form?.id !== "composer") return;
  if (OF_PICTURES.has(target.name)) for (const problem of document.querySelectorAll(FRAMES)) problem.remove();
  const place = target.closest(".field, #settings fieldset");
  for (const problem of place?.querySelectorAll(".problem") ?? []) problem.remove();
  target.removeAttribute("aria-invalid");
  target.removeAttribute("aria-describedby");
}

/** Begin to follow the composer. */
export function start() {
  document.addEventListener("input", forget);
  document.addEventListener("change", forget);
}
