/** @file The keys in the tracks: one of the lanes is a stop for Tab, and keys lead to the other lanes and along each. */

import { LANES, partsIn } from "./lanes.js";

/** Which lane has the keys. */
export class LaneKeys {
  /** @param {{ store: import("../store.js").Store, player: import("../player.js").Player, tracks: import("./tracks.js").Tracks }} page */
  constructor({ store, player, tracks }) {
    Object.assign(this, { store, player, tracks });
    this.elements = [...tracks.surface.querySelectorAll("[data-lane]")];
    this.mark(this.elements.find(({ dataset }) => dataset.lane === "clips"));
    tracks.surface.addEventListener("focusin", ({ target }) => target.dataset.lane && this.mark(target));
  }

  mark(element) {
    this.current = element;
    for (const each of this.elements) each.tabIndex = each === element ? 0 : -1;
  }

  /** Go to the tracks by a key. */
  focus() {
    this.current.focus();
  }

  /** @param {-1 | 1} step to the lane above or below */
  move(step) {
    const place = this.elements.indexOf(this.current) + (document.activeElement === this.current ? step : 0);
    this.elements[Math.max(0, Math.min(place, this.elements.length - 1))].focus();
  }

  /**
   * Select what comes before or after the selected part in the lane that has the keys.
   *
   * @param {-1 | 1} step
   */
  selectNext(step) {
    const { store, player } = this;
    const lane = LANES.find(({ id }) => id === this.current.dataset.lane);
    const parts = partsIn(store.edited, lane, { first: -1, last: Infinity })
      .map(({ part }) => part)
      .toSorted((a, b) => a.start - b.start);
    const place = parts.findIndex(({ id }) => id === store.active && store.selection.has(id));
    // without a selected one: the next from the playhead on, or the last before it
    const next = place >= 0 ? parts[place + step] : nearest(parts, player.frame, step);
    if (!next) return;
    store.select([next.id]);
    this.tracks.view.reveal(next.start);
  }
}

function nearest(parts, frame, step) {
  if (step > 0) return parts.find(({ start }) => start >= frame) ?? parts.at(-1);
  return parts.findLast(({ start }) => start <= frame) ?? parts[0];
}
