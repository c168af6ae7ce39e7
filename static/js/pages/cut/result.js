/** @file Plays a finished export on the page. */

import { toast } from "../../lib/toasts.js";
import { gettext } from "../../lib/words.js";

/**
 * Start the dialog.
 *
 * @param {import("./player.js").Player} player of the cut, which stops while the export plays
 * @returns {(url: string, name: string) => void} plays a file
 */
export function startResult(player) {
  const dialog = document.getElementById("cut-result");
  const video = dialog.querySelector("video");
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  // a film that is not seen is not loaded on
  dialog.addEventListener("close", () => {
    video.removeAttribute("src");
    video.load();
  });
  video.addEventListener("error", () => {
    if (video.hasAttribute("src")) toast(gettext("This browser cannot play the file. Download it instead."), "error");
  });
  return (url, name) => {
    player.pause();
    dialog.querySelector("h2").textContent = name;
    video.src = url;
    dialog.showModal();
    video.focus();
    // where the browser wants another click, the controls are there
    video.play().catch(() => {});
  };
}
