/**
 * @file What can be done to the cut by a key or a button: commands by name. The buttons have `data-command`, and the
 * list of shortcuts has all of them.
 */

import { makeGap, newId } from "./clips.js";
import { changeClips, duplicateClips, insertAt, nudgeClips, removeClips, splitClip } from "./edits.js";
import { addPart, findPart, movePart, removeParts, splitSound, trimPart } from "./part_edits.js";
import { indexAt, longestDissolve } from "./place.js";
import { roll, trimEnd, trimStart } from "./trims.js";
import { gettext } from "../../lib/words.js";

const DISSOLVE_SECONDS = 0.5;

/** All commands on the cut. */
export class Commands {
  /** @param {{ store: import("./store.js").Store, player: import("./player.js").Player, saver: import("./saver.js").Saver, tracks: import("./tracks/tracks.js").Tracks }} page */
  constructor(page) {
    Object.assign(this, page);
  }

  get cut() {
    return this.store.edited;
  }

  /** The clip to work on: the active one if it is selected, else the one at the playhead. */
  get index() {
    const { active, selection } = this.store;
    const index = selection.has(active) ? this.cut.clips.findIndex(({ id }) => id === active) : -1;
    return index >= 0 ? index : indexAt(this.cut.clips, this.player.frame);
  }

  /** The ids of the clips that are selected, else of the one at the playhead. */
  get clipIds() {
    const ids = this.cut.clips.filter(({ id }) => this.store.selection.has(id)).map(({ id }) => id);
    if (!ids.length && !this.store.selection.size && this.index >= 0) ids.push(this.cut.clips[this.index].id);
    return new Set(ids);
  }

  get frames() {
    const clip = this.cut.clips[this.index];
    return clip ? this.store.framesOf(this.store.fileOf(clip)) : Infinity;
  }

  /** Split what is selected at the playhead, else the clip there. */
  split() {
    const { frame } = this.player;
    const { store } = this;
    const sounds = this.cut.sounds.filter(({ id }) => store.selection.has(id));
    const rightIds = sounds.map(() => newId());
    const [id, rightId] = [this.cut.clips[indexAt(this.cut.clips, frame)]?.id, newId()];
    const splitSounds = (cut) => sounds.reduce((now, sound, at) => splitSound(now, sound.id, frame, rightIds[at]), cut);
    store.edit(sounds.length ? splitSounds : (cut) => splitClip(cut, id, frame, rightId));
  }

  /** @param {boolean} [withGap] leave a gap instead of closing up */
  remove(withGap = false) {
    const { store } = this;
    const { selection } = store;
    if (!selection.size) return;
    const next = this.cut.clips.find((clip, index) => !selection.has(clip.id) && index > this.index);
    const gaps = withGap ? new Map([...selection].map((id) => [id, makeGap(1)])) : null;
    store.edit((cut) => removeClips(removeParts(cut, selection), selection, gaps));
    store.select(next ? [next.id] : []);
  }

  /** Put copies behind what is selected. */
  duplicate() {
    const ids = this.clipIds;
    if (!ids.size) return;
    const copies = new Map([...ids].map((id) => [id, newId()]));
    if (this.store.edit((cut) => duplicateClips(cut, copies))) this.store.select(copies.values());
  }

  /** Insert a second of black at the playhead. */
  gap() {
    const gap = makeGap(this.store.rate.nominal);
    const [{ frame }, rightId] = [this.player, newId()];
    if (this.store.edit((cut) => insertAt(cut, frame, [gap], rightId))) this.store.select([gap.id]);
  }

  /**
   * Move clips in the order; sounds, words and markers by a frame.
   *
   * @param {-1 | 1} step
   * @param {string} [group] of a key that is held
   */
  move(step, group) {
    const { store } = this;
    const { active } = store;
    const found = findPart(this.cut, active ?? "");
    if (found && found.list !== "clips") {
      const start = (cut) => startOf(findPart(cut, active)?.part) + step;
      store.edit((cut) => movePart(cut, active, start(cut)), group);
    } else {
      const ids = this.clipIds;
      if (!store.selection.size) store.select(ids);
      store.edit((cut) => nudgeClips(cut, ids, step), group);
    }
  }

  /**
   * Trim the active clip or sound.
   *
   * @param {"start" | "end"} edge
   * @param {number} delta frames by which the edge moves
   * @param {string} [group] of a key that is held
   */
  trim(edge, delta, group) {
    const { store, frames } = this;
    const { active } = store;
    const found = findPart(this.cut, active ?? "");
    const id = this.cut.clips[this.index]?.id;
    if (found && found.list !== "clips") {
      const all = store.framesOf(store.media.assets.get(found.part.assetId));
      store.edit((cut) => trimPart(cut, active, edge, delta, all), group);
    } else if (edge === "start") store.edit((cut) => trimStart(cut, id, delta), group);
    else store.edit((cut) => trimEnd(cut, id, delta, frames), group);
  }

  /**
   * Move the edit between the active clip and the one before; the film stays as long as it is.
   *
   * @param {number} delta frames
   * @param {string} [group] of a key that is held
   */
  roll(delta, group) {
    const { store } = this;
    const [first, second] = [this.cut.clips[this.index - 1], this.cut.clips[this.index]];
    if (!first) return;
    store.edit((cut) => roll(cut, second.id, delta, store.framesOf(store.fileOf(first))), group);
  }

  /**
   * Trim the clip at the playhead to the playhead.
   *
   * @param {"start" | "end"} edge
   */
  trimToPlayhead(edge) {
    const { frame } = this.player;
    const index = indexAt(this.cut.clips, frame);
    if (index < 0) return;
    const { id, start, in: first, out } = this.cut.clips[index];
    if (edge === "end") this.store.edit((cut) => trimEnd(cut, id, frame - start - (out - first), Infinity));
    else if (this.store.edit((cut) => trimStart(cut, id, frame - start))) this.player.seek(start);
  }

  /** Dissolve into the selected clips, or cut again. */
  dissolve() {
    const ids = this.clipIds;
    const clips = this.cut.clips.filter(({ id }) => ids.has(id));
    if (!clips.length) return;
    const isOn = clips.every(({ transition }) => transition);
    const frames = Math.max(1, Math.round(this.store.rate.fps * DISSOLVE_SECONDS));
    const transition = isOn ? null : { kind: "dissolve", frames };
    this.store.edit((cut) => changeClips(cut, ids, { transition }));
  }

  /**
   * The longest dissolve into a clip.
   *
   * @param {number} index
   * @returns {number}
   */
  longestDissolve(index) {
    return longestDissolve(this.cut.clips[index - 1], this.cut.clips[index]);
  }

  /** Mark the frame at the playhead. */
  marker() {
    const { frame } = this.player;
    if (this.cut.markers.some(({ at }) => at === frame)) return;
    this.add("markers", { at: frame, text: "" });
  }

  /**
   * Add words at the playhead; near the end of the film so that they end with it.
   *
   * @param {"captions" | "titles"} list
   */
  words(list) {
    const { length } = this.cut;
    if (!length) return;
    const frames = Math.min(length, 2 * this.store.rate.nominal);
    const start = Math.min(this.player.frame, length - frames);
    const part = { start, end: start + frames, text: list === "titles" ? "Title" : "Caption" };
    if (list === "titles") part.place = "centre";
    if (this.add(list, part)) this.store.tell("words");
  }

  add(list, part) {
    const id = newId();
    const isAdded = this.store.edit((cut) => addPart(cut, list, { id, ...part }));
    if (isAdded) this.store.select([id]);
    return isAdded;
  }

  /** Undo the last change, whoever made it. */
  undo() {
    return this.saver.act("undo", gettext("Nothing was undone."));
  }

  /** Redo what was undone. */
  redo() {
    return this.saver.act("redo", gettext("Nothing was redone."));
  }
}

const startOf = (part) => part?.at ?? part?.start ?? 0;
