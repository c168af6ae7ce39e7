/**
 * @file What a drag on the tracks does. Each is made from the place where it began, and has `move` for each step, `end`
 * when the pointer is lifted, and `cancel`.
 */

import { moveClips } from "../edits.js";
import { movePart, trimPart } from "../part_edits.js";
import { lengthOf } from "../place.js";
import { roll, trimEnd, trimStart } from "../trims.js";
import { hideGhost, showGhost } from "../ghost.js";
import { laneAt, partEnd } from "./lanes.js";
import { snapPoints, snapped } from "./snapping.js";
import { ngettext } from "../../../lib/words.js";

/**
 * @typedef {object} Page
 * @property {import("../store.js").Store} store
 * @property {import("../player.js").Player} player
 * @property {import("./tracks.js").Tracks} tracks
 */

/** Shows an edit while it is dragged, and makes it at the end. */
class EditDrag {
  constructor({ store, player, tracks }, { frame }, edit) {
    Object.assign(this, { store, player, tracks, began: frame, edit, change: null });
    this.points = store.snap ? snapPoints(store, player.frame) : [];
  }

  // by how many frames an edge was moved that stood at `edge`
  delta(frame, edge) {
    const to = edge + frame - this.began;
    return Math.round(snapped(to, this.points, this.tracks.view.scale)) - edge;
  }

  move(point) {
    this.change = this.edit(point, this);
    this.store.show(this.change);
  }

  end() {
    if (this.change) this.store.edit(this.change);
  }

  cancel() {
    this.store.show(null);
  }
}

/**
 * Trim an edge of a clip; with Alt, roll it with its neighbour.
 *
 * @param {Page} page
 * @param {{ index: number, edge: "start" | "end" }} hit
 * @param {{ frame: number }} point where it began
 * @returns {EditDrag}
 */
export function trimDrag(page, { index, edge }, point) {
  const { store } = page;
  const { clips } = store.edited;
  const clip = clips[index];
  const framesOf = (each) => store.framesOf(store.fileOf(each));
  const at = edge === "start" ? clip.start : partEnd(clip);
  const [first, second] = edge === "start" ? [clips[index - 1], clip] : [clip, clips[index + 1]];
  return new EditDrag(page, point, ({ frame, alt }, drag) => {
    const delta = drag.delta(frame, at);
    if (alt && first && second) return (cut) => roll(cut, second.id, delta, framesOf(first));
    if (edge === "end") return (cut) => trimEnd(cut, clip.id, delta, framesOf(clip));
    return (cut) => trimStart(cut, clip.id, delta);
  });
}

/**
 * Move a sound, caption, title or marker, or trim an edge of it.
 *
 * @param {Page} page
 * @param {{ part: object, edge: "start" | "end" | null }} hit
 * @param {{ frame: number }} point where it began
 * @returns {EditDrag}
 */
export function partDrag(page, { part, edge }, point) {
  const { store } = page;
  const start = part.at ?? part.start;
  const frames = store.framesOf(store.media.assets.get(part.assetId));
  const drag = new EditDrag(page, point, ({ frame, y }) => {
    const at = edge === "end" ? partEnd(part) : start;
    const delta = drag.delta(frame, at);
    if (edge) return (cut) => trimPart(cut, part.id, edge, delta, frames);
    const lane = laneAt(y);
    return (cut) => movePart(cut, part.id, start + delta, lane?.list === "sounds" ? lane.id : undefined);
  });
  drag.points = store.snap ? snapPoints(store, page.player.frame, part.id) : [];
  return drag;
}

/**
 * The place between two clips that is nearest to a frame.
 *
 * @param {object} cut
 * @param {number} frame
 * @returns {{ before: string | null, frame: number }} the id of the clip behind it; null: the end
 */
export function placeBetween(cut, frame) {
  const next = cut.clips.find((clip) => frame < clip.start + lengthOf(clip) / 2);
  if (next) return { before: next.id, frame: next.start };
  return { before: null, frame: cut.clips.length ? partEnd(cut.clips.at(-1)) : 0 };
}

/** Moves the clips that are selected to another place in the order. */
export class OrderDrag {
  /** @param {Page} page */
  constructor({ store, tracks }) {
    Object.assign(this, { store, tracks, place: null });
  }

  move({ frame, at }) {
    this.place = placeBetween(this.store.edited, frame);
    this.tracks.showInsertion(this.place.frame);
    showGhost(this.words, at);
  }

  get words() {
    const { store } = this;
    if (store.selection.size > 1) return ngettext("{count} clip", "{count} clips", store.selection.size);
    const clip = store.edited.clips.find(({ id }) => store.selection.has(id));
    return clip ? store.media.nameOf(clip) : "";
  }

  end() {
    this.cancel();
    const { store, place } = this;
    const ids = store.selection;
    if (place) store.edit((cut) => moveClips(cut, ids, place.before));
  }

  cancel() {
    this.tracks.showInsertion(null);
    hideGhost();
  }
}

/** Moves the playhead. */
export class ScrubDrag {
  /** @param {Page} page */
  constructor({ player, store }) {
    Object.assign(this, { player, store });
    this.wasPlaying = player.isPlaying;
    if (this.wasPlaying) player.pause();
  }

  move({ frame }) {
    this.player.seek(Math.floor(frame));
  }

  end() {
    if (this.wasPlaying) this.player.play();
  }

  cancel() {}
}
