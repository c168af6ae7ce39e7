/** @file The keyboard shortcuts of the queue. Most act on the row whose checkbox has the focus. */

import { addShortcuts } from "../../lib/keyboard.js";
import { checkboxes } from "./selection.js";
import { gettext } from "../../lib/words.js";

const focusedRow = () => document.activeElement?.closest("tr[data-job]");

function moveFocus(step) {
  const boxes = checkboxes();
  const index = boxes.indexOf(focusedRow()?.querySelector("input[name=job]"));
  boxes[Math.max(0, Math.min(boxes.length - 1, index + step))]?.focus();
}

function clickRowButton(name) {
  const row = focusedRow();
  row?.querySelector(`#${name}-${CSS.escape(row.dataset.job)}`)?.click();
}

/** Add the shortcuts. */
export function start() {
  addShortcuts(gettext("Queue"), [
    {
      keys: ["/"],
      label: "/",
      description: gettext("Choose a project"),
      run: () => document.getElementById("project").focus(),
    },
    { keys: ["j", "J"], label: "J", description: gettext("Next take"), run: () => moveFocus(1) },
    { keys: ["k", "K"], label: "K", description: gettext("Previous take"), run: () => moveFocus(-1) },
    {
      keys: [" "],
      label: "Space",
      description: gettext("Select or deselect the take"),
      run: () => document.activeElement?.click(),
    },
    {
      keys: ["a", "A"],
      label: "A",
      description: gettext("Select all on this page"),
      run: () => document.querySelector("#queue [data-pick-all]")?.click(),
    },
    { keys: ["u", "U"], label: "U", description: gettext("Move up"), run: () => clickRowButton("up") },
    { keys: ["d", "D"], label: "D", description: gettext("Move down"), run: () => clickRowButton("down") },
    { keys: ["f", "F"], label: "F", description: gettext("Move to front"), run: () => clickRowButton("front") },
    { keys: ["b", "B"], label: "B", description: gettext("Move to back"), run: () => clickRowButton("back") },
    {
      keys: ["p", "P"],
      label: "P",
      description: gettext("Pause"),
      run: () => document.querySelector("[data-pause]")?.click(),
    },
  ]);
}
