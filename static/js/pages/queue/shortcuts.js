/** @file The keyboard shortcuts of the queue. Most act on the row whose checkbox has the focus. */

import { addShortcuts } from "../../lib/keyboard.js";
import { checkboxes } from "./selection.js";

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
  addShortcuts("Queue", [
    { keys: ["/"], label: "/", description: "Choose a project", run: () => document.getElementById("project").focus() },
    { keys: ["j", "J"], label: "J", description: "Next take", run: () => moveFocus(1) },
    { keys: ["k", "K"], label: "K", description: "Previous take", run: () => moveFocus(-1) },
    {
      keys: [" "],
      label: "Space",
      description: "Select or deselect the take",
      run: () => document.activeElement?.click(),
    },
    {
      keys: ["a", "A"],
      label: "A",
      description: "Select all on this page",
      run: () => document.querySelector("#queue [data-pick-all]")?.click(),
    },
    { keys: ["u", "U"], label: "U", description: "Move up", run: () => clickRowButton("up") },
    { keys: ["d", "D"], label: "D", description: "Move down", run: () => clickRowButton("down") },
    { keys: ["f", "F"], label: "F", description: "Move to front", run: () => clickRowButton("front") },
    { keys: ["b", "B"], label: "B", description: "Move to back", run: () => clickRowButton("back") },
    { keys: ["p", "P"], label: "P", description: "Pause", run: () => document.querySelector("[data-pause]")?.click() },
  ]);
}
