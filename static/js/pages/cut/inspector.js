/** @file The inspector: the fields of what is selected. Each field is read and written by its name. */

import { changeClips, showFile } from "./edits.js";
import { changePart, findPart, movePart, shortFades, trimPart } from "./part_edits.js";
import { lengthOf } from "./place.js";
import { TakeChoice } from "./take_choice.js";
import { trimEnd, trimStart } from "./trims.js";
import { fill, gettext } from "../../lib/words.js";

const WORDS = new Set(["note", "text", "place", "lane"]); // fields that are taken as they are
const FORMS = { clips: "clip", sounds: "sound", captions: "words", titles: "words", markers: "marker" };

/** The fields of the active clip, sound, caption, title or marker. */
export class Inspector {
  /** @param {{ store: import("./store.js").Store, commands: object, player: object }} page */
  constructor(page) {
    Object.assign(this, page);
    this.root = document.getElementById("cut-inspector");
    this.takes = new TakeChoice(this.root.querySelector("#cut-takes"), page, (asset, isPinned) =>
      this.use(asset, isPinned),
    );
    this.root.addEventListener("change", ({ target }) => this.write(target));
    this.root.addEventListener("input", ({ target }) => this.showWords(target));
    // what was typed and taken back
    this.root.addEventListener("focusout", () => this.store.draft && this.store.show(null));
    this.root.addEventListener("submit", (event) => event.preventDefault());
    for (const type of ["cut", "selection"]) this.store.on(type, () => this.show());
    this.store.on("words", () => this.startWriting());
    this.show();
  }

  get found() {
    return findPart(this.store.cut, this.store.active ?? "");
  }

  // New words are typed over at once: on the page each letter would be a shortcut.
  startWriting() {
    const field = this.root.querySelector('[data-form="words"] [name="text"]');
    field.focus();
    field.select();
  }

  // Words are seen over the picture while they are typed.
  showWords({ name, value }) {
    const { store, found } = this;
    if (name !== "text" || !found || !store.mayChange) return;
    store.show((cut) => changePart(cut, found.part.id, { text: value }));
  }

  show() {
    const { store, found } = this;
    const isMany = store.selection.size > 1;
    const name = isMany ? "many" : found && store.selection.size ? FORMS[found.list] : "none";
    for (const form of this.root.querySelectorAll("[data-form]")) form.hidden = form.dataset.form !== name;
    const selected = fill(gettext("{count} selected"), { count: store.selection.size });
    if (isMany) this.root.querySelector("[data-count]").textContent = selected;
    if (name === "none" || isMany) return;
    const form = this.root.querySelector(`[data-form="${name}"]`);
    for (const field of form.querySelectorAll("[name]")) this.fill(field, found);
    if (name === "clip") this.showClip(form, found);
    if (name === "sound") this.showSound(form, found);
    if (name === "words") {
      form.querySelector("[data-name]").textContent = found.list === "titles" ? gettext("Title") : gettext("Caption");
      form.querySelector("[data-place-field]").hidden = found.list !== "titles";
    }
  }

  showSound(form, { part }) {
    form.querySelector("[data-name]").textContent = this.store.media.labelOf(this.store.media.assets.get(part.assetId));
  }

  showClip(form, { part, index }) {
    const { store } = this;
    const scene = store.media.scenes.get(part.sceneId);
    const isGap = part.kind === "gap";
    form.querySelector("[data-name]").textContent = store.media.nameOf(part);
    form.querySelector("[data-of]").textContent = fill(gettext("Clip {number} of {count}"), {
      number: index + 1,
      count: store.cut.clips.length,
    });
    for (const link of form.querySelectorAll("[data-scene-link]")) {
      link.hidden = !scene;
      if (scene) link.href = store.addresses.scenes.replace("SCENE", scene.id);
    }
    for (const each of form.querySelectorAll("[data-not-gap]")) each.hidden = isGap;
    for (const each of form.querySelectorAll("[data-take-only]")) each.hidden = part.kind !== "take";
    form.querySelector("[data-room]").textContent = fill(gettext("up to {count} frames"), {
      count: this.commands.longestDissolve(index),
    });
    const state = form.querySelector("[data-generating]");
    state.hidden = !scene?.generating;
    if (scene?.generating) state.textContent = fill(gettext("{generating} in progress, {progress}%"), scene);
    this.takes.show(part);
  }

  fill(field, { part }) {
    if (field === document.activeElement && field.type !== "checkbox") return;
    const value = this.read(field.name, part);
    if (field.type === "checkbox") field.checked = Boolean(value);
    else field.value = value;
  }

  read(name, part) {
    const { rate } = this.store;
    if (["in", "out", "start", "end", "at"].includes(name)) return rate.timecode(part[name] ?? 0);
    if (name === "length") return rate.timecode("out" in part ? lengthOf(part) : part.end - part.start);
    if (name === "dissolve") return part.transition?.frames ?? 0;
    return part[name] ?? "";
  }

  write(field) {
    const { store, found } = this;
    if (store.selection.size > 1) this.writeMany(field);
    else if (found && field.name) {
      const change = this.changeOf(field, found);
      // the arrows of a number that are held are one change
      if (change) store.edit(change, field.type === "number" ? `${field.name} ${found.part.id}` : null);
      // what could not be read is put right
      this.fill(field, this.found ?? found);
      this.show();
    }
  }

  writeMany({ name, value, checked }) {
    const { store } = this;
    const ids = store.selection;
    const changes = { mute: { mute: checked }, fit: { fit: value || null }, gainDb: { gainDb: clampGain(value) } }[
      name
    ];
    if (changes) store.edit((cut) => changeClips(cut, ids, changes));
  }

  // A function from a cut to a cut; null for what could not be read.
  changeOf({ name, value, checked }, { list, part }) {
    const frame = this.store.rate.parse(value);
    const set = (changes) => (cut) => changePart(cut, part.id, changes);
    if (["mute", "duck"].includes(name)) return set({ [name]: checked });
    if (WORDS.has(name)) return set({ [name]: value });
    if (name === "fit") return set({ fit: value || null });
    if (name === "gainDb") return set({ gainDb: clampGain(value) });
    if (name === "dissolve") return set({ transition: dissolveOf(Number(value)) });
    if (frame === null) return null;
    if (name.startsWith("fade")) return set(fadesOf(part, name, frame));
    if (name === "at" || (name === "start" && list !== "clips")) return moveStart(list, part, frame);
    return this.trim(list, part, name, frame);
  }

  trim(list, part, name, frame) {
    const { store } = this;
    const asset = list === "clips" ? store.fileOf(part) : store.media.assets.get(part.assetId);
    const frames = store.framesOf(asset);
    const edge = name === "in" ? "start" : "end";
    const now = {
      in: part.in,
      out: part.out,
      end: part.end,
      length: "out" in part ? lengthOf(part) : part.end - part.start,
    };
    const delta = frame - now[name];
    if (list !== "clips") return (cut) => trimPart(cut, part.id, edge, delta, frames);
    if (edge === "start") return (cut) => trimStart(cut, part.id, delta);
    return (cut) => trimEnd(cut, part.id, delta, frames);
  }

  /**
   * Use a file in the active clip.
   *
   * @param {object | null} asset
   * @param {boolean} isPinned false: the clip follows its scene
   */
  use(asset, isPinned) {
    const { store, found } = this;
    const before = store.framesOf(store.media.assets.get(found.part.shows));
    store.auditions.delete(found.part.id);
    const file = { asset, frames: store.framesOf(asset), before, isPinned };
    store.edit((cut) => showFile(cut, found.part.id, file));
    store.tell("selection");
  }
}

function moveStart(list, { id, start }, frame) {
  if (list === "sounds" || list === "markers") return (cut) => movePart(cut, id, frame);
  return (cut) => trimPart(cut, id, "start", frame - start, Infinity);
}

function fadesOf(sound, name, frames) {
  const other = name === "fadeIn" ? sound.fadeOut : sound.fadeIn;
  return shortFades({ ...sound, [name]: Math.max(0, Math.min(frames, lengthOf(sound) - other)) });
}

const dissolveOf = (frames) => (frames > 0 ? { kind: "dissolve", frames: Math.round(frames) } : null);

const clampGain = (text) => Math.max(-60, Math.min(24, Number(text) || 0));
