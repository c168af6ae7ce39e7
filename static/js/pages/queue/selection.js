/** @file The checkboxes of the queue's rows, and the buttons that act on the checked ones. */

import { formatCredits } from "../../lib/credits.js";
import { fill, gettext } from "../../lib/words.js";

const checkedJobs = new Set(); // ids; they outlive a refresh of the list
let lastClicked = null; // the job whose checkbox was clicked last, where Shift begins

const queue = () => document.getElementById("queue");

/**
 * List the checkboxes of the rows, from top to bottom.
 *
 * @returns {HTMLInputElement[]}
 */
export function checkboxes() {
  return [...queue().querySelectorAll("input[name=job]")];
}

// After a refresh the checkboxes are new ones: they are checked by what is remembered.
function show() {
  if (!queue()) return;
  const boxes = checkboxes();
  for (const box of boxes) box.checked = checkedJobs.has(box.value);
  const count = boxes.filter((box) => box.checked).length;
  const all = queue().querySelector("[data-pick-all]");
  if (!all) return;
  all.disabled = !boxes.length;
  all.checked = count > 0 && count === boxes.length;
  all.indeterminate = count > 0 && count < boxes.length;
  document.getElementById("picked").textContent = count
    ? fill(gettext("{count} selected"), { count })
    : gettext("Select all on this page");
  for (const button of queue().querySelectorAll("[data-needs-picked]")) button.disabled = !count;
  queue().querySelector("[data-cancels]").dataset.loses = lossOf(boxes.filter((box) => box.checked));
}

// What is lost when the checked takes are cancelled; empty if none of them was sent to Runway.
function lossOf(boxes) {
  const losses = boxes.map((box) => box.closest("tr").querySelector("[data-loses]")?.dataset).filter(Boolean);
  if (losses.length < 2) return losses[0]?.loses ?? "";
  const credits = losses.reduce((sum, loss) => sum + Number(loss.credits), 0);
  return fill(gettext("Runway has {count} of these takes and won't refund up to {credits}."), {
    count: losses.length,
    credits: formatCredits(credits),
  });
}

function setChecked(boxes, checked) {
  for (const { value } of boxes) {
    if (checked) checkedJobs.add(value);
    else checkedJobs.delete(value);
  }
  show();
}

// With Shift all rows are meant from the one that was clicked before to this one.
function rangeTo(box, withShift) {
  const boxes = checkboxes();
  const first = boxes.findIndex(({ value }) => value === lastClicked);
  const last = boxes.indexOf(box);
  return withShift && first >= 0 ? boxes.slice(Math.min(first, last), Math.max(first, last) + 1) : [box];
}

function handleClick({ target, shiftKey }) {
  if (target.matches?.("[data-pick-all]")) setChecked(checkboxes(), target.checked);
  if (!target.matches?.("#queue input[name=job]")) return;
  setChecked(rangeTo(target, shiftKey), target.checked);
  lastClicked = target.value;
}

/** Begin to follow the checkboxes. */
export function start() {
  document.addEventListener("click", handleClick);
  document.body.addEventListener("htmx:afterSettle", show);
  show();
}
