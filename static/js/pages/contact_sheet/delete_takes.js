/** @file The checked takes of the sheet, or the one that has the focus, go to the trash. */

import { post } from "../../lib/http.js";
import { addShortcuts } from "../../lib/keyboard.js";
import { askFirst } from "../../lib/question.js";
import { fill, gettext, ngettext } from "../../lib/words.js";

const button = () => document.getElementById("delete-picked");
const tiles = () => [...document.querySelectorAll("#sheet-takes > [data-delete-url]")];
const picked = () => tiles().filter((tile) => tile.querySelector(":checked"));
const focused = () => tiles().filter((tile) => tile.contains(document.activeElement));

function question(going) {
  const { name } = going[0].dataset;
  const several = ngettext("Delete {count} take?", gettext("Delete {count} takes?"), going.length);
  return {
    ask: going.length === 1 ? fill(gettext("Delete {name}?"), { name }) : several,
    loses: gettext("A chosen take is among them. The film will play another one until you restore it."),
    no: gettext("Keep"),
    yes: gettext("Delete"),
  };
}

async function remove(going) {
  if (!going.length) return;
  if (going.some((tile) => "inFilm" in tile.dataset) && !(await askFirst(question(going)))) return;
  for (const tile of going) {
    // one after the other: a refusal is shown before the next
    // oxlint-disable-next-line no-await-in-loop
    if (!(await post(document.getElementById("sheet-form"), tile.dataset.deleteUrl))) break;
    (tile.nextElementSibling ?? tile.previousElementSibling)?.querySelector("a").focus();
    tile.remove();
  }
  button().disabled = true;
}

/** Start the button and the key. */
export function start() {
  if (!button()) return;
  button().hidden = false;
  button().addEventListener("click", () => remove(picked()));
  document.addEventListener("change", () => {
    button().disabled = !picked().length;
  });
  addShortcuts(gettext("Takes"), [
    {
      keys: ["Delete"],
      label: "Del",
      description: gettext("Delete the checked takes, or the one in focus"),
      run: () => remove(picked().length ? picked() : focused()),
    },
  ]);
}
