/** @file The aspect and the resolution of a take, chosen apart. The field of the form is the ratio that has both. */

const PARTS = ["aspect", "resolution"];

function handleChange({ target }) {
  const fieldset = target.closest?.("[data-shape]");
  if (!fieldset || target.matches("select")) return;
  const [aspect, resolution] = PARTS.map((part) => fieldset.querySelector(`[name="shape-${part}"]:checked`)?.value);
  const select = fieldset.querySelector("select");
  const option = [...select.options].find(
    ({ dataset }) => dataset.aspect === aspect && dataset.resolution === resolution,
  );
  if (!option) return;
  select.value = option.value;
  const sides = option.value.split(":");
  fieldset.querySelector("[data-pixels]").textContent = sides.length === 2 ? sides.join(" × ") : "";
  select.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Start the choice of shapes. */
export function start() {
  document.addEventListener("change", handleChange);
}
