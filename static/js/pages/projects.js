// The wall of projects: what one types is searched for as one types (by htmx), and each card shows what has become of its
// film elsewhere.

import { fragment } from "../lib/http.js";
import { bind } from "../lib/keyboard.js";
import { subscribe, subscribeToAll, subscribeToStoryboard } from "../live.js";

const TOGETHER = 400; // milliseconds; changes that come at once are fetched at once
const AGAIN_AFTER = 2000;
const STORYBOARDS = 100; // of more films, those on top
const ENDED = ["completed", "failed", "cancelled", "unconfirmed"];
const states = new Map(); // job → the state that was heard of last
let timer = 0;
let fetching = false;
let begun = false; // the line was there before

const cards = (within) => [...within.querySelectorAll("#wall [data-film]")];

function refreshSoon(delay = TOGETHER) {
  clearTimeout(timer);
  timer = setTimeout(refresh, delay);
}

async function refresh() {
  if (fetching) {
    refreshSoon();
    return;
  }
  const address = location.href;
  fetching = true;
  const fresh = await fragment(address);
  fetching = false;
  // meanwhile something else was searched for
  if (address !== location.href || fresh === false) return;
  if (fresh) take(fresh);
  else refreshSoon(AGAIN_AFTER);
}

/** What stands as it stood is not touched, and the cards keep their places: one may be about to press them. */
function take(fresh) {
  const wall = document.querySelector("#wall .wall");
  if (!wall) return;
  const known = new Map(cards(document).map((card) => [card.id, card]));
  for (const card of cards(fresh).reverse()) {
    const old = known.get(card.id);
    known.delete(card.id);
    if (!old) wall.insertBefore(document.adoptNode(card), wall.querySelector("[data-film]"));
    else if (!old.isEqualNode(card)) replace(old, document.adoptNode(card));
  }
  known.forEach((gone) => gone.remove());
}

function replace(old, card) {
  const [shown, pictures] = [old, card].map((each) => each.querySelector(".contact-sheet"));
  // pictures that are there already are not fetched and decoded again
  if (shown.isEqualNode(pictures)) pictures.replaceWith(shown);
  const hadFocus = old.contains(document.activeElement);
  old.replaceWith(card);
  if (hadFocus) card.querySelector("a").focus();
}

function heard(type, { jobId, status }) {
  // of one that goes on its way there is nothing to be seen here; one that has ended may have been chosen
  if (states.get(jobId) === status && !ENDED.includes(status)) return;
  states.set(jobId, status);
  refreshSoon();
}

function begin({ all }) {
  if (!all) return;
  if (begun) refreshSoon(0);
  begun = true;
}

bind("Projects", [{ keys: ["/"], shown: "/", does: "search", run: () => document.getElementById("search")?.focus() }]);
if (document.getElementById("wall")) {
  subscribe("subscribed", begin);
  subscribe("storyboard_changed", () => refreshSoon());
  subscribeToAll(heard);
  for (const { dataset } of cards(document).slice(0, STORYBOARDS)) subscribeToStoryboard(dataset.film);
}
