/** @file The question what becomes of edits that are not saved when somebody else has changed the cut. */

import { toast } from "../../lib/toasts.js";
import { make } from "./dom.js";
import { fill, gettext, ngettext } from "../../lib/words.js";

const MAX_CHANGES = 6; // that are told; of more it is said how many

/**
 * Start the dialog, which opens when there is such a conflict and closes when it is solved.
 *
 * @param {import("./saver.js").Saver} saver
 * @param {string} user the name of the person who works on this page
 */
export function startConflict(saver, user) {
  const dialog = document.getElementById("cut-conflict");
  const part = (name) => dialog.querySelector(`[data-${name}]`);
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
    part("words").textContent = gettext("Someone else, or you in another window, changed the cut.");
    part("changes").replaceChildren();
    part("unsaved").textContent = ngettext(
      "Your last edit is not saved yet.",
      gettext("Your last {count} edits are not saved yet."),
      count,
    );
    if (!dialog.open) dialog.showModal();
    tell(saver, user, part);
  };
}

// Who has changed what; without an answer the dialog says that somebody has.
async function tell(saver, user, part) {
  const changes = await saver.findChanges();
  if (!changes) return;
  const { changedBy, differences } = changes;
  if (changedBy) part("words").textContent = changerOf(changedBy, user);
  const told = differences.slice(0, MAX_CHANGES);
  const rest = differences.length - told.length;
  if (rest) told.push(fill(ngettext("{count} more change", "{count} more changes", rest), { count: rest }));
  part("changes").replaceChildren(...told.map((textContent) => make("li", { textContent })));
}

function changerOf(name, user) {
  if (name === user) return gettext("You changed the cut in another window.");
  return fill(gettext("{name} changed the cut."), { name });
}
