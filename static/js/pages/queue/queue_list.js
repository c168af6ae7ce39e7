// The queue: takes are ticked (with shift a whole row of them), and what waits is put elsewhere, dragged or by its buttons.

import { post } from "../../lib/http.js";
import { refreshQueue } from "../../lib/job_cards.js";
import { drag } from "../../lib/drag_and_drop.js";
import { bind } from "../../lib/keyboard.js";
import { subscribe } from "../../live.js";

const picked = new Set(); // jobs, also over a fetch of the list
let last = null; // the box that was ticked last, for shift
let dragged = null; // the row that is on its way

const section = () => document.getElementById("queue");
const boxes = () => [...section().querySelectorAll("input[name=job]")];
const rows = () => [...section().querySelectorAll("tr[data-job]")];
const isWaiting = (row) => row?.parentElement?.dataset.section === "waiting";

/** What is ticked, as the set says it; after a fetch the boxes are new ones. */
function show() {
  if (!section()) return;
  const known = boxes();
  for (const box of known) box.checked = picked.has(box.value);
  const count = known.filter((box) => box.checked).length;
  const all = section().querySelector("[data-pick-all]");
  if (!all) return;
  all.disabled = !known.length;
  all.checked = count > 0 && count === known.length;
  all.indeterminate = count > 0 && count < known.length;
  document.getElementById("picked").textContent = count ? `${count} chosen` : "Choose all on this page";
  for (const button of section().querySelectorAll("[data-needs-picked]")) button.disabled = !count;
}

function tick(box, checked) {
  if (checked) picked.add(box.value);
  else picked.delete(box.value);
}

function clicked(event) {
  const box = event.target;
  if (box.matches?.("[data-pick-all]")) {
    boxes().forEach((other) => tick(other, box.checked));
    show();
  }
  if (!box.matches?.("#queue input[name=job]")) return;
  const known = boxes();
  const from = known.findIndex((other) => other.value === last);
  const range = event.shiftKey && from >= 0 ? known.slice(...between(from, known.indexOf(box))) : [box];
  range.forEach((other) => tick(other, box.checked));
  last = box.value;
  show();
}

const between = (one, other) => [Math.min(one, other), Math.max(one, other) + 1];

async function move(row, fields) {
  const name = row.querySelector(".what a").textContent;
  if (!(await post(document.getElementById("move"), `/takes/${row.dataset.job}/move/`, fields))) return;
  document.getElementById("queue-said").textContent = `${name} was moved.`;
}

// Dragged: the row itself moves among the others while it is held.

function lift(grip) {
  dragged = grip.closest("tr");
  dragged.setAttribute("data-lifted", "");
}

function dragStart(event) {
  if (!event.target.closest?.("#queue .grip")) return;
  lift(event.target);
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.querySelector(".what a").textContent);
  event.dataTransfer.setDragImage(dragged, 20, 20);
}

function over(event) {
  if (!dragged) return;
  const row = event.target.closest?.("tr[data-job]");
  if (!isWaiting(row)) return;
  event.preventDefault();
  putBeside(row, event.clientY);
}

function putBeside(element, y) {
  const row = element.closest("tr[data-job]");
  if (row === dragged || !isWaiting(row)) return;
  const { top, height } = row.getBoundingClientRect();
  if (y < top + height / 2) row.before(dragged);
  else row.after(dragged);
}

function drop() {
  if (!dragged) return;
  const [before, after] = [dragged.nextElementSibling, dragged.previousElementSibling];
  const [where, beside] = before?.dataset.job ? ["before", before] : ["after", after];
  if (beside?.dataset.job) move(dragged, { where, beside: beside.dataset.job });
  release();
}

function release() {
  if (!dragged) return;
  dragged.removeAttribute("data-lifted");
  dragged = null;
  document.body.dispatchEvent(new CustomEvent("dailies:queue"));
}

// By the keyboard.

function step(by) {
  const known = boxes();
  const at = known.indexOf(document.activeElement?.closest("tr")?.querySelector("input[name=job]"));
  known[Math.max(0, Math.min(known.length - 1, at + by))]?.focus();
}

function press(name) {
  document.activeElement?.closest("tr[data-job]")?.querySelector(`#${name}-${CSS.escape(document.activeElement.closest("tr").dataset.job)}`)?.click();
}

export function start() {
  if (!section()) return;
  document.addEventListener("click", clicked);
  document.addEventListener("dragstart", dragStart);
  document.addEventListener("dragover", over);
  document.addEventListener("drop", (event) => {
    if (dragged) event.preventDefault();
    drop();
  });
  document.addEventListener("dragend", release);
  drag("#queue .grip", { begin: lift, over: putBeside, end: (dropped) => (dropped ? drop() : release()) });
  subscribe("pauses_changed", refreshQueue);
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "move") return;
    event.preventDefault();
    move(event.submitter.closest("tr"), { where: event.submitter.value });
  });
  document.body.addEventListener("htmx:afterSettle", show);
  bind("Queue", [
    { keys: ["/"], shown: "/", does: "Choose a project", run: () => document.getElementById("project").focus() },
    { keys: ["j", "J"], shown: "J", does: "Next take", run: () => step(1) },
    { keys: ["k", "K"], shown: "K", does: "Take before", run: () => step(-1) },
    { keys: [" "], shown: "Space", does: "Tick it, or take that back", run: () => document.activeElement?.click() },
    { keys: ["a", "A"], shown: "A", does: "Choose all on this page", run: () => section().querySelector("[data-pick-all]")?.click() },
    { keys: ["u", "U"], shown: "U", does: "Up in the line", run: () => press("up") },
    { keys: ["d", "D"], shown: "D", does: "Down in the line", run: () => press("down") },
    { keys: ["f", "F"], shown: "F", does: "To the front", run: () => press("front") },
    { keys: ["b", "B"], shown: "B", does: "To the back", run: () => press("back") },
    { keys: ["p", "P"], shown: "P", does: "Pause", run: () => document.querySelector("[data-pause]")?.click() },
  ]);
  show();
}

/** The sheet that asks before what failed is sent again: the sum follows the ticks. */
export function startSum() {
  const form = document.querySelector(".retry-sheet");
  form?.addEventListener("change", () => {
    const ticked = [...form.querySelectorAll("input[name=job]:checked")].map((box) => box.dataset.credits);
    const sum = ticked.reduce((all, credits) => all + Number(credits), 0);
    const words = `${ticked.includes("") ? "at least " : ""}${sum.toLocaleString("en")}`;
    form.querySelectorAll("[data-sum]").forEach((place) => (place.textContent = words));
    form.querySelector("[type=submit]").disabled = !ticked.length;
  });
}
