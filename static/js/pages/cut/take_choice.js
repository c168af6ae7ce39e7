/** @file The takes of a clip's scene: each is tried in place within the film, and used only when that is wanted. */

import { make, thumbnail } from "./dom.js";
import { endOf } from "./place.js";

/** The list of takes in the inspector. */
export class TakeChoice {
  /**
   * @param {HTMLElement} root
   * @param {{ store: import("./store.js").Store, player: import("./player.js").Player }} page
   * @param {(asset: object | null, isPinned: boolean) => void} use
   */
  constructor(root, { store, player }, use) {
    Object.assign(this, { root, store, player, use });
    this.list = root.querySelector("ul");
    this.useButton = root.querySelector("[data-use]");
    this.stopButton = root.querySelector("[data-stop]");
    this.follow = root.querySelector("[data-follow]");
    this.list.addEventListener("click", ({ target }) => this.audition(target.closest("button")?.dataset.asset));
    this.useButton?.addEventListener("click", () => this.useTried());
    this.stopButton.addEventListener("click", () => this.stop());
    this.follow.addEventListener("change", () => this.pin(!this.follow.checked));
  }

  /**
   * Show the takes of a clip.
   *
   * @param {object} clip
   */
  show(clip) {
    const { store } = this;
    this.clip = clip;
    this.root.hidden = clip.kind === "gap" || !clip.sceneId;
    if (!this.root.hidden) store.completeScene(clip.sceneId);
    const { files } = this;
    const tried = store.auditions.get(clip.id);
    this.isTrying = Boolean(tried) && tried !== clip.shows;
    this.stopButton.hidden = !this.isTrying;
    // only who may change the cut has the button
    if (this.useButton) this.useButton.hidden = !this.isTrying;
    this.follow.checked = !clip.assetId;
    this.follow.disabled = !store.mayChange || !files.length;
    const signature = JSON.stringify([clip.id, clip.shows, clip.assetId, tried, files.map(({ id }) => id)]);
    if (signature === this.list.dataset.signature) return;
    this.list.dataset.signature = signature;
    const focused = this.list.querySelector(":focus")?.dataset.asset;
    this.list.replaceChildren(...files.map((asset) => this.item(asset, clip, tried)));
    if (focused) this.list.querySelector(`[data-asset="${focused}"]`)?.focus();
  }

  get files() {
    return this.store.media.filesOf(this.clip.sceneId).filter(({ kind }) => kind !== "audio");
  }

  item(asset, clip, tried) {
    const { store } = this;
    const isShown = (tried ?? clip.shows) === asset.id;
    const about = asset.id === clip.shows ? "in the cut" : asset.id === tried ? "trying" : "";
    const length = asset.kind === "image" ? "picture" : store.rate.timecode(store.framesOf(asset));
    const button = make("button", { type: "button", className: "take-option", dataset: { asset: asset.id } }, [
      thumbnail(store.media.url(asset, "poster")),
      make("span", { textContent: store.media.labelOf(asset) }),
      make("small", { textContent: [length, about].filter(Boolean).join(" · ") }),
    ]);
    button.setAttribute("aria-pressed", String(isShown));
    return make("li", {}, [button]);
  }

  // Play another take within the film: from the beginning of the clip to its end.
  audition(id) {
    if (!id) return;
    const { store, player, clip } = this;
    store.audition(clip.id, id === clip.shows ? null : id);
    player.seek(clip.start);
    player.play(1, endOf(clip));
  }

  /**
   * Try the take after or before the one that plays.
   *
   * @param {-1 | 1} step
   */
  tryNext(step) {
    const { store, clip, files, root } = this;
    if (root.hidden || !clip || files.length < 2) return;
    const shown = store.auditions.get(clip.id) ?? clip.shows;
    const place = files.findIndex(({ id }) => id === shown);
    this.audition(files.at((place + step) % files.length).id);
  }

  /** Use the take that is tried. */
  useTried() {
    const { store, clip, useButton } = this;
    if (clip && useButton && !useButton.hidden) this.use(store.assetOf(clip), true);
  }

  /**
   * Show what is in the cut again.
   *
   * @returns {boolean} whether something was tried
   */
  stop() {
    const { clip, store, player, isTrying } = this;
    if (!clip || !isTrying || this.root.hidden) return false;
    player.pause();
    store.audition(clip.id, null);
    return true;
  }

  pin(isPinned) {
    const { store, clip } = this;
    const asset = isPinned ? store.assetOf(clip) : store.media.bestOf(clip.sceneId);
    this.use(asset, isPinned && Boolean(asset));
  }
}
