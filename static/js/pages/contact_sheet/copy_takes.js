/** @file Copies of the checked takes in another scene of the film. */

import { post } from "../../lib/http.js";

const select = () => document.getElementById("copy-picked");
const picked = () =>
  [...document.querySelectorAll("#sheet-takes > [data-clip]")].filter((tile) => tile.querySelector(":checked"));

async function copy() {
  const scene = select().value;
  select().value = "";
  for (const tile of picked()) {
    // one after the other, so that they have their numbers in the order of the sheet
    // oxlint-disable-next-line no-await-in-loop
    await post(document.getElementById("sheet-form"), tile.dataset.copyUrl, { scene });
  }
}

/** Start the list of scenes to copy to. */
export function start() {
  if (!select()) return;
  select().hidden = false;
  select().addEventListener("change", copy);
  document.addEventListener("change", () => {
    select().disabled = !picked().length;
  });
}
