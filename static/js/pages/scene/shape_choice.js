/** @file The aspect and the resolution of a take, chosen apart. The field of the form is the ratio that has both. */

const PARTS = ["aspect", "resolution"];

const LEAST_PIXELS = 100; // of a side; below, it is an aspect such as 16:9

function showPixels(fieldset, ratio) {
  const sides = ratio.split(":").map(Number);
  const isInPixels = sides.length === 2 && Math.min(...sides) >= LEAST_PIXELS;
  fieldset.querySelector("[data-pixels]").textContent = isInPixels ? sides.join(" × ") : "";
}

function handleChange({ target }) {
  if (target.matches?.("#settings [type=radio][name=ratio]")) showPixels(target.closest("fieldset"), target.value);
  const fieldset = target.closest?.("[data-shape]");
  if (!fieldset || target.matches("select")) return;
  const [aspect, resolution] = PARTS.map((part) => fieldset.querySelector(`[name="shape-${part}"]:checked`)?.value);
  const select = fieldset.querySelector("select");
  const option = [...select.options].find(
    ({ dataset }) => dataset.aspect === aspect && dataset.resolution === resolution,
  );
  if (!option) return;
  select.value = option.value;
  showPixels(fieldset, option.value);
  select.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Start the choice of shapes. */
export function start() {
  document.addEventListener("change", handleChange);
}
