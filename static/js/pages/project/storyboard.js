// The cards of a film: put into order by mouse and by keyboard, renamed in place, moved to the trash, and kept as they
// are in every other tab.

import { post, fragment } from "../../lib/http.js";
import { ENDED, fetchAnew, moveBar, onJob, onLine } from "../../lib/job_cards.js";
import { subscribe, subscribeToStoryboard } from "../../live.js";
import * as order from "./storyboard_order.js";

const TOGETHER = 150; // milliseconds; changes that come at once are fetched at once
const AGAIN_AFTER = 2000;
let section = null;
let timer = 0;
let heard = false;

const board = () => document.getElementById("storyboard");
const form = () => document.getElementById("storyboard-form");
const cardOf = (element) => element.closest("#storyboard > [data-scene-card]");
const addressOf = (card) => card.querySelector("h3 a").getAttribute("href");

function refreshSoon(delay = TOGETHER) {
  clearTimeout(timer);
  timer = setTimeout(refresh, delay);
}

/** Fetch all cards anew, and take in those that differ: what stands as it stood is not touched. */
async function refresh() {
  if (order.isUnderWay() || board().querySelector("input")) {
    refreshSoon(AGAIN_AFTER);
    return;
  }
  const fresh = await fragment(section.dataset.storyboard);
  if (fresh === false) return;
  if (!fresh || order.isUnderWay()) {
    refreshSoon(AGAIN_AFTER);
    return;
  }
  const focused = document.activeElement?.closest("#storyboard button, #storyboard a");
  const place = focused && [cardOf(focused).id, [...cardOf(focused).querySelectorAll("a, button")].indexOf(focused)];
  const known = new Map([...board().children].map((card) => [card.id, card]));
  const cards = [...fresh.getElementById("storyboard").children].map((card) => {
    const old = known.get(card.id);
    return old && sameAs(old, card) ? old : document.adoptNode(card);
  });
  board().replaceChildren(...cards);
  for (const card of cards) if (known.get(card.id) !== card) htmx.process(card);
  if (place) document.getElementById(place[0])?.querySelectorAll("a, button")[place[1]]?.focus();
  const facts = document.getElementById("facts");
  const newFacts = fresh.getElementById("facts");
  if (facts && newFacts) {
    facts.replaceWith(newFacts);
    htmx.process(newFacts);
  }
}

const PASSING = ["aria-current", "class", "aria-pressed"];

function sameAs(old, fresh) {
  const copy = old.cloneNode(true);
  for (const name of PASSING) {
    copy.removeAttribute(name);
    fresh.hasAttribute(name) && copy.setAttribute(name, fresh.getAttribute(name));
  }
  return copy.isEqualNode(fresh);
}

function changed({ sceneId }) {
  const card = sceneId && document.querySelector(`#storyboard > [data-scene-card="${CSS.escape(sceneId)}"]`);
  if (card) htmx.trigger(card, "refresh");
  else refreshSoon();
  refreshFacts();
}

/** A take of one of the scenes. */
function generates(data) {
  const card = document.querySelector(`[data-scene-card="${CSS.escape(data.sceneId)}"]`);
  if (!card) return;
  if ("generating" in card.dataset && !ENDED.includes(data.status) && data.version > 1) moveBar(card, data.progress);
  else fetchAnew(card.id);
}

function catchUp() {
  document.querySelectorAll("[data-scene-card][data-generating]").forEach((card) => fetchAnew(card.id));
}

let factsTimer = 0;

function refreshFacts() {
  clearTimeout(factsTimer);
  factsTimer = setTimeout(() => {
    const facts = document.getElementById("facts");
    if (facts) htmx.trigger(facts, "refresh");
  }, TOGETHER);
}

async function persist(card, position) {
  return post(form(), `${addressOf(card)}move/`, { position });
}

async function trash(card) {
  if (await post(form(), `${addressOf(card)}delete/`)) {
    const next = card.nextElementSibling ?? card.previousElementSibling;
    card.remove();
    next?.querySelector("[data-trash]")?.focus();
    refreshSoon();
  }
}

function rename(card) {
  const link = card.querySelector("h3 a");
  const input = document.createElement("input");
  Object.assign(input, { className: "input", value: link.textContent, maxLength: 200, ariaLabel: "Name of the scene" });
  link.hidden = true;
  link.after(input);
  card.draggable = false;
  input.select();
  input.focus();
  let done = false;
  const finish = async (save) => {
    if (done) return;
    done = true;
    const name = input.value.trim();
    if (save && name && name !== link.textContent && (await post(form(), `${addressOf(card)}rename/`, { name }))) {
      link.textContent = name;
    }
    const hadFocus = document.activeElement === input;
    input.remove();
    link.hidden = false;
    card.draggable = true;
    if (hadFocus) card.querySelector("[data-rename]").focus();
  };
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") finish(true);
    if (event.key === "Escape") finish(false);
  });
  input.addEventListener("blur", () => finish(true));
}

function click(event) {
  const card = cardOf(event.target);
  if (!card) return;
  if (event.target.closest("[data-rename]")) {
    event.preventDefault();
    rename(card);
  }
  if (event.target.closest("[data-trash]")) trash(card);
}

export function start() {
  section = document.querySelector("[data-storyboard]");
  if (!section) return;
  board().addEventListener("click", click);
  if (form()) order.start(board(), persist);
  document.body.addEventListener("dailies:taken-back", (event) => {
    event.preventDefault();
    refreshSoon(0);
  });
  onJob(generates);
  onLine(catchUp);
  subscribe("storyboard_changed", changed);
  for (const kind of ["video", "image", "audio"]) {
    for (const end of ["started", "completed", "failed"]) subscribe(`${kind}_generation_${end}`, refreshFacts);
  }
  // what changed while the line was away is in no message
  subscribe("subscribed", ({ storyboardId }) => {
    if (storyboardId && heard) refreshSoon(0);
    heard ||= Boolean(storyboardId);
  });
  subscribeToStoryboard(section.dataset.liveProject);
}
