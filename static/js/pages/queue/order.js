/** @file The order of the jobs that wait: rows are dragged, or moved by their buttons. */

import { enableDragging } from "../../lib/drag_and_drop.js";
import { post } from "../../lib/http.js";
import { fill, gettext } from "../../lib/words.js";

let dragged = null; // the row that is being dragged

const rowOf = (element) => element.closest?.("tr[data-job]");
const isWaiting = (row) => row?.parentElement?.dataset.section === "waiting";
const nameOf = (row) => row.querySelector(".take-cell a").textContent;

async function move(row, fields) {
  const name = nameOf(row);
  const moved = await post(document.getElementById("move"), `/takes/${row.dataset.job}/move/`, fields);
  if (moved) document.getElementById("queue-said").textContent = fill(gettext("Moved {name}."), { name });
}

function lift(row) {
  dragged = row;
  row.setAttribute("data-lifted", "");
}

// The row itself moves among the others while it is dragged.
function placeBeside(element, y) {
  const row = rowOf(element);
  if (!isWaiting(row)) return false;
  if (row === dragged) return true;
  const { top, height } = row.getBoundingClientRect();
  if (y < top + height / 2) row.before(dragged);
  else row.after(dragged);
  return true;
}

function drop(dropped) {
  if (dropped) save(dragged);
  dragged.removeAttribute("data-lifted");
  dragged = null;
  // the list is fetched again: after a drop as the server has it, otherwise to put the row back
  document.body.dispatchEvent(new CustomEvent("dailies:queue"));
}

function save(row) {
  const [next, previous] = [row.nextElementSibling, row.previousElementSibling];
  const [where, beside] = next?.dataset.job ? ["before", next] : ["after", previous];
  if (beside?.dataset.job) move(row, { where, beside: beside.dataset.job });
}

/** Begin to follow drags and the buttons of the form `#move`, whose value is the place: up, down, front or back. */
export function start() {
  enableDragging({
    source: "#queue .drag-handle",
    handle: "#queue .drag-handle",
    itemOf: rowOf,
    nameOf,
    onStart: lift,
    onOver: placeBeside,
    onEnd: drop,
  });
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "move") return;
    event.preventDefault();
    move(rowOf(event.submitter), { where: event.submitter.value });
  });
}
