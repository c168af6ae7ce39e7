/** @file Ways through the film and its tracks that change nothing: from edit to edit, from clip to clip. */

import { editPoints } from "./edits.js";

/** What the keys do that move the playhead or the selection. */
export class Navigation {
  /** @param {{ store: import("./store.js").Store, player: import("./player.js").Player, commands: import("./commands.js").Commands, tracks: import("./tracks/tracks.js").Tracks }} page */
  constructor(page) {
    Object.assign(this, page);
  }

  get cut() {
    return this.store.edited;
  }

  /** @param {-1 | 1} step to the edit before or after the playhead */
  jump(step) {
    const { frame } = this.player;
    const points = [0, ...editPoints(this.cut), ...this.cut.markers.map(({ at }) => at)].toSorted((a, b) => a - b);
    const next = step > 0 ? points.find((point) => point > frame) : points.findLast((point) => point < frame);
    if (next !== undefined) this.player.seek(next);
  }

  /**
   * Select what comes before or after in the lane that has the keys: by itself, the picture.
   *
   * @param {-1 | 1} step
   */
  selectNext(step) {
    if (this.lanes.current.dataset.lane !== "clips") {
      this.lanes.selectNext(step);
      return;
    }
    const next = this.cut.clips[Math.max(0, Math.min(this.commands.index + step, this.cut.clips.length - 1))];
    if (!next) return;
    this.store.select([next.id]);
    this.tracks.view.reveal(next.start);
  }

  /**
   * Try another take in the selected clip, or in the one at the playhead.
   *
   * @param {-1 | 1} step
   */
  tryTake(step) {
    const { store } = this;
    const clip = this.cut.clips[this.commands.index];
    if (!clip) return;
    if (!store.selection.has(clip.id) || store.active !== clip.id) store.select([clip.id]);
    this.inspector.takes.tryNext(step);
  }

  /** Go to the fields of what is selected. */
  inspect() {
    const form = this.inspector.root.querySelector("[data-form]:not([hidden])");
    const field = [...form.querySelectorAll("button, input, select, textarea")].find(isReachable);
    field?.focus();
    // typed over at once, as after Tab
    field?.select?.();
  }

  /** Go to the name of a new version. */
  nameVersion() {
    const versions = document.querySelector("#cut-settings [data-version-list]");
    versions.open = true;
    versions.querySelector("input").focus();
  }

  /** Select all clips. */
  selectAll() {
    this.store.select(this.cut.clips.map(({ id }) => id));
  }

  /** Let sounds and words follow the picture, or stay. */
  link() {
    this.store.set({ linked: !this.store.linked });
  }
}

const isReachable = (element) => !element.matches(":disabled") && element.checkVisibility();
