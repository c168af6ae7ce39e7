/** @file Frames a second, time code, and seconds, as the server counts them (film/document/rate.py). */

const TOLERANCE = 0.1; // a frame that is there to nine tenths is a frame
const pad = (number) => String(number).padStart(2, "0");

/** The rate of a cut. */
export class Rate {
  /** @param {string} name "24", "24000/1001" */
  constructor(name) {
    const [frames, seconds = 1] = name.split("/").map(Number);
    this.name = name;
    this.fps = frames / seconds;
    this.nominal = Math.round(this.fps); // what time code counts in a second
  }

  /**
   * Count the whole frames in a time.
   *
   * @param {number} seconds
   * @returns {number} at least one for any time above zero
   */
  frames(seconds) {
    const exact = seconds * this.fps;
    return Math.max(Math.floor(exact + TOLERANCE), exact > 0 ? 1 : 0);
  }

  /**
   * Format a frame as 00:00:05:00, without dropping numbers.
   *
   * @param {number} frame
   * @returns {string}
   */
  timecode(frame) {
    const whole = Math.max(0, Math.floor(frame));
    const seconds = Math.floor(whole / this.nominal);
    const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60, whole % this.nominal];
    return parts.map(pad).join(":");
  }

  /**
   * Read a time code as a person types it: "1:02:03:04", "5:12" (seconds and frames), "12" (frames).
   *
   * @param {string} text
   * @returns {number | null} frames; null for what is no time code
   */
  parse(text) {
    const parts = text.trim().split(/[:;.]/u);
    if (parts.length > 4 || !parts.every((part) => /^\d{1,6}$/u.test(part))) return null;
    const [frames, seconds = 0, minutes = 0, hours = 0] = parts.map(Number).toReversed();
    return ((hours * 60 + minutes) * 60 + seconds) * this.nominal + frames;
  }
}
