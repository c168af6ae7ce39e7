/** @file The form of an export: its options, and the part of the film that is exported. */

import { gettext } from "../../lib/words.js";
import { indexAt } from "./place.js";

/** The form, for who may change the cut. */
export class ExportForm {
  /**
   * @param {HTMLElement} root the panel with the form
   * @param {{ store: import("./store.js").Store, player: import("./player.js").Player }} page
   * @param {() => void} onSubmit
   */
  constructor(root, { store, player }, onSubmit) {
    this.form = root.querySelector("[data-export-form]");
    this.problem = root.querySelector("[data-problem]");
    Object.assign(this, { store, player });
    this.isChosen = false; // whether somebody has chosen what becomes of the captions
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      onSubmit();
    });
    this.form.elements.captions.addEventListener("change", () => (this.isChosen = true));
    store.on("cut", () => this.chooseCaptions());
    this.chooseCaptions();
  }

  // captions that are there are not left out unless somebody wants that
  chooseCaptions() {
    if (this.isChosen) return;
    this.form.elements.captions.value = this.store.cut.captions.length ? "sidecar" : "none";
  }

  /** What is asked for, as the API takes it. */
  get options() {
    const { profile, captions, range, timecode, slate, missing } = this.form.elements;
    const options = {
      profile: profile.value,
      captions: captions.value,
      timecode: timecode.checked,
      slate: slate.checked,
    };
    if (missing.checked) options.missing = "card";
    return { ...options, ...this.part(range.value) };
  }

  // the part of the film that is exported
  part(range) {
    if (range === "scene") {
      const { clips } = this.store.cut;
      return { sceneId: clips[indexAt(clips, this.player.frame)]?.sceneId ?? "" };
    }
    const { first, end } = this.player.bounds;
    return range === "marked" ? { in: first, out: end } : {};
  }

  /**
   * Be ready to export a scene.
   *
   * @param {string} scene its id
   */
  offer(scene) {
    const clip = this.store.cut.clips.find(({ sceneId }) => sceneId === scene);
    if (clip) {
      this.form.elements.range.value = "scene";
      this.player.seek(clip.start);
    } else this.complain(gettext("The scene is not in the cut. Add it, then export it."));
    this.focus();
  }

  /** Go to the button that exports. */
  focus() {
    this.form.querySelector("[type=submit]").focus();
  }

  /** @param {string} words what is wrong; empty: nothing */
  complain(words) {
    this.problem.hidden = !words;
    this.problem.textContent = words;
  }
}
