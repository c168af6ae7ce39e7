/** @file The clips one below another, for narrow windows and fingers: to watch from one, and to order them. */

import { icon, make, thumbnail } from "./dom.js";
import { nudgeClips } from "./edits.js";
import { indexAt, lengthOf } from "./place.js";
import { fill, gettext } from "../../lib/words.js";

const PAGE = 20; // clips that are shown at once: below them are export, settings and versions

/** The list, which is made only where it is seen. */
export class ClipList {
  /** @param {{ store: import("./store.js").Store, player: import("./player.js").Player }} page */
  constructor({ store, player }) {
    Object.assign(this, { store, player, shown: PAGE });
    this.root = document.getElementById("cut-list");
    this.list = this.root.querySelector("ol");
    this.more = this.root.querySelector("[data-more]");
    this.narrow = matchMedia("(max-width: 48rem)");
    this.narrow.addEventListener("change", () => this.show());
    store.on("cut", () => this.show());
    player.addEventListener("frame", () => this.mark());
    this.more.addEventListener("click", () => {
      this.shown += PAGE;
      this.show();
    });
    this.list.addEventListener("click", ({ target }) => this.act(target.closest("button")));
    this.show();
  }

  show() {
    if (!this.narrow.matches) {
      this.list.replaceChildren();
      return;
    }
    const { clips } = this.store.cut;
    const focused = document.activeElement?.closest?.("[data-clip] button");
    const place = focused && [focused.closest("[data-clip]").dataset.clip, focused.dataset.act];
    this.list.replaceChildren(...clips.slice(0, this.shown).map((clip, index) => this.item(clip, index, clips.length)));
    this.more.hidden = clips.length <= this.shown;
    if (place) this.list.querySelector(`[data-clip="${place[0]}"] [data-act="${place[1]}"]`)?.focus();
    this.mark();
  }

  item(clip, index, count) {
    const { store } = this;
    const asset = store.assetOf(clip);
    const name = store.media.nameOf(clip);
    const what = clip.kind === "gap" ? [] : [store.media.labelOf(asset)];
    const play = make("button", { type: "button", className: "clip-play", dataset: { act: "play" } }, [
      thumbnail(asset ? store.media.url(asset, "poster") : ""),
      make("span", { textContent: name, dir: "auto" }),
      make("small", { textContent: [...what, store.rate.timecode(lengthOf(clip))].join(" · ") }),
    ]);
    const moves = store.mayChange
      ? [this.button(name, "up", index === 0), this.button(name, "down", index === count - 1)]
      : [];
    return make("li", { className: "clip-row", dataset: { clip: clip.id } }, [play, ...moves]);
  }

  button(name, act, disabled) {
    const button = make("button", { type: "button", className: "button quiet small", disabled, dataset: { act } }, [
      icon(`arrow-${act}`),
    ]);
    const words = act === "up" ? gettext("Move {name} earlier") : gettext("Move {name} later");
    button.setAttribute("aria-label", fill(words, { name }));
    return button;
  }

  act(button) {
    if (!button) return;
    const { store, player } = this;
    const { clip: id } = button.closest("[data-clip]").dataset;
    const clip = store.edited.clips.find((each) => each.id === id);
    if (button.dataset.act === "play") {
      store.select([id]);
      player.seek(clip.start);
      player.play();
    } else {
      const step = button.dataset.act === "up" ? -1 : 1;
      store.edit((cut) => nudgeClips(cut, new Set([id]), step));
    }
  }

  mark() {
    if (!this.narrow.matches) return;
    const { clips } = this.store.cut;
    const current = clips[indexAt(clips, this.player.frame)]?.id;
    if (current === this.current && this.list.querySelector("[aria-current]")) return;
    this.current = current;
    for (const row of this.list.children) {
      if (row.dataset.clip === current) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
  }
}
