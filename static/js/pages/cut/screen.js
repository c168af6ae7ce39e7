/**
 * @file The screen of the viewer: three layers that take turns, so that both clips of a dissolve are seen and the next
 * one is ready. A layer shows a video, a picture, or a card with words.
 */

import { Deck } from "./deck.js";
import { toFactor } from "./mixer.js";
import { Original } from "./original.js";
import { lengthOf } from "./place.js";
import { fill, gettext } from "../../lib/words.js";

const LARGE = "?width=1280";
const AT_BEGIN = 0.2; // seconds within which the poster, the first frame, may stand for a clip that is loading

/** @typedef {import("./schedule.js").Item} Item */

/** Shows what plays. */
export class Screen {
  /**
   * @param {HTMLElement} stage with the layers
   * @param {import("./store.js").Store} store
   * @param {import("./mixer.js").Mixer} mixer
   */
  constructor(stage, store, mixer) {
    this.stage = stage;
    this.store = store;
    this.layers = [...stage.querySelectorAll("[data-layer]")].map((element) => new Layer(element, mixer));
    this.shown = [];
  }

  /** Whether a clip that should be seen is not there yet. */
  get isWaiting() {
    return this.shown.some((layer) => !layer.isReady);
  }

  /**
   * Show what plays at a frame.
   *
   * @param {Item[]} items
   * @param {Item | null} next
   * @param {{ rate: number, isSilent: boolean }} state rate: 0 while it stands still; isSilent: takes are not heard
   */
  show(items, next, state) {
    const shown = items.map((item) => this.layerFor(item, items));
    for (const [index, layer] of shown.entries()) layer.show(items[index], index, this.describe(items[index]), state);
    const rest = this.layers.filter((layer) => !shown.includes(layer));
    for (const layer of rest) layer.hide();
    this.shown = shown;
    if (next && state.rate > 0) this.prepare(next, rest);
  }

  prepare(next, free) {
    const ready = free.find((layer) => layer.key === keyOf(next)) ?? free[0];
    if (!this.shown.some((layer) => layer.key === keyOf(next))) ready.prepare(next, this.describe(next));
  }

  // Two pieces of one file side by side share a layer: it plays on.
  layerFor(item, items) {
    const key = keyOf(item);
    const taken = new Set(items.filter((each) => each !== item).map(keyOf));
    const free = this.layers.filter((layer) => !taken.has(layer.key));
    const layer =
      free.find((each) => each.key === key) ??
      free.find((each) => each.isAt(item)) ??
      free.find((each) => !this.shown.includes(each)) ??
      free[0];
    layer.key = key;
    return layer;
  }

  describe({ clip, asset }) {
    const scene = this.store.media.scenes.get(clip.sceneId);
    const fit = clip.fit ?? this.store.cut.fit;
    const addresses = asset
      ? {
          file: this.store.media.url(asset, "proxy"),
          original: this.store.media.url(asset, "file"),
          poster: this.store.media.url(asset, "poster") + LARGE,
        }
      : {};
    const page = scene ? this.store.addresses.scenes.replace("SCENE", scene.id) : "";
    const seconds = (lengthOf(clip) / this.store.rate.fps).toFixed(1);
    const planned = fill(gettext("Planned {seconds} s"), { seconds });
    return { ...addresses, fit, name: scene?.name ?? clip.sceneName ?? "", prompt: scene?.prompt ?? "", page, planned };
  }
}

const keyOf = ({ clip, asset }) => `${clip.id} ${asset?.id ?? ""}`;

class Layer {
  constructor(element, mixer) {
    this.element = element;
    this.video = element.querySelector("video");
    this.picture = element.querySelector("[data-picture]");
    this.backdrop = element.querySelector("[data-backdrop]");
    this.deck = new Deck(this.video, mixer.channel(this.video, { isKey: true }));
    this.original = new Original(element.querySelector("[data-original]"));
    this.key = "";
  }

  get isReady() {
    return this.kind !== "take" || this.deck.isReady;
  }

  isAt({ asset, seconds }) {
    return Boolean(asset) && this.asset === asset.id && Math.abs(this.video.currentTime - seconds) < 0.1;
  }

  show(item, order, words, { rate, isSilent }) {
    this.fill(item, words);
    this.element.style.opacity = item.opacity;
    this.element.style.zIndex = order + 1;
    this.element.classList.add("seen");
    if (this.kind !== "take" || rate > 0) this.original.hide();
    if (this.kind !== "take") return;
    const { clip, sound } = item;
    this.deck.channel.gain = clip.mute || isSilent ? 0 : toFactor(clip.gainDb) * sound;
    if (rate > 0) this.deck.playAt(item.seconds, rate);
    else this.stopAt(item.seconds, words.original);
    this.picture.hidden = this.deck.isReady || item.seconds > AT_BEGIN;
  }

  stopAt(seconds, original) {
    this.deck.stopAt(seconds);
    this.original.showAt(original, seconds);
  }

  prepare(item, words) {
    this.key = keyOf(item);
    this.fill(item, words);
    if (this.kind === "take") this.deck.stopAt(item.seconds);
  }

  hide() {
    this.element.classList.remove("seen");
    this.original.hide();
    this.deck.stop();
  }

  fill({ clip, asset }, { file, poster, fit, name, prompt, page, planned }) {
    const kind = asset ? (asset.kind === "video" ? "take" : "still") : clip.kind === "gap" ? "gap" : "card";
    const isBroken = kind === "take" && this.deck.address === file && this.deck.isBroken;
    this.kind = isBroken ? "card" : kind;
    this.asset = asset?.id ?? null;
    this.element.dataset.kind = this.kind;
    this.element.dataset.fit = fit;
    if (kind === "take") this.deck.load(file);
    if (poster && this.picture.getAttribute("src") !== poster) this.picture.src = poster;
    if (kind === "still") this.picture.hidden = false;
    if (fit === "blur" && poster && this.backdrop.getAttribute("src") !== poster) this.backdrop.src = poster;
    this.element.querySelector("[data-name]").textContent = name;
    this.element.querySelector("[data-prompt]").textContent = isBroken
      ? gettext("This file cannot be played.")
      : prompt;
    this.element.querySelector("[data-planned]").textContent = kind === "card" ? planned : "";
    // only who may spend has it
    const generate = this.element.querySelector("[data-generate]");
    if (generate) Object.assign(generate, { hidden: kind !== "card" || !page, href: page });
  }
}
