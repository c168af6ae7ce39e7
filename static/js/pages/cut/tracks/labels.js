/**
 * @file What the tracks tell in words: an option for each clip, sound, caption and title that is wide enough to read. Only
 * those in sight are in the document.
 */

import { lengthOf } from "../place.js";
import { LANES, partEnd, partsIn } from "./lanes.js";
import { gettext } from "../../../lib/words.js";

const READABLE = 22; // pixels
const MAX_OPTIONS = 80; // of a lane

/** The options of all lanes. */
export class Labels {
  /**
   * @param {HTMLElement} root with an element for each lane
   * @param {import("../store.js").Store} store
   */
  constructor(root, store) {
    this.store = store;
    this.shown = new WeakMap(); // option → what it shows
    // the sound of takes has no words of its own
    const named = LANES.filter(({ id }) => root.querySelector(`[data-lane="${id}"]`));
    this.lanes = named.map((lane) => {
      const element = root.querySelector(`[data-lane="${lane.id}"]`);
      return { id: lane.id, list: lane.list, top: lane.top, height: lane.height, element, options: new Map() };
    });
    for (const { element, top, height } of this.lanes) {
      element.style.top = `${top}px`;
      element.style.height = `${height}px`;
    }
  }

  /**
   * Show what is in sight.
   *
   * @param {import("./viewport.js").Viewport} view
   */
  render(view) {
    for (const lane of this.lanes) this.renderLane(lane, view);
  }

  renderLane(lane, view) {
    const { store } = this;
    const parts = partsIn(store.cut, lane, view.range).filter(
      ({ part }) => part.id === store.active || (partEnd(part) - part.start) * view.scale >= READABLE,
    );
    const kept = new Set();
    for (const [place, { part, index }] of parts.slice(0, MAX_OPTIONS).entries()) {
      kept.add(part.id);
      const option = lane.options.get(part.id) ?? this.add(lane, part.id);
      this.fill(option, lane, part, index);
      // read out in the order of the film
      if (lane.element.children[place] !== option) lane.element.insertBefore(option, lane.element.children[place]);
      const left = Math.max(view.x(part.start), -4);
      option.style.translate = `${left}px 0`;
      // in a dissolve the next name begins where this one ends
      const end = lane.list === "clips" ? (store.cut.clips[index + 1]?.start ?? partEnd(part)) : partEnd(part);
      option.style.width = `${Math.max(2, Math.min(view.x(end), view.width + 4) - left - 1)}px`;
    }
    for (const [id, option] of lane.options) {
      if (kept.has(id)) continue;
      option.remove();
      lane.options.delete(id);
    }
    const active = kept.has(store.active) ? `part-${store.active}` : null;
    if (active) lane.element.setAttribute("aria-activedescendant", active);
    else lane.element.removeAttribute("aria-activedescendant");
  }

  add(lane, id) {
    const option = document.createElement("div");
    option.className = "track-label";
    option.id = `part-${id}`;
    option.role = "option";
    option.append(document.createElement("span"));
    lane.options.set(id, option);
    lane.element.append(option);
    return option;
  }

  fill(option, lane, part, index) {
    const { store } = this;
    const words = lane.list === "clips" ? this.clipWords(part, index) : this.partWords(lane, part);
    const progress = lane.list === "clips" ? this.progressOf(part) : 0;
    const signature = [
      words.name,
      words.label,
      store.selection.has(part.id),
      part.id === store.active,
      progress,
    ].join();
    if (this.shown.get(option) === signature) return;
    this.shown.set(option, signature);
    option.firstChild.textContent = words.name;
    option.setAttribute("aria-label", words.label);
    option.setAttribute("aria-selected", String(store.selection.has(part.id)));
    if (lane.list === "clips") {
      option.setAttribute("aria-posinset", String(index + 1));
      option.setAttribute("aria-setsize", String(store.cut.clips.length));
    }
    option.toggleAttribute("data-active", part.id === store.active);
    option.style.setProperty("--progress", `${progress}%`);
    option.toggleAttribute("data-generating", progress > 0);
  }

  progressOf({ sceneId }) {
    const scene = this.store.media.scenes.get(sceneId);
    return scene?.generating ? Math.max(4, scene.progress) : 0;
  }

  clipWords(clip, index) {
    const { store } = this;
    const length = store.rate.timecode(lengthOf(clip));
    if (clip.kind === "gap") return { name: gettext("Gap"), label: [index + 1, gettext("gap"), length].join(", ") };
    const name = store.media.scenes.get(clip.sceneId)?.name ?? clip.sceneName;
    const asset = store.assetOf(clip);
    const what = [
      store.media.labelOf(asset),
      clip.assetId ? gettext("pinned") : "",
      clip.mute ? gettext("muted") : "",
    ].filter(Boolean);
    return { name: `${name} · ${what[0]}`, label: `${index + 1}, ${name}, ${what.join(", ")}, ${length}` };
  }

  partWords(lane, part) {
    const name =
      lane.list === "sounds" ? this.store.media.labelOf(this.store.media.assets.get(part.assetId)) : part.text;
    return { name, label: `${name}, ${this.store.rate.timecode(part.start)}` };
  }
}
