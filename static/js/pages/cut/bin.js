/** @file The media of the project, to be put into the cut by a drag or a button. */

import { hideGhost, showGhost } from "./ghost.js";
import { startRoving } from "./bin_keys.js";
import { FoundFiles } from "./found_files.js";
import { make, icon, thumbnail } from "./dom.js";
import { makeClip, newId } from "./clips.js";
import { insertBefore } from "./edits.js";
import { addPart } from "./part_edits.js";
import { placeOfLine } from "./place.js";
import { laneAt } from "./tracks/lanes.js";
import { placeBetween } from "./tracks/drags.js";
import { fill, gettext } from "../../lib/words.js";

const MAX_SHOWN = 120;
const CLICK = 5; // pixels
const LONG_SOUND = 15; // seconds, from which on a sound is taken for music

function laneFor({ line, seconds }) {
  if (line) return "voice";
  return seconds >= LONG_SOUND ? "music" : "effects";
}

const isSound = ({ asset }) => asset?.kind === "audio";

/** The list at the left. */
export class Bin {
  /** @param {object} page its parts by name */
  constructor(page) {
    Object.assign(this, page);
    this.root = document.getElementById("cut-bin");
    this.list = this.root.querySelector("ul");
    this.choice = this.root.querySelector("[name=kind]");
    this.search = this.root.querySelector("[name=search]");
    this.found = new FoundFiles(this.store, () => this.show());
    for (const control of [this.choice, this.search]) control.addEventListener("input", () => this.show());
    this.list.addEventListener("click", ({ target }) => target.closest("button") && this.add(this.entryOf(target)));
    this.list.addEventListener("pointerdown", (event) => this.begin(event));
    this.markStop = startRoving(this.list);
    this.store.on("cut", () => this.show());
    // what is missing is what is looked for first
    if (!this.entries.length) this.choice.value = "video";
    this.show();
  }

  get entries() {
    const { store } = this;
    const scenes = [...store.media.scenes.values()];
    if (this.choice.value === "missing" || this.choice.value === "scenes") {
      const used = new Set(store.cut.clips.map(({ sceneId }) => sceneId));
      const shown = this.choice.value === "missing" ? scenes.filter(({ id }) => !used.has(id)) : scenes;
      return shown.map((scene) => ({ id: scene.id, scene, asset: store.media.bestOf(scene.id), isPinned: false }));
    }
    return this.files.map((asset) => ({
      id: asset.id,
      scene: store.media.scenes.get(asset.sceneId),
      asset,
      isPinned: true,
    }));
  }

  get files() {
    const { media } = this.store;
    const { value } = this.choice;
    if (media.more) return this.found.files;
    // what is said, in the order of the film
    if (value === "speech") return media.speech;
    return [...media.assets.values()].filter(({ kind }) => kind === value);
  }

  show() {
    const words = this.search.value.trim().toLowerCase();
    this.found.find(this.choice.value, words);
    const all = this.entries.filter((entry) => this.wordsOf(entry).join(" ").toLowerCase().includes(words));
    const shown = all.slice(0, MAX_SHOWN);
    const signature = JSON.stringify([
      this.choice.value,
      all.length,
      this.found.isAnswered,
      shown.map(({ id, asset, scene }) => [id, asset?.id, scene?.name, scene?.generating]),
    ]);
    if (signature === this.list.dataset.signature) return;
    this.list.dataset.signature = signature;
    this.shown = new Map(shown.map((entry) => [entry.id, entry]));
    const focused = this.list.querySelector(":focus")?.closest("[data-entry]");
    const place = focused ? [...this.list.children].indexOf(focused) : -1;
    this.list.replaceChildren(...shown.map((entry) => this.item(entry)));
    this.markStop();
    // a scene that was added is no longer missing: the keys go on at its place
    if (focused) this.focusAt(focused.dataset.entry, place);
    const note = this.root.querySelector("[data-note]");
    note.hidden = (all.length > 0 && all.length <= MAX_SHOWN) || !this.found.isAnswered;
    const nothing =
      this.choice.value === "missing" && !words ? gettext("Every scene is in the cut.") : gettext("Nothing here.");
    const others = this.found.isPart
      ? gettext("There are more: search for them.")
      : fill(gettext("{count} more: search for them."), { count: all.length - MAX_SHOWN });
    note.textContent = all.length ? others : nothing;
  }

  focusAt(id, place) {
    const items = [...this.list.children];
    const item = items.find(({ dataset }) => dataset.entry === id) ?? items[Math.min(place, items.length - 1)];
    (item?.querySelector("button") ?? this.choice).focus();
  }

  /** Go to the media by a key. */
  focus() {
    (this.list.querySelector('button[tabindex="0"]') ?? this.choice).focus();
  }

  wordsOf({ scene, asset, isPinned }) {
    const { store } = this;
    if (!isPinned) return [scene.name, asset ? store.media.labelOf(asset) : gettext("Nothing yet")];
    if (asset.kind === "video") return [scene.name, store.media.labelOf(asset)];
    return [asset.line || asset.name, scene.name];
  }

  item(entry) {
    const { store } = this;
    const { asset } = entry;
    const [name, about] = this.wordsOf(entry);
    const length = asset && asset.kind !== "image" ? store.rate.timecode(store.framesOf(asset)) : "";
    const item = make("li", { className: "bin-item", dataset: { entry: entry.id } }, [
      isSound(entry)
        ? make("span", { className: "cut-thumb" }, [icon("music")])
        : thumbnail(asset ? store.media.url(asset, "poster") : ""),
      make("span", { textContent: name, dir: "auto" }),
      make("small", { textContent: [about, length].filter(Boolean).join(" · ") }),
    ]);
    if (!store.mayChange) return item;
    const button = make(
      "button",
      { type: "button", className: "button quiet small", title: gettext("Add to the cut") },
      [icon("plus")],
    );
    button.setAttribute("aria-label", fill(gettext("Add {name}, {about}"), { name, about }));
    item.append(button);
    return item;
  }

  entryOf(element) {
    return this.shown.get(element.closest("[data-entry]")?.dataset.entry);
  }

  // By the button: clips behind the active one, speech with its scene, other sounds at the playhead.
  add(entry) {
    const { store, player } = this;
    if (isSound(entry)) {
      const start = entry.asset.line ? placeOfLine(store.edited, entry.asset, player.frame) : player.frame;
      this.addSound(entry, start, laneFor(entry.asset));
      return;
    }
    const active = store.edited.clips.findIndex(({ id }) => id === store.active);
    const next = active < 0 ? undefined : store.edited.clips[active + 1];
    this.insert(entry, next?.id ?? null);
  }

  /**
   * Add a file where its scene plays: a sound with the scene's first clip, a picture or clip behind its last.
   *
   * @param {object} asset
   */
  addToScene(asset) {
    const { store, player } = this;
    const entry = { id: asset.id, scene: store.media.scenes.get(asset.sceneId), asset, isPinned: true };
    const { clips } = store.edited;
    const first = clips.find(({ sceneId }) => sceneId === asset.sceneId);
    if (isSound(entry)) {
      const start = asset.line ? placeOfLine(store.edited, asset, player.frame) : (first?.start ?? player.frame);
      this.addSound(entry, start, laneFor(asset));
      player.seek(start);
      return;
    }
    const last = clips.findLastIndex(({ sceneId }) => sceneId === asset.sceneId);
    this.insert(entry, last < 0 ? null : (clips[last + 1]?.id ?? null));
    const added = store.edited.clips.at(last < 0 ? -1 : last + 1);
    player.seek(added?.start ?? 0);
  }

  insert({ scene, asset, isPinned }, before) {
    const { store } = this;
    const clip = makeClip(scene, asset, store.wholeLength(asset), isPinned);
    if (store.edit((cut) => insertBefore(cut, before, [clip]))) store.select([clip.id]);
  }

  addSound({ asset }, start, lane) {
    const { store } = this;
    const out = store.framesOf(asset);
    const rest = { gainDb: 0, fadeIn: 0, fadeOut: 0, duck: lane === "music" };
    const place = { lane, start: Math.max(0, Math.round(start)), in: 0, out };
    const sound = { id: newId(), assetId: asset.id, ...place, ...rest };
    if (store.edit((cut) => addPart(cut, "sounds", sound))) store.select([sound.id]);
  }

  begin(event) {
    const entry = event.pointerType === "mouse" && !event.button && this.entryOf(event.target);
    if (!entry || !this.store.mayChange || event.target.closest("button")) return;
    event.preventDefault();
    const from = [event.clientX, event.clientY];
    const listening = new AbortController();
    const { signal } = listening;
    let isMoved = false;
    const move = (moved) => {
      isMoved ||= Math.hypot(moved.clientX - from[0], moved.clientY - from[1]) > CLICK;
      if (isMoved) this.drag(entry, moved);
    };
    const end = (last) => {
      listening.abort();
      hideGhost();
      this.tracks.showInsertion(null);
      if (isMoved && last.type === "pointerup") this.drop(entry, last);
    };
    document.addEventListener("pointermove", move, { signal });
    for (const type of ["pointerup", "pointercancel"]) document.addEventListener(type, end, { signal });
    document.addEventListener("keydown", (key) => key.key === "Escape" && end(key), { signal });
  }

  drag(entry, event) {
    showGhost(this.wordsOf(entry).join(" · "), [event.clientX, event.clientY]);
    const target = this.targetAt(entry, event);
    this.tracks.showInsertion(target ? target.frame : null);
  }

  drop(entry, event) {
    const target = this.targetAt(entry, event);
    if (target?.lane) this.addSound(entry, target.frame, target.lane);
    else if (target) this.insert(entry, target.before);
  }

  targetAt(entry, event) {
    const { left, right, top, bottom } = this.tracks.surface.getBoundingClientRect();
    const { clientX: x, clientY: y } = event;
    if (x < left || x > right || y < top || y > bottom) return null;
    const { frame } = this.gestures.pointOf(event);
    if (!isSound(entry)) return placeBetween(this.store.edited, frame);
    const lane = laneAt(y - top);
    return { frame: Math.round(frame), lane: lane?.list === "sounds" ? lane.id : laneFor(entry.asset) };
  }
}
