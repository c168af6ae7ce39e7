/** @file The checked takes of the sheet go to another scene, or copies of them. */

import { refreshElement } from "../../lib/refresh.js";
import { openFor } from "../../lib/to_scene.js";

const button = () => document.getElementById("send-picked");
const picked = () =>
  [...document.querySelectorAll("#sheet-takes > [data-move-url]")].filter((tile) => tile.querySelector(":checked"));

/** Start the button, and show what has moved where it is now. */
export function start() {
  if (!button()) return;
  button().hidden = false;
  button().addEventListener("click", () => openFor(picked()));
  document.addEventListener("change", () => {
    button().disabled = !picked().length;
  });
  document.body.addEventListener("dailies:moved", ({ target }) => refreshElement(target.id));
  // an undone move is shown in place
  document.body.addEventListener("dailies:restored", (event) => {
    event.preventDefault();
    location.reload();
  });
}
