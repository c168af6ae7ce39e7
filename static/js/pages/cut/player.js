/** @file The clock of the film: where it stands, how it runs, and what is played because of it. */

import { itemsAt, nextAfter } from "./schedule.js";

const RATES = [1, 2, 4];
const LONGEST_TICK = 0.25; // seconds; after a longer pause of the tab the film goes on where it was

/** Plays the cut. It tells of each frame by the event "frame", of all else by "state". */
export class Player extends EventTarget {
  /**
   * @param {import("./store.js").Store} store
   * @param {{ screen: import("./screen.js").Screen, lanes: import("./sound_lanes.js").SoundLanes, mixer: import("./mixer.js").Mixer }} parts
   */
  constructor(store, { screen, lanes, mixer }) {
    super();
    Object.assign(this, { store, screen, lanes, mixer });
    this.position = 0; // frames, with a fraction
    this.rate = 0; // 0: it stands still; negative: backward
    this.until = null; // the frame before which it stops; null: it plays on
    this.loop = false;
    this.range = { in: null, out: null };
    this.isMuted = false;
    this.request = 0;
    store.on("cut", () => this.show());
  }

  /** The frame that is seen. */
  get frame() {
    return Math.max(0, Math.min(Math.floor(this.position), Math.max(0, this.length - 1)));
  }

  get length() {
    return this.store.cut.length;
  }

  get isPlaying() {
    return this.rate !== 0;
  }

  /** Where it starts over: the marked range, else the whole film. */
  get bounds() {
    const out = Math.min(this.range.out ?? this.length, this.length);
    return { first: Math.min(this.range.in ?? 0, Math.max(0, out - 1)), end: out };
  }

  /**
   * Run at a speed.
   *
   * @param {number} [rate]
   * @param {number | null} [until] the frame before which it stops
   */
  play(rate = 1, until = null) {
    if (!this.length) return;
    this.until = until;
    this.mixer.start();
    const { first, end } = this.bounds;
    if (rate > 0 && this.position >= (this.loop ? end : this.length) - 1) this.position = this.loop ? first : 0;
    this.rate = rate;
    this.last = performance.now();
    cancelAnimationFrame(this.request);
    this.tick();
    this.tell("state");
  }

  /** Stop where it is. */
  pause() {
    cancelAnimationFrame(this.request);
    this.rate = 0;
    this.position = this.frame;
    this.show();
    this.tell("state");
  }

  /** Play, or pause. */
  toggle() {
    if (this.isPlaying) this.pause();
    else this.play();
  }

  /**
   * Play in a direction; when it does already, faster.
   *
   * @param {1 | -1} direction
   */
  shuttle(direction) {
    const index = RATES.indexOf(this.rate * direction);
    this.play(direction * RATES[Math.min(index + 1, RATES.length - 1)]);
  }

  /**
   * Go to a frame.
   *
   * @param {number} frame
   */
  seek(frame) {
    this.position = Math.max(0, Math.min(Math.round(frame), Math.max(0, this.length - 1)));
    this.until = null;
    this.last = performance.now();
    this.show();
  }

  /**
   * Pause and go some frames on or back.
   *
   * @param {number} frames
   */
  step(frames) {
    if (this.isPlaying) this.pause();
    this.seek(this.frame + frames);
  }

  /**
   * Mark where the range begins or ends.
   *
   * @param {{ in?: number | null, out?: number | null }} changes
   */
  mark(changes) {
    const range = { ...this.range, ...changes };
    // a mark beyond the other one begins a new range
    if (range.in !== null && range.out !== null && range.in >= range.out) {
      if ("in" in changes) range.out = null;
      else range.in = null;
    }
    this.range = range;
    this.tell("state");
  }

  /**
   * Change how it plays.
   *
   * @param {{ loop?: boolean, isMuted?: boolean }} changes
   */
  set(changes) {
    Object.assign(this, changes);
    this.show();
    this.tell("state");
  }

  tick() {
    const now = performance.now();
    const seconds = Math.min((now - this.last) / 1000, LONGEST_TICK);
    this.last = now;
    // while a picture is loading the clock waits for it
    if (!this.screen.isWaiting) this.position += seconds * this.store.rate.fps * this.rate;
    if (!this.turn()) return;
    this.show();
    this.mixer.follow();
    this.request = requestAnimationFrame(() => this.tick());
  }

  // Start over or stop at the end. Return whether the film goes on.
  turn() {
    const { first, end } = this.bounds;
    const [low, high] = this.loop && !this.until ? [first, end] : [0, Math.min(this.until ?? this.length, this.length)];
    if (this.rate > 0 ? this.position < high : this.position > low) return true;
    if (this.loop && !this.until) {
      this.position = this.rate > 0 ? first : end - 1;
      return true;
    }
    this.position = this.rate > 0 ? high - 1 : low;
    this.pause();
    return false;
  }

  show() {
    const forward = Math.max(0, this.rate);
    const at = forward ? this.position : this.frame;
    // half a frame further, a file of any rate shows the frame and not the one before
    const items = itemsAt(this.store, at).map((item) => (forward ? item : centered(item, this.store.rate)));
    const isSilent = this.isMuted || this.mixer.mutedLanes.has("takes");
    this.screen.show(items, nextAfter(this.store, at), { rate: forward, isSilent });
    this.lanes.play(at, this.isMuted ? 0 : forward);
    this.tell("frame");
  }

  tell(type) {
    this.dispatchEvent(new Event(type));
  }
}

const centered = (item, rate) => ({ ...item, seconds: item.seconds + 0.5 / rate.fps });
