/**
 * @file The cards of the scenes on the page of a project: put into order, renamed in place, moved to the trash, and
 * kept as they are in every other tab.
 */

import { fetchFragment, post } from "../../lib/http.js";
import { moveProgressBar, onJobChange, onSubscribed } from "../../lib/job_cards.js";
import { hasEnded } from "../../lib/job_status.js";
import { refreshElement } from "../../lib/refresh.js";
import { subscribe, subscribeToStoryboard } from "../../live.js";
import { addTools } from "./card_tools.js";
import { renameInPlace } from "./rename_scene.js";
import * as order from "./storyboard_order.js";

const DELAY = 150; // milliseconds; changes that come at once are fetched at once
const RETRY_DELAY = 2000;
// what the scripts of the page set on a card, so that it does not count as a difference
const SCRIPT_ATTRIBUTES = ["aria-current", "class", "aria-pressed"];

let refreshTimer = 0;
let factsTimer = 0;
let wasSubscribed = false;

const section = () => document.querySelector("[data-storyboard]");
const board = () => document.getElementById("storyboard");
const form = () => document.getElementById("storyboard-form");
const cardOf = (element) => element.closest("#storyboard > [data-scene-card]");
const cardOfScene = (id) => document.querySelector(`#storyboard > [data-scene-card="${CSS.escape(id)}"]`);
const urlOf = (card) => card.querySelector("h3 a").getAttribute("href");
const controlsOf = (card) => [...card.querySelectorAll("a, button")];

function refreshLater(delay = DELAY) {
  clearTimeout(refreshTimer);
  refreshTimer = setTimeout(refresh, delay);
}

// Fetch the whole storyboard, unless the user is putting it into order or renames a scene.
async function refresh() {
  if (order.isReordering() || board().querySelector("h3 input")) {
    refreshLater(RETRY_DELAY);
    return;
  }
  const before = order.changeCount();
  const fragment = await fetchFragment(section().dataset.storyboard);
  if (fragment === false) return;
  if (!fragment || order.isReordering() || order.changeCount() !== before) {
    refreshLater(RETRY_DELAY);
    return;
  }
  keepingFocus(() => updateCards(fragment));
  updateFacts(fragment);
}

// Cards that have not changed stay, with what plays or loads in them.
function updateCards(fragment) {
  const oldCards = new Map([...board().children].map((card) => [card.id, card]));
  const cards = [...fragment.getElementById("storyboard").children].map((card) => {
    const old = oldCards.get(card.id);
    return old && isSameCard(old, card) ? old : document.adoptNode(card);
  });
  board().replaceChildren(...cards);
  for (const card of cards) if (oldCards.get(card.id) !== card) htmx.process(card);
}

function isSameCard(old, card) {
  const copy = old.cloneNode(true);
  // a frame of the clip, while the pointer is over it
  copy.querySelector("canvas")?.remove();
  // a card far below has got its buttons from the script
  if (!card.querySelector(".scene-card-tools")) copy.querySelector(".scene-card-tools")?.remove();
  for (const name of SCRIPT_ATTRIBUTES) {
    copy.removeAttribute(name);
    if (card.hasAttribute(name)) copy.setAttribute(name, card.getAttribute(name));
  }
  return copy.isEqualNode(card);
}

// The focus goes to the same link or button of the new card.
function keepingFocus(change) {
  const focused = document.activeElement?.closest("#storyboard button, #storyboard a");
  const card = focused && cardOf(focused);
  const index = card && controlsOf(card).indexOf(focused);
  change();
  if (!card) return;
  const newCard = document.getElementById(card.id);
  if (newCard) addTools(newCard);
  if (newCard) controlsOf(newCard)[index]?.focus();
}

function updateFacts(fragment) {
  const [facts, newFacts] = [document.getElementById("facts"), fragment.getElementById("facts")];
  if (!facts || !newFacts) return;
  const adopted = document.adoptNode(newFacts);
  facts.replaceWith(adopted);
  htmx.process(adopted);
}

function refreshFacts() {
  clearTimeout(factsTimer);
  factsTimer = setTimeout(refreshElement, DELAY, "facts");
}

function handleStoryboardChange({ sceneId }) {
  const card = sceneId && cardOfScene(sceneId);
  if (card) refreshElement(card.id);
  else refreshLater();
  refreshFacts();
}

function handleJob({ sceneId, status, version, progress }) {
  const card = cardOfScene(sceneId);
  if (!card) return;
  // version 1 is a new job, which the card does not count yet
  if ("generating" in card.dataset && !hasEnded(status) && version > 1) moveProgressBar(card, progress);
  else refreshElement(card.id);
}

function refreshGeneratingCards() {
  for (const card of document.querySelectorAll("[data-scene-card][data-generating]")) refreshElement(card.id);
}

async function moveToTrash(card) {
  if (!(await post(form(), `${urlOf(card)}delete/`))) return;
  const neighbor = card.nextElementSibling ?? card.previousElementSibling;
  card.remove();
  if (neighbor) addTools(neighbor);
  neighbor?.querySelector("[data-trash]")?.focus();
  refreshLater();
}

function handleClick(event) {
  const card = cardOf(event.target);
  if (!card) return;
  if (event.target.closest("[data-rename]")) {
    event.preventDefault();
    renameInPlace(card, (name) => post(form(), `${urlOf(card)}rename/`, { name }));
  }
  if (event.target.closest("[data-trash]")) moveToTrash(card);
}

// What changed while the connection was away is in no message.
function catchUp({ storyboardId }) {
  if (!storyboardId) return;
  if (wasSubscribed) refreshLater(0);
  wasSubscribed = true;
}

// Show the card of a scene that was added here, with the field ready for the next one.
async function showAdded({ detail }) {
  const field = document.querySelector("[data-add-scene] [name=name]");
  field.value = "";
  await refresh();
  cardOfScene(detail.id)?.scrollIntoView({ block: "nearest" });
  field.focus();
}

function followMessages() {
  onJobChange(handleJob);
  onSubscribed(refreshGeneratingCards);
  subscribe("storyboard_changed", handleStoryboardChange);
  for (const kind of ["video", "image", "audio"]) {
    for (const event of ["started", "completed", "failed"]) subscribe(`${kind}_generation_${event}`, refreshFacts);
  }
  subscribe("subscribed", catchUp);
  subscribeToStoryboard(section().dataset.liveProject);
}

/** Start the storyboard. Without its form the user may only look at it. */
export function start() {
  if (!section()) return;
  board().addEventListener("click", handleClick);
  if (form()) order.start(board(), (card, position) => post(form(), `${urlOf(card)}move/`, { position }));
  // a scene that comes back from the trash is shown here
  document.body.addEventListener("dailies:restored", (event) => {
    event.preventDefault();
    refreshLater(0);
  });
  document.body.addEventListener("dailies:scene-added", showAdded);
  followMessages();
}
