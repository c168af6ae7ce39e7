/** @file The strip of takes, and what is on the stage: one take, or two beside each other. The address says which. */

import { addShortcuts } from "../../lib/keyboard.js";
import { toast } from "../../lib/toasts.js";
import { prepareClips } from "./playback.js";
import { fill, gettext } from "../../lib/words.js";

const ERROR_DURATION = 6000; // milliseconds
const MODE_KEY = "compare-mode"; // "side" by side, or "wipe": one over the other

const stage = () => document.getElementById("stage");
const strip = () => document.getElementById("takes");
const tiles = () => [...strip().querySelectorAll("[data-take]")];
const comparedTake = () => stage().dataset.beside;

/**
 * Tell which take is on the stage.
 *
 * @returns {string} its number, or an empty string
 */
export function shownTake() {
  return stage()?.dataset.take ?? "";
}

// Several callers may want a take on the stage at once. htmx queues a second request for the same element without
// waiting for it, so the newest wish is kept here until the one before it has been loaded.
let loading = null;
let wish = null;

/**
 * Put a take on the stage, and another one beside it.
 *
 * @param {string | number} take
 * @param {string | number} [other]
 */
export async function showTake(take, other = "") {
  if (!take || (loading?.take === String(take) && loading.other === String(other) && !wish)) return;
  wish = { take: String(take), other: String(other) };
  if (loading) return;
  while (wish) {
    loading = wish;
    wish = null;
    // one after the other: each replaces what is on the stage
    // oxlint-disable-next-line no-await-in-loop
    await load(loading);
  }
  loading = null;
}

async function load({ take, other }) {
  const address = new URL(location);
  address.searchParams.set("take", take);
  if (other && other !== take) address.searchParams.set("compare", other);
  else address.searchParams.delete("compare");
  const url = document.querySelector("[data-stage-url]").dataset.stageUrl + address.search;
  // a failure shows in what is on the stage afterward
  await htmx.ajax("GET", url, { source: "#stage", target: "#stage", swap: "outerHTML" }).catch(() => {});
  if (wish) return;
  if (shownTake() !== take) {
    const message = fill(gettext("Take {take} could not be loaded. Try again when the studio responds."), { take });
    toast(message, "error", { duration: ERROR_DURATION });
    return;
  }
  address.hash = "";
  history.replaceState(history.state, "", address);
  keepInFilters(take);
}

// The links that filter the strip keep the take on the stage.
function keepInFilters(take) {
  for (const link of document.querySelectorAll(".strip-head a")) {
    const url = new URL(link.href);
    url.searchParams.set("take", take);
    link.href = url.search;
  }
}

// After htmx has swapped something in: mark the tiles of the takes on the stage, and prepare their clips.
function update() {
  if (!stage()) return;
  for (const link of strip().querySelectorAll("[data-take] > a")) {
    const { take } = link.parentElement.dataset;
    link.ariaCurrent = take === shownTake() || take === comparedTake() ? "true" : null;
  }
  setMode(localStorage.getItem(MODE_KEY) ?? "side");
  prepareClips();
}

function scrollToTake(take, behavior) {
  const tile = strip().querySelector(`[data-take="${CSS.escape(take)}"]`);
  if (!tile) return;
  const left = tile.offsetLeft - (strip().clientWidth - tile.offsetWidth) / 2;
  strip().scrollTo({ left, behavior });
}

function showNeighbor(step) {
  const takes = tiles().map((tile) => tile.dataset.take);
  const index = takes.indexOf(shownTake());
  // the take on the stage may be on another page of the strip
  const next = index < 0 ? takes.at(-1) : takes[index + step];
  if (!next) return;
  showTake(next, comparedTake());
  scrollToTake(next);
}

function setMode(value) {
  const mode = value === "wipe" ? "wipe" : "side";
  stage().dataset.mode = mode;
  const button = stage().querySelector("[data-do=mode]");
  if (button) button.ariaPressed = String(mode === "wipe");
}

function toggleMode() {
  if (!comparedTake()) return;
  const mode = stage().dataset.mode === "wipe" ? "side" : "wipe";
  localStorage.setItem(MODE_KEY, mode);
  setMode(mode);
}

// Find the take to compare with: the chosen one, else a starred one, else the nearest that is not rejected, rather an
// older one.
function findPartner() {
  const clips = tiles().filter((tile) => "clip" in tile.dataset && tile.dataset.take !== shownTake());
  const kept = clips.filter((tile) => !tile.classList.contains("rejected"));
  const chosen = clips.find((tile) => "chosen" in tile.dataset);
  const starred = kept.findLast((tile) => tile.classList.contains("starred"));
  const older = kept.findLast((tile) => Number(tile.dataset.take) < Number(shownTake()));
  return (chosen ?? starred ?? older ?? kept[0] ?? clips[0])?.dataset.take;
}

const stopComparing = () => comparedTake() && showTake(shownTake());

function toggleComparison() {
  if (comparedTake()) stopComparing();
  else if (findPartner()) showTake(shownTake(), findPartner());
}

function clickMark(mark, slot = ".first") {
  stage().querySelector(`${slot} [data-mark="${mark}"]`)?.click();
}

const clickFirst = (selector) => stage().querySelector(`.first ${selector}`)?.click();
const sendTake = () => clickFirst("[data-to-scene]");
const deleteTake = () => clickFirst("[data-delete-take] button");

function writeNote() {
  const menu = stage().querySelector(".first [data-keep-while-writing]");
  if (!menu) return;
  menu.open = true;
  menu.querySelector("textarea").focus();
}

// the values of `data-do` on the buttons; transport.js has the others
const ACTIONS = { previous: () => showNeighbor(-1), next: () => showNeighbor(1), mode: toggleMode };

function handleClick(event) {
  ACTIONS[event.target.closest("#transport [data-do]")?.dataset.do]?.();
  const link = event.target.closest("#takes [data-take] > a");
  // with Ctrl or Meta the browser opens the link in another tab
  if (!link || event.ctrlKey || event.metaKey || event.button) return;
  event.preventDefault();
  const { take } = link.parentElement.dataset;
  if (event.shiftKey && shownTake()) showTake(shownTake(), take);
  else showTake(take, comparedTake());
}

function handleChange({ target }) {
  if (target.id === "compare-with") showTake(shownTake(), target.value);
}

function handleInput({ target }) {
  if (target.id === "wipe") stage().style.setProperty("--wipe", `${target.value}%`);
}

/** Start the strip. */
export function start() {
  if (!stage()) return;
  document.addEventListener("click", handleClick);
  document.addEventListener("change", handleChange);
  document.addEventListener("input", handleInput);
  document.body.addEventListener("htmx:afterSettle", update);
  addShortcuts(gettext("Takes"), [
    { keys: ["["], label: "[", description: gettext("Previous take"), run: ACTIONS.previous },
    { keys: ["]"], label: "]", description: gettext("Next take"), run: ACTIONS.next },
    { keys: ["1"], label: "1", description: gettext("Choose or unchoose the take"), run: () => clickMark("choose") },
    {
      keys: ["2"],
      label: "2",
      description: gettext("Choose the compared take"),
      run: () => clickMark("choose", ".second"),
    },
    { keys: ["s", "S"], label: "S", description: gettext("Star"), run: () => clickMark("star") },
    { keys: ["x", "X"], label: "X", description: gettext("Reject"), run: () => clickMark("reject") },
    { keys: ["n", "N"], label: "N", description: gettext("Write a note"), run: writeNote },
    { keys: ["c", "C"], label: "C", description: gettext("Compare, or stop comparing"), run: toggleComparison },
    { keys: ["v", "V"], label: "V", description: gettext("Move or copy to another scene"), run: sendTake },
    { keys: ["Delete"], label: "Del", description: gettext("Delete the take"), run: deleteTake },
    { keys: ["Escape"], label: "Esc", description: gettext("Stop comparing"), run: stopComparing },
    { keys: ["w", "W"], label: "W", description: gettext("Side by side or wipe"), run: toggleMode },
  ]);
  update();
  scrollToTake(shownTake() || tiles().at(-1)?.dataset.take, "instant");
}
