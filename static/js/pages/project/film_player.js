/**
 * @file The player of the film: the shots of the edit, one after another, on the screen. It follows the storyboard
 * while it plays; what is playing goes on to its end.
 */

import { Edit } from "./edit.js";
import { FilmScreen } from "./film_screen.js";

const RATES = [1, 2, 4];
const BACKWARD_INTERVAL = 80; // milliseconds
const AT_END = 0.05; // seconds before the end within which "play" starts over
const MUTED_KEY = "film muted";

/** What is shown of the film, whether it plays, and how. */
export class FilmPlayer {
  /**
   * @param {HTMLElement} stage with two videos, see FilmScreen
   * @param {string} projectId
   * @param {() => void} onChange is called when anything but the position has changed
   */
  constructor(stage, projectId, onChange) {
    this.stateKey = `film ${projectId}`;
    this.onChange = onChange;
    this.edit = Edit.fromStoryboard();
    this.screen = new FilmScreen(stage, () => this.handleShotEnd());
    this.index = 0; // of the shot
    this.backwardTimer = 0; // is set while the film runs backward
    this.backwardRate = 1;
    this.loop = false;
    this.muted = false;
  }

  /** Restore what this tab showed before it was loaded again, and whether the user has muted films. */
  restore() {
    const { time = 0, loop = false } = JSON.parse(sessionStorage.getItem(this.stateKey) ?? "{}");
    this.loop = loop;
    this.muted = localStorage.getItem(MUTED_KEY) === "1";
    this.screen.muted = this.muted;
    const { index, offset } = this.edit.at(time < this.edit.length ? time : 0);
    this.index = index;
    if (this.shot) this.screen.cue(this.shot, offset);
    this.onChange();
  }

  /** Keep the position and the loop for the next load of this tab. */
  save() {
    sessionStorage.setItem(this.stateKey, JSON.stringify({ time: this.time, loop: this.loop }));
  }

  /** The current shot; undefined in a film without scenes. */
  get shot() {
    return this.edit.shots[this.index];
  }

  /** Seconds into the film. */
  get time() {
    const start = this.edit.starts[this.index] ?? 0;
    // the screen may still show a clip that its scene has replaced since by a shorter one
    return start + Math.min(this.screen.offset, this.shot?.seconds ?? 0);
  }

  /** Whether the film runs, forward or backward. */
  get playing() {
    return this.screen.playing || Boolean(this.backwardTimer);
  }

  /** The speed: 1 is normal, a negative one runs backward. */
  get rate() {
    return this.backwardTimer ? -this.backwardRate : this.screen.rate;
  }

  /** Play forward; from the end, start over. */
  play() {
    this.stopBackward();
    if (!this.shot) return;
    const atEnd = this.index === this.edit.shots.length - 1 && this.time >= this.edit.length - AT_END;
    this.screen.play();
    if (atEnd) this.showShot(0);
    this.prepareNext();
    this.onChange();
  }

  /** Stop where it is. */
  pause() {
    this.stopBackward();
    this.screen.setRate(1);
    this.screen.pause();
    this.save();
    this.onChange();
  }

  /** Play, or pause. */
  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  /**
   * Go to a shot.
   *
   * @param {number} index beyond the film it is the first or last one
   * @param {number} [offset] seconds into it
   */
  showShot(index, offset = 0) {
    this.index = Math.max(0, Math.min(index, this.edit.shots.length - 1));
    if (!this.shot) return;
    this.screen.show(this.shot, Math.min(offset, this.shot.seconds)).then(() => this.onChange());
    this.prepareNext();
    this.onChange();
  }

  /** Go to the shot before; after its first second, to the begin of this one. */
  showPrevious() {
    this.showShot(this.screen.offset > 1 ? this.index : this.index - 1);
  }

  /** Go to the next shot. */
  showNext() {
    this.showShot(this.index + 1);
  }

  /**
   * Go to a position.
   *
   * @param {number} time seconds into the film
   */
  seek(time) {
    const { index, offset } = this.edit.at(time);
    this.showShot(index, offset);
    this.save();
  }

  /**
   * Pause and go a little forward or back.
   *
   * @param {number} seconds
   */
  step(seconds) {
    this.pause();
    this.seek(this.time + seconds);
  }

  /** Play, or play faster. */
  faster() {
    const nextRate = RATES[Math.min(RATES.indexOf(this.screen.rate) + 1, RATES.length - 1)];
    const wasPlaying = this.screen.playing;
    this.play();
    this.screen.setRate(wasPlaying ? nextRate : 1);
    this.onChange();
  }

  /** Run backward, or faster backward. Browsers cannot do that, so the position is put back many times a second. */
  rewind() {
    const rate = this.backwardTimer ? Math.min(this.backwardRate * 2, RATES.at(-1)) : 1;
    this.pause();
    this.backwardRate = rate;
    this.backwardTimer = setInterval(() => {
      const time = this.time - (rate * BACKWARD_INTERVAL) / 1000;
      if (this.screen.loading === null || !this.screen.isClip) this.seek(Math.max(0, time));
      if (time <= 0) this.pause();
    }, BACKWARD_INTERVAL);
    this.onChange();
  }

  stopBackward() {
    clearInterval(this.backwardTimer);
    this.backwardTimer = 0;
  }

  handleShotEnd() {
    const isLast = this.index >= this.edit.shots.length - 1;
    if (!isLast) this.showNext();
    else if (this.loop) this.showShot(0);
    else this.pause();
  }

  prepareNext() {
    const next = this.edit.shots[this.index + 1] ?? (this.loop ? this.edit.shots[0] : undefined);
    if (this.screen.playing && next && next !== this.shot) this.screen.prepare(next);
  }

  /** Read the storyboard again, after other clips, another order, or scenes more or fewer. */
  reload() {
    const edit = Edit.fromStoryboard();
    if (edit.signature !== this.edit.signature) this.setEdit(edit);
    this.onChange();
  }

  setEdit(edit) {
    const [before, { offset }] = [this.shot, this.screen];
    const index = edit.indexOf(before?.id);
    this.edit = edit;
    this.index = index < 0 ? Math.min(this.index, edit.shots.length - 1) : index;
    const isSame = JSON.stringify(this.shot) === JSON.stringify(before);
    // a film that stands still shows the new shot at once
    if (!this.playing && this.shot && !isSame) {
      this.screen.cue(this.shot, index < 0 ? 0 : Math.min(offset, this.shot.seconds));
    } else this.prepareNext();
  }

  /** Start over at the end of the film, or stop there. */
  toggleLoop() {
    this.loop = !this.loop;
    this.save();
    this.onChange();
  }

  /** Turn the sound off or on, for all films in this browser. */
  toggleMuted() {
    this.muted = !this.muted;
    this.screen.muted = this.muted;
    localStorage.setItem(MUTED_KEY, this.muted ? "1" : "0");
    this.onChange();
  }
}
