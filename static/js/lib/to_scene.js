/**
 * @file Takes, pictures and sounds go to another scene of the film. What has `data-move-url` can be dragged onto the list
 * of scenes that opens at the edge; a button with `data-to-scene` opens the same list as a dialog, for what it is in or
 * what its selector finds. With Ctrl, or by the choice in the dialog, a take (`data-copy-url`) is copied.
 */

import { fetchFragment, post } from "./http.js";

let things = []; // elements that go to another scene
let dragged = false;

const dialog = () => document.getElementById("to-scene");
const list = () => dialog().querySelector("ul");
const rowAt = (target) => target.closest?.("#to-scene [data-to]");
// a scene has many tiles, so that these have no addresses of their own
const thingAt = (target) => target.closest?.("[data-move-url], #takes > [data-clip]");
const isTile = (thing) => thing.matches("#takes > *");
const moveUrl = (thing) =>
  isTile(thing) ? `${location.pathname}files/${thing.dataset.clip}/move/` : thing.dataset.moveUrl;
const copyUrl = (thing) => (isTile(thing) ? `/takes/${thing.dataset.job}/copy/` : thing.dataset.copyUrl);
const how = () => dialog().querySelector("[name=to-scene-how]:checked").value;

async function fillList() {
  const scenes = await fetchFragment(dialog().dataset.list);
  list().replaceChildren(...(scenes ? scenes.children : []));
  dialog().querySelector("[data-nothing]").hidden = list().children.length > 0;
}

function find() {
  const words = dialog().querySelector("[type=search]").value.trim().toLowerCase();
  for (const row of list().children) row.hidden = !row.textContent.toLowerCase().includes(words);
}

/**
 * Open the list of scenes as a dialog.
 *
 * @param {Element[]} elements what goes to the chosen scene; each has `data-move-url`
 * @param {boolean} [copies] whether copying is chosen at first
 */
export async function openFor(elements, copies = false) {
  things = elements;
  const canCopy = elements.every(copyUrl);
  dialog().querySelector(".to-scene-how").hidden = !canCopy;
  dialog().querySelector(`[value=${copies && canCopy ? "copy" : "move"}]`).checked = true;
  const search = dialog().querySelector("[type=search]");
  search.value = "";
  dialog().classList.remove("at-edge");
  dialog().showModal();
  await fillList();
  search.focus();
}

/**
 * Move or copy elements, one after the other, so that they get their numbers in this order. Each that has moved gets the
 * event "dailies:moved".
 *
 * @param {Element[]} elements
 * @param {string} scene
 * @param {boolean} copies
 */
async function send(elements, scene, copies) {
  const form = dialog().querySelector("form");
  for (const element of elements) {
    const url = copies ? copyUrl(element) : moveUrl(element);
    // oxlint-disable-next-line no-await-in-loop
    const isDone = await post(form, url, { scene });
    if (isDone && !copies) element.dispatchEvent(new Event("dailies:moved", { bubbles: true }));
    if (isDone && !copies) element.closest(".picture, .result")?.remove();
  }
}

function choose(row, copies) {
  const elements = things;
  dialog().close();
  send(elements, row.dataset.to, copies);
}

function handleClick(event) {
  const button = event.target.closest("[data-to-scene]");
  if (button) {
    event.preventDefault();
    const { toScene: selector } = button.dataset;
    openFor([selector ? document.querySelector(selector) : thingAt(button)]);
  } else if (rowAt(event.target)) choose(rowAt(event.target), how() === "copy");
  else if (event.target === dialog() || event.target.closest("#to-scene [data-close]")) dialog().close();
}

// Arrow keys go from row to row; Enter in the field takes the first.
function handleKey(event) {
  const rows = [...list().querySelectorAll("li:not([hidden]) > button")];
  const index = rows.indexOf(document.activeElement);
  if (event.key === "Enter" && index < 0 && rows.length) {
    event.preventDefault();
    choose(rows[0], how() === "copy");
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !rows.length || event.target.matches("[type=radio]")) return;
  event.preventDefault();
  rows[Math.max(0, Math.min(rows.length - 1, index + step))].focus();
}

function handleDragStart(event) {
  const thing = thingAt(event.target);
  if (!thing || dialog().open) return;
  things = [thing];
  dragged = true;
  event.dataTransfer.effectAllowed = "copyMove";
  event.dataTransfer.setData("text/plain", thing.dataset.name ?? thing.textContent.trim());
  // the browser cancels a drag when the page changes at once
  setTimeout(() => {
    if (!dragged) return;
    dialog().classList.add("at-edge");
    dialog().show();
    fillList();
  });
}

const copies = (event) => event.ctrlKey && Boolean(copyUrl(things[0]));

function mark(row) {
  for (const each of list().querySelectorAll("[data-over]")) delete each.dataset.over;
  if (row) row.dataset.over = "";
}

// before the handlers of files, since a browser takes a dragged picture for a file
function handleDragOver(event) {
  if (!dragged) return;
  event.stopImmediatePropagation();
  const row = rowAt(event.target);
  mark(row);
  if (!row) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = copies(event) ? "copy" : "move";
}

function handleDrop(event) {
  if (!dragged) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const row = rowAt(event.target);
  if (row) choose(row, copies(event));
}

function handleDragEnd() {
  if (!dragged) return;
  dragged = false;
  mark(null);
  if (dialog().classList.contains("at-edge")) dialog().close();
}

/** Start the dialog and the dragging, where the person may change the film. */
export function start() {
  if (!dialog()) return;
  document.addEventListener("click", handleClick);
  dialog().addEventListener("keydown", handleKey);
  dialog().querySelector("[type=search]").addEventListener("input", find);
  globalThis.addEventListener("dragstart", handleDragStart, { capture: true });
  globalThis.addEventListener("dragover", handleDragOver, { capture: true });
  globalThis.addEventListener("drop", handleDrop, { capture: true });
  globalThis.addEventListener("dragend", handleDragEnd, { capture: true });
}
