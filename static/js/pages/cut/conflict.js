/** @file The question what becomes of edits that are not saved when somebody else has changed the cut. */

import { toast } from "../../lib/toasts.js";
import { gettext, ngettext } from "../../lib/words.js";

/**
 * Start the dialog, which opens when there is such a conflict and closes when it is solved.
 *
 * @param {import("./saver.js").Saver} saver
 */
export function startConflict(saver) {
  const dialog = document.getElementById("cut-conflict");
  const words = dialog.querySelector("[data-words]");
  // it goes only with an answer: the page cannot save before
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.addEventListener("click", async ({ target }) => {
    const { keep } = target.closest("button")?.dataset ?? {};
    if (!keep) return;
    await saver.resolveConflict(keep === "both");
    if (saver.isConflict) {
      toast(gettext("The studio is not responding. Try again when it is back."), "error", { group: "cut" });
    } else dialog.close();
  });
  saver.onConflict = () => {
    const count = saver.steps.length;
    const changed = gettext("Someone else, or you in another window, changed the cut.");
    const unsaved = ngettext(
      "Your last edit is not saved yet.",
      gettext("Your last {count} edits are not saved yet."),
      count,
    );
    words.textContent = `${changed} ${unsaved}`;
    if (!dialog.open) dialog.showModal();
  };
}
