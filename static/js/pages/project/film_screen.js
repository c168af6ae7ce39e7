/**
 * @file The screen on which the film is shown: two video elements that take turns, so that the next clip is ready while
 * one plays, and over them a picture for stills and a card for scenes that have nothing yet.
 */

import { gettext } from "../../lib/words.js";

const POSTER_DELAY = 90; // milliseconds; a clip that is there sooner needs no picture first
const SPINNER_DELAY = 700; // milliseconds
const LARGE = "?width=1280";

/** @typedef {import("./edit.js").Shot} Shot */

/** Shows one shot after another. A shot without a clip is held: it "plays" by a timer. */
export class FilmScreen {
  /**
   * @param {HTMLElement} stage it gets the event "refused" when the browser does not allow to play
   * @param {() => void} onEnded is called when a shot has played to its end
   */
  constructor(stage, onEnded) {
    this.stage = stage;
    this.onEnded = onEnded;
    this.videos = [...stage.querySelectorAll("video")];
    this.still = stage.querySelector("#film-still");
    this.card = stage.querySelector("#film-card");
    this.spinner = stage.querySelector("#film-wait");
    [this.front, this.back] = this.videos; // front: the one that is seen
    this.request = 0; // number of the newest call of show(); what an older one has loaded is dropped
    this.rate = 1;
    this.playing = false;
    this.held = null; // {offset, since} of a shot without a clip; since is null while it is paused
    this.loading = null; // offset in a clip that is not there yet
    this.next = null; // the shot to have ready
    this.cued = false; // only the picture of the shot is shown, its clip was not fetched
    for (const video of this.videos) {
      video.addEventListener("ended", () => video === this.front && this.isClip && this.playing && this.onEnded());
    }
  }

  /** Whether the shot has a clip that can be played. */
  get isClip() {
    return Boolean(this.shot?.file) && !this.broken;
  }

  /** Seconds into the shot. */
  get offset() {
    if (this.loading !== null) return this.loading;
    if (this.isClip) return this.front.currentTime;
    if (!this.held) return 0;
    const { offset, since } = this.held;
    const played = since === null ? 0 : ((performance.now() - since) / 1000) * this.rate;
    return Math.min(this.shot.seconds, offset + played);
  }

  set muted(muted) {
    for (const video of this.videos) video.muted = muted;
  }

  /**
   * Set the speed.
   *
   * @param {number} rate 1 is normal
   */
  setRate(rate) {
    if (this.held) this.hold(this.offset);
    this.rate = rate;
    for (const video of this.videos) video.playbackRate = rate;
    if (this.held && this.playing) this.runHeld();
  }

  /**
   * Show a shot, and play it if the screen is playing.
   *
   * @param {Shot} shot
   * @param {number} [offset] seconds into it
   */
  async show(shot, offset = 0) {
    const request = ++this.request;
    const isNewest = () => request === this.request;
    const isOther = shot.poster !== this.shot?.poster || shot.kind !== this.shot?.kind;
    this.shot = shot;
    this.broken = this.cued = false;
    clearTimeout(this.timer);
    if (!shot.file) {
      this.showHeld(shot, offset);
      return;
    }
    this.held = null;
    this.loading = offset;
    const video = this.front.dataset.file === shot.file ? this.front : this.back;
    if (video === this.back) this.front.pause();
    load(video, shot.file);
    const poster = isOther && setTimeout(() => isNewest() && this.cover(shot), this.isCovered ? 0 : POSTER_DELAY);
    const spinner = setTimeout(() => isNewest() && (this.spinner.hidden = false), SPINNER_DELAY);
    const loaded = await seek(video, offset);
    clearTimeout(poster);
    clearTimeout(spinner);
    if (!isNewest()) return;
    this.loading = null;
    this.spinner.hidden = true;
    if (loaded) this.uncover(video);
    else this.giveUp(shot);
  }

  /**
   * Show the picture of a shot. Its clip is fetched when it is played.
   *
   * @param {Shot} shot
   * @param {number} [offset] seconds into it
   */
  cue(shot, offset = 0) {
    this.request += 1;
    this.shot = shot;
    this.broken = false;
    this.cued = Boolean(shot.file);
    this.held = null;
    this.loading = null;
    this.cover(shot);
    if (shot.file) this.loading = offset;
    else this.hold(offset);
  }

  /**
   * Load a shot behind the one that is seen, as soon as that is there.
   *
   * @param {Shot} [shot]
   */
  prepare(shot) {
    this.next = shot;
    if (this.loading !== null || !shot) return;
    if (shot.poster && !shot.file) new Image().src = shot.poster + LARGE;
    if (shot.file && this.front.dataset.file !== shot.file) load(this.back, shot.file);
  }

  /** Play from here on, also the shots that are shown next. */
  play() {
    this.playing = true;
    if (this.cued) this.show(this.shot, this.offset);
    else if (this.isClip) this.run(this.front);
    else if (this.held) this.runHeld();
  }

  /** Stop where it is. */
  pause() {
    if (this.held) this.hold(this.offset);
    this.playing = false;
    clearTimeout(this.timer);
    for (const video of this.videos) video.pause();
  }

  run(video) {
    if (this.loading !== null) return;
    video.playbackRate = this.rate;
    // other errors mean that a newer call has interrupted this one
    video.play().catch((error) => error.name === "NotAllowedError" && this.stage.dispatchEvent(new Event("refused")));
  }

  uncover(video) {
    if (video !== this.front) [this.front, this.back] = [this.back, this.front];
    this.front.classList.add("front");
    this.back.classList.remove("front");
    this.back.pause();
    this.still.hidden = this.card.hidden = true;
    if (!this.playing) return;
    this.run(this.front);
    this.prepare(this.next);
  }

  get isCovered() {
    return !this.still.hidden || !this.card.hidden;
  }

  cover({ name, poster }, reason = gettext("Nothing to show yet")) {
    this.still.hidden = !poster;
    this.card.hidden = Boolean(poster);
    const large = poster + LARGE;
    if (poster && this.still.getAttribute("src") !== large) this.still.src = large;
    this.card.querySelector(".film-card-name").textContent = name;
    this.card.querySelector(".film-card-why").textContent = reason;
  }

  showHeld(shot, offset) {
    this.loading = null;
    this.spinner.hidden = true;
    for (const video of this.videos) video.pause();
    this.cover(shot);
    this.hold(offset);
    if (this.playing) this.runHeld();
  }

  hold(offset) {
    clearTimeout(this.timer);
    this.held = { offset, since: null };
  }

  runHeld() {
    const { offset } = this;
    this.held = { offset, since: performance.now() };
    clearTimeout(this.timer);
    this.timer = setTimeout(this.onEnded, (1000 * (this.shot.seconds - offset)) / this.rate);
  }

  // A clip that cannot be played is held like a scene without one, and the film goes on.
  giveUp(shot) {
    this.broken = true;
    this.cover({ ...shot, poster: "" }, gettext("This clip can't be played"));
    this.hold(0);
    if (this.playing) this.runHeld();
  }
}

function load(video, file) {
  if (video.dataset.file === file) return;
  video.dataset.file = file;
  video.src = file;
  video.preload = "auto";
}

// Resolve when the frame at the offset can be seen: true, or false if the clip cannot be played.
function seek(video, offset) {
  return new Promise((resolve) => {
    const listening = new AbortController();
    const settle = (loaded) => {
      listening.abort();
      resolve(loaded);
    };
    const check = () => {
      if (video.error) settle(false);
      else if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && !video.seeking) settle(true);
    };
    for (const type of ["loadeddata", "canplay", "seeked", "error"]) {
      video.addEventListener(type, check, { signal: listening.signal });
    }
    if (Math.abs(video.currentTime - offset) > 0.001) video.currentTime = offset;
    check();
  });
}
