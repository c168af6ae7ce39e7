/** @file The file of a take itself, shown in the place of its small copy while the film stands still. */

import { Deck } from "./deck.js";

const WAIT = 250; // milliseconds that the film must stand still; who steps through frames sees the small copy
const NEAR = 0.02; // seconds

/** The original of what a layer shows. */
export class Original {
  /** @param {HTMLVideoElement} video hidden while it has nothing to show */
  constructor(video) {
    this.video = video;
    this.deck = new Deck(video, { gain: 0 });
    this.key = "";
    this.seconds = 0;
    this.timer = 0;
    for (const name of ["seeked", "loadeddata"]) video.addEventListener(name, () => this.reveal());
  }

  /**
   * Show a frame once it is there.
   *
   * @param {string} address
   * @param {number} seconds
   */
  showAt(address, seconds) {
    const key = `${address} ${seconds}`;
    if (key === this.key) return;
    this.hide();
    this.key = key;
    this.seconds = seconds;
    this.timer = setTimeout(() => {
      this.deck.load(address);
      this.deck.stopAt(seconds);
      this.reveal();
    }, WAIT);
  }

  /** Let the small copy be seen again. */
  hide() {
    clearTimeout(this.timer);
    this.key = "";
    this.video.hidden = true;
  }

  reveal() {
    const isThere = this.deck.isReady && Math.abs(this.video.currentTime - this.seconds) < NEAR;
    if (this.key && isThere && !this.deck.isBroken) this.video.hidden = false;
  }
}
