/**
 * @file What the page knows: the cut as it is edited, the scenes and files of the project, and what is selected. It
 * tells of changes by the events "cut", "selection" and "tool".
 */

import { Media } from "./media.js";
import { LISTS, withIds } from "./part_edits.js";
import { Rate } from "./rate.js";
import { addEdit, makeAgain, settled } from "./unsaved.js";

const STILL_SECONDS = 3; // how long a picture or card is shown that nobody has trimmed

/** The state of the page. */
export class Store extends EventTarget {
  /**
   * @param {object} data see film/pages/cut_data.py
   * @param {{ api: string, scenes: string, files: string }} addresses
   * @param {boolean} mayChange
   */
  constructor(data, addresses, mayChange) {
    super();
    this.addresses = addresses;
    this.mayChange = mayChange;
    this.selection = new Set(); // ids of clips, sounds, captions, titles or markers
    this.active = null; // the id of the one that was selected last
    this.auditions = new Map(); // id of a clip → id of the file that is tried in it
    this.tool = "select"; // or "razor"
    this.snap = true;
    this.linked = true; // sounds and words follow the picture
    this.unsaved = []; // edits that the server does not have, the oldest first
    this.draft = null; // what is dragged or typed and no edit yet: a function from a cut to a cut
    this.preview = null; // the cut with it
    this.saved = withIds(data.cut); // the cut as the server has it
    this.read(data);
  }

  read(data) {
    const { cut, canUndo, canRedo } = data;
    this.media = new Media(data, this.addresses.api, this.media);
    Object.assign(this, { canUndo, canRedo });
    return this.readCut(cut, this.saved);
  }

  // `known`: the cut from which its parts keep their ids
  readCut(cut, known) {
    this.saved = withIds(cut, known);
    const { made, lost } = makeAgain(this.unsaved, this.saved);
    this.unsaved = made;
    this.rate = new Rate(this.edited.rate);
    this.preview = this.draft && this.draft(this.edited);
    const ids = new Set(["clips", ...LISTS].flatMap((list) => this.edited[list].map(({ id }) => id)));
    this.selection = this.selection.intersection(ids);
    if (!ids.has(this.active)) this.active = null;
    return lost;
  }

  /** The cut with all edits. */
  get edited() {
    return this.unsaved.at(-1)?.cut ?? this.saved;
  }

  /** The cut as it is shown. */
  get cut() {
    return this.preview ?? this.edited;
  }

  /** Whether there are changes that the server does not have. */
  get isDirty() {
    return this.unsaved.length > 0;
  }

  /**
   * Take over what the server has, all of it.
   *
   * @param {object} data
   */
  load(data) {
    this.read(data);
    this.tell("cut", "selection");
  }

  /**
   * Take over scenes and files alone.
   *
   * @param {object} data
   */
  loadFiles(data) {
    this.media = new Media(data, this.addresses.api, this.media);
    this.tell("cut");
  }

  /**
   * Ask for files of a film that has more than the page knows.
   *
   * @param {Record<string, string>} query `scene`, or `kind` and `search`; see film/pages/cut.py
   * @returns {Promise<object[]>} none without an answer
   */
  async askForFiles(query) {
    const response = await fetch(`${this.addresses.files}?${new URLSearchParams(query)}`).catch(() => null);
    return response?.ok ? (await response.json()).assets : [];
  }

  /**
   * Ask for the files of a scene, where they are not known.
   *
   * @param {string} sceneId
   */
  async completeScene(sceneId) {
    const { media } = this;
    if (!media.lacks(sceneId)) return;
    media.asked.add(sceneId);
    media.setFiles(sceneId, await this.askForFiles({ scene: sceneId }));
    this.tell("selection");
  }

  /**
   * Take over a cut that the server has answered, and make the edits again that it does not have.
   *
   * @param {object} cut
   * @param {import("./unsaved.js").Edit} [edit] the one that it is the answer to
   * @returns {import("./unsaved.js").Edit[]} edits that could not be made on this cut, and are given up
   */
  loadCut(cut, edit) {
    this.unsaved = this.unsaved.filter((each) => each !== edit);
    const lost = this.readCut(cut, edit?.cut ?? this.saved);
    this.tell("cut", "selection");
    return lost;
  }

  /**
   * Show an edit that is not done yet.
   *
   * @param {((cut: object) => object) | null} change null: the edit is given up
   */
  show(change) {
    this.draft = change && settled(change, this.linked);
    this.preview = this.draft && this.draft(this.edited);
    this.tell("cut");
  }

  /**
   * Make an edit.
   *
   * @param {(cut: object) => object} change from a cut to a cut, by the functions of edits.js, trims.js or
   *   part_edits.js; it may be called again on another cut, so it finds what it changes by its id
   * @param {string | null} [group] edits of the same group that follow each other quickly are one change to undo
   * @returns {boolean} whether anything has changed
   */
  edit(change, group = null) {
    this.draft = this.preview = null;
    const make = settled(change, this.linked);
    const cut = this.mayChange ? make(this.edited) : this.edited;
    const isChanged = cut !== this.edited;
    if (isChanged) this.unsaved = addEdit(this.unsaved, { make, cut, group });
    this.rate = new Rate(cut.rate);
    this.tell("cut", ...(isChanged ? ["edit"] : []));
    return isChanged;
  }

  /**
   * Select parts of the cut.
   *
   * @param {Iterable<string>} ids
   * @param {string | null} [active] the one to edit; else the last
   */
  select(ids, active) {
    this.selection = new Set(ids);
    this.active = active ?? [...this.selection].at(-1) ?? null;
    this.tell("selection");
  }

  /**
   * Choose a tool, or switch snapping or linking.
   *
   * @param {{ tool?: string, snap?: boolean, linked?: boolean }} changes
   */
  set(changes) {
    Object.assign(this, changes);
    this.tell("tool");
  }

  /**
   * Play another file in a clip without changing the cut.
   *
   * @param {string} id of the clip
   * @param {string | null} asset
   */
  audition(id, asset) {
    if (asset) this.auditions.set(id, asset);
    else this.auditions.delete(id);
    this.tell("cut", "selection");
  }

  tell(...types) {
    for (const type of types) this.dispatchEvent(new Event(type));
  }

  /**
   * Call a handler for each change of a kind.
   *
   * @param {"cut" | "selection" | "tool" | "edit" | "words"} type
   * @param {() => void} handler
   */
  on(type, handler) {
    this.addEventListener(type, handler);
  }

  /**
   * The file that a clip shows, the one that is tried before others.
   *
   * @param {object} clip
   * @returns {object | null}
   */
  assetOf(clip) {
    return this.media.assets.get(this.auditions.get(clip.id)) ?? this.fileOf(clip);
  }

  /**
   * The file that a clip has in the cut, whatever is tried in its place.
   *
   * @param {object} clip
   * @returns {object | null}
   */
  fileOf(clip) {
    return this.media.assets.get(clip.shows ?? clip.assetId) ?? null;
  }

  /**
   * How many frames a file has.
   *
   * @param {object | null | undefined} asset
   * @returns {number} Infinity for a picture and for nothing
   */
  framesOf(asset) {
    return asset && asset.kind !== "image" ? this.rate.frames(asset.seconds) : Infinity;
  }

  /**
   * How many frames a clip with this file has that nobody has trimmed.
   *
   * @param {object | null} asset
   * @returns {number}
   */
  wholeLength(asset) {
    const frames = this.framesOf(asset);
    return Number.isFinite(frames) ? frames : this.rate.frames(STILL_SECONDS);
  }
}
