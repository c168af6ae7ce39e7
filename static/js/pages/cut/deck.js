/** @file A deck: one media element that plays along with the film's clock. */

const NEAR = 0.045; // seconds by which a deck may be off
const FAR = 0.3; // from here on it jumps, below it gets a little faster or slower
const NUDGE = 0.06;

/** A video or sound whose position follows the film. */
export class Deck {
  /**
   * @param {HTMLMediaElement} element
   * @param {{ gain: number }} channel see mixer.js
   */
  constructor(element, channel) {
    this.element = element;
    this.channel = channel;
    this.address = "";
    this.wanted = null; // seconds, of a jump that waits for the one before
    element.addEventListener("seeked", () => this.jumpOn());
  }

  /** Whether its picture or sound is there. A file that cannot be played counts as there, so that the film goes on. */
  get isReady() {
    const { element } = this;
    if (element.error) return true;
    return element.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && !element.seeking;
  }

  /** Whether the file cannot be played. */
  get isBroken() {
    return Boolean(this.element.error);
  }

  /**
   * Have a file ready.
   *
   * @param {string} address
   */
  load(address) {
    if (this.address === address) return;
    this.address = address;
    this.wanted = null;
    this.element.preload = "auto";
    this.element.src = address;
  }

  /**
   * Go to a position, stopped.
   *
   * @param {number} seconds
   */
  stopAt(seconds) {
    if (!this.element.paused) this.element.pause();
    if (Math.abs(this.element.currentTime - seconds) > 0.001) this.jump(seconds);
  }

  /**
   * Play from a position, or go on where it is about there. Behind its end it stands still at its last frame.
   *
   * @param {number} seconds
   * @param {number} rate
   */
  playAt(seconds, rate) {
    const { element } = this;
    if (this.isOver(seconds)) {
      this.stop();
      return;
    }
    const off = element.currentTime - seconds;
    if (element.paused) {
      if (Math.abs(off) > NEAR) this.jump(seconds);
      element.playbackRate = rate;
      // an interrupted start is no error: a newer call has taken its place
      element.play().catch(() => {});
      return;
    }
    if (Math.abs(off) > FAR * Math.max(1, rate)) this.jump(seconds);
    const nudge = Math.abs(off) < NEAR ? 1 : 1 - Math.sign(off) * NUDGE;
    if (element.playbackRate !== rate * nudge) element.playbackRate = rate * nudge;
  }

  // Also when the film's clock is a moment behind: to play on from the end would begin anew.
  isOver(seconds) {
    const { ended, duration } = this.element;
    return seconds >= duration || (ended && seconds > duration - FAR);
  }

  /** Stop where it is. */
  stop() {
    if (!this.element.paused) this.element.pause();
  }

  // while a jump is under way, only the newest other one is kept
  jump(seconds) {
    if (this.element.seeking) this.wanted = seconds;
    else this.element.currentTime = seconds;
  }

  jumpOn() {
    const { wanted } = this;
    this.wanted = null;
    if (wanted !== null && Math.abs(this.element.currentTime - wanted) > 0.001) this.element.currentTime = wanted;
  }
}
