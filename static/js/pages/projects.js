/**
 * @file The page of all projects. htmx searches as the user types; the cards are kept up to date here, because projects
 * change in other tabs.
 */

import { fetchFragment } from "../lib/http.js";
import { hasEnded } from "../lib/job_status.js";
import { addShortcuts } from "../lib/keyboard.js";
import { subscribe, subscribeToAll, subscribeToStoryboard } from "../live.js";
import { gettext } from "../lib/words.js";

const DELAY = 400; // milliseconds; changes that come at once are fetched at once
const RETRY_DELAY = 2000;
const MAX_STORYBOARDS = 100; // of the projects on top, the storyboards are subscribed to

const statuses = new Map(); // job id → newest status
let timer = 0;
let fetching = false;
let wasConnected = false;

const cardsIn = (root) => [...root.querySelectorAll("#wall [data-film]")];

function refreshLater(delay = DELAY) {
  clearTimeout(timer);
  timer = setTimeout(refresh, delay);
}

async function refresh() {
  if (fetching) {
    refreshLater();
    return;
  }
  const url = location.href;
  fetching = true;
  const page = await fetchFragment(url);
  fetching = false;
  // meanwhile the user has searched for something else, or may not see the page any more
  if (url !== location.href || page === false) return;
  if (page) update(page);
  else refreshLater(RETRY_DELAY);
}

// Cards that have not changed are left alone and none changes its place: the user may be about to click one.
function update(page) {
  const list = document.querySelector("#wall .card-grid");
  if (!list) return;
  const oldCards = new Map(cardsIn(document).map((card) => [card.id, card]));
  for (const card of cardsIn(page).toReversed()) {
    const old = oldCards.get(card.id);
    oldCards.delete(card.id);
    if (!old) list.insertBefore(document.adoptNode(card), list.querySelector("[data-film]"));
    else if (!old.isEqualNode(card)) replaceCard(old, document.adoptNode(card));
  }
  for (const old of oldCards.values()) old.remove();
}

function replaceCard(old, card) {
  const [oldStills, stills] = [old, card].map((each) => each.querySelector(".contact-sheet"));
  // the same pictures are kept, so that they are not decoded again
  if (oldStills.isEqualNode(stills)) stills.replaceWith(oldStills);
  const hadFocus = old.contains(document.activeElement);
  old.replaceWith(card);
  if (hadFocus) card.querySelector("a").focus();
}

function handleJob(type, { jobId, status }) {
  // progress is not shown here; a job that has ended may be chosen afterward, without another status
  if (statuses.get(jobId) === status && !hasEnded(status)) return;
  statuses.set(jobId, status);
  refreshLater();
}

// What changed while the connection was away is in no message.
function catchUp({ all }) {
  if (!all) return;
  if (wasConnected) refreshLater(0);
  wasConnected = true;
}

function start() {
  subscribe("subscribed", catchUp);
  subscribe("storyboard_changed", () => refreshLater());
  subscribeToAll(handleJob);
  for (const { dataset } of cardsIn(document).slice(0, MAX_STORYBOARDS)) subscribeToStoryboard(dataset.film);
}

addShortcuts(gettext("Projects"), [
  { keys: ["/"], label: "/", description: gettext("Search"), run: () => document.getElementById("search")?.focus() },
]);
if (document.getElementById("wall")) start();
