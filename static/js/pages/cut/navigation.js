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
   * Select the clip before or after the active one.
   *
   * @param {-1 | 1} step
   */
  selectNext(step) {
    const next = this.cut.clips[Math.max(0, Math.min(this.commands.index + step, this.cut.clips.length - 1))];
    if (!next) return;
    this.store.select([next.id]);
    this.tracks.view.reveal(next.start);
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
