// The strip of takes and what stands on the stage: one take, or two beside each other. The address tells which.

import { bind } from "../../lib/keyboard.js";
import { toast } from "../../lib/toasts.js";
import { mount } from "./player.js";

const NO_TAKE_STAYS = 6000;
const MODE = "compare-mode";

const stage = () => document.getElementById("stage");
const strip = () => document.getElementById("takes");
const tiles = () => [...strip().querySelectorAll("[data-take]")];
const tileOf = (take) => strip().querySelector(`[data-take="${CSS.escape(take)}"]`);

export const looked = () => stage()?.dataset.take ?? "";
const beside = () => stage().dataset.beside;

/** Put a take on the stage, and another one beside it. */
export async function look(take, other = "") {
  if (!take) return;
  const address = new URL(location);
  address.searchParams.set("take", take);
  if (other && other !== String(take)) address.searchParams.set("compare", other);
  else address.searchParams.delete("compare");
  const url = document.querySelector("[data-stage-url]").dataset.stageUrl + address.search;
  // it is said below, whatever it was
  await htmx.ajax("GET", url, { source: "#stage", target: "#stage", swap: "outerHTML" }).catch(() => {});
  if (looked() !== String(take)) {
    toast(`Take ${take} could not be fetched. Try again when the studio answers.`, "error", NO_TAKE_STAYS);
    return;
  }
  address.hash = "";
  history.replaceState(history.state, "", address);
  carry("take", take);
}

/** The links that show other takes in the strip leave the one that is looked at on the stage. */
function carry(name, value) {
  for (const link of document.querySelectorAll(".strip-head a")) {
    const to = new URL(link.href);
    to.searchParams.set(name, value);
    link.href = to.search;
  }
}

/** After anything was swapped: the tile of the take on the stage, the way to compare, and the player. */
export function settle() {
  if (!stage()) return;
  for (const tile of strip().querySelectorAll("[data-take] > a")) {
    const take = tile.parentElement.dataset.take;
    tile.ariaCurrent = take === looked() || take === beside() ? "true" : null;
  }
  useMode(localStorage.getItem(MODE) ?? "side");
  mount();
}

function showTile(take, behavior) {
  const tile = tileOf(take);
  if (!tile) return;
  const middle = tile.offsetLeft - (strip().clientWidth - tile.offsetWidth) / 2;
  strip().scrollTo({ left: middle, behavior });
}

/** The take before or after, as they stand in the strip. */
function go(steps) {
  const takes = tiles().map((tile) => tile.dataset.take);
  const at = takes.indexOf(looked());
  const next = at < 0 ? takes.at(-1) : takes[at + steps];
  if (next) look(next, beside());
  if (next) showTile(next);
}

function useMode(mode) {
  const used = mode === "wipe" ? "wipe" : "side";
  stage().dataset.mode = used;
  const button = stage().querySelector("[data-do=mode]");
  if (button) button.ariaPressed = String(used === "wipe");
}

function changeMode() {
  if (!beside()) return;
  const mode = stage().dataset.mode === "wipe" ? "side" : "wipe";
  localStorage.setItem(MODE, mode);
  useMode(mode);
}

/** The chosen take, else the nearest with a clip, an older one first. */
function partner() {
  const clips = tiles().filter((tile) => "clip" in tile.dataset && tile.dataset.take !== looked());
  const chosen = clips.find((tile) => "chosen" in tile.dataset);
  const older = clips.filter((tile) => Number(tile.dataset.take) < Number(looked()));
  return (chosen ?? older.at(-1) ?? clips[0])?.dataset.take;
}

function compare() {
  if (beside()) look(looked());
  else if (partner()) look(looked(), partner());
}

function press(mark, slot = ".first") {
  stage().querySelector(`${slot} [data-mark="${mark}"]`)?.click();
}

const ACTIONS = { previous: () => go(-1), next: () => go(1), mode: changeMode };

function clicked(event) {
  ACTIONS[event.target.closest("#transport [data-do]")?.dataset.do]?.();
  const tile = event.target.closest("#takes [data-take] > a");
  // with Ctrl, Meta or the middle button it is a link, to another tab
  if (!tile || event.ctrlKey || event.metaKey || event.button) return;
  event.preventDefault();
  const { take } = tile.parentElement.dataset;
  if (event.shiftKey && looked()) look(looked(), take);
  else look(take, beside());
}

export function start() {
  if (!stage()) return;
  document.addEventListener("click", clicked);
  document.addEventListener("change", ({ target }) => target.id === "compare-with" && look(looked(), target.value));
  document.addEventListener("input", ({ target }) => target.id === "wipe" && stage().style.setProperty("--wipe", `${target.value}%`));
  document.body.addEventListener("htmx:afterSettle", settle);
  bind("Takes", [
    { keys: ["["], shown: "[", does: "Take before", run: () => go(-1) },
    { keys: ["]"], shown: "]", does: "Take after", run: () => go(1) },
    { keys: ["1"], shown: "1", does: "Choose the take, or take that back", run: () => press("choose") },
    { keys: ["2"], shown: "2", does: "Choose the one beside it", run: () => press("choose", ".second") },
    { keys: ["s", "S"], shown: "S", does: "Star", run: () => press("star") },
    { keys: ["x", "X"], shown: "X", does: "Reject", run: () => press("reject") },
    { keys: ["n", "N"], shown: "N", does: "Write a note", run: () => document.querySelector("#about textarea")?.focus() },
    { keys: ["c", "C"], shown: "C", does: "Compare with another take, or stop", run: compare },
    { keys: ["w", "W"], shown: "W", does: "Side by side, or a wipe", run: changeMode },
  ]);
  settle();
  showTile(looked() || tiles().at(-1)?.dataset.take, "instant");
}
