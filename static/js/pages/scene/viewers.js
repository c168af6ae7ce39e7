/** @file Who looks at the same scene right now: a circle with initials for each of the others. */

import { subscribe, subscribeToViewers } from "../../live.js";
import { fill, gettext } from "../../lib/words.js";

const HUES = 360;

const list = () => document.getElementById("viewers");

function show(people) {
  const others = people.filter((name) => name !== list().dataset.me);
  list().replaceChildren(...others.map(makeAvatar));
  list().hidden = !others.length;
}

function makeAvatar(name) {
  const avatar = document.createElement("li");
  avatar.className = "avatar";
  avatar.title = fill(gettext("{name} is looking at this scene"), { name });
  avatar.style.setProperty("--hue", hueOf(name));
  const [initials, words] = [document.createElement("span"), document.createElement("span")];
  initials.textContent = initialsOf(name);
  initials.setAttribute("aria-hidden", "true");
  words.textContent = name;
  words.className = "visually-hidden";
  avatar.append(initials, words);
  return avatar;
}

function initialsOf(name) {
  const parts = name.split(/[\s._@+-]+/).filter(Boolean);
  return (parts.length > 1 ? [parts[0], parts[1]] : [name]).map((part) => [...part][0].toUpperCase()).join("");
}

// the same for a name on every page
function hueOf(name) {
  return [...name].reduce((hue, letter) => (hue * 31 + letter.codePointAt(0)) % HUES, 7);
}

/** Begin to look at the scene of the page, and to show who else does. */
export function start() {
  if (!list()) return;
  const { scene } = list().dataset;
  subscribe("scene_viewers", (data) => `${data.projectId}/${data.sceneId}` === scene && show(data.people));
  subscribe("connection", ({ state }) => state !== "open" && show([]));
  subscribeToViewers(scene);
}
