/** @file The settings of the film, and the way back to the automatic cut. */

import { make } from "./dom.js";
import { changeRate } from "./rate_change.js";
import { Rate } from "./rate.js";
import { startVersions } from "./versions.js";
import { gettext } from "../../lib/words.js";

/**
 * Start the tabs at the right, the settings and the versions.
 *
 * @param {object} page its parts by name
 */
export function startSettings(page) {
  const { store } = page;
  const root = document.getElementById("cut-settings");
  root.addEventListener("submit", (event) => event.preventDefault());
  root.addEventListener("change", ({ target }) => write(store, target));
  for (const type of ["cut"]) store.on(type, () => show(root, store));
  startVersions(root, page);
  root
    .querySelector("[data-automatic]")
    ?.addEventListener("click", () => page.saver.act("automatic", gettext("The cut was not changed.")));
  show(root, store);
}

function show(root, { cut, edited }) {
  const size = `${cut.width}x${cut.height}`;
  const sizes = root.querySelector("[name=size]");
  if (![...sizes.options].some(({ value }) => value === size)) {
    sizes.append(make("option", { value: size, textContent: size.replace("x", " × ") }));
  }
  for (const [name, value] of Object.entries({ rate: cut.rate, size, fit: cut.fit, loudness: cut.loudness })) {
    root.querySelector(`[name=${name}]`).value = value;
  }
  for (const note of document.querySelectorAll("[data-when-automatic]")) note.hidden = !edited.automatic;
  for (const button of document.querySelectorAll("[data-automatic]")) button.disabled = edited.automatic;
  const warnings = document.getElementById("cut-warnings");
  warnings.hidden = !cut.warnings.length;
  warnings.querySelector("ul").replaceChildren(...cut.warnings.map((text) => make("li", { textContent: text })));
  warnings.querySelector("[data-warning-count]").textContent = String(cut.warnings.length);
}

function write(store, { name, value }) {
  const set = (changes) => store.edit((cut) => ({ ...cut, ...changes }));
  if (name === "rate") {
    const rate = new Rate(value);
    store.edit((cut) => changeRate(cut, new Rate(cut.rate), rate, framesAt(store, rate)));
  }
  if (name === "size") {
    const [width, height] = value.split("x").map(Number);
    set({ width, height });
  }
  if (name === "fit") set({ fit: value });
  if (name === "loudness") set({ loudness: Number(value) });
}

// How many frames of a rate the file of a clip or sound has.
function framesAt({ media }, rate) {
  return ({ shows, assetId }) => {
    const asset = media.assets.get(shows ?? assetId);
    return asset && asset.kind !== "image" ? rate.frames(asset.seconds) : Infinity;
  };
}
