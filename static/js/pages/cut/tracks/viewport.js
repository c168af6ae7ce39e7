/** @file Which part of the film the tracks show: from where, and how many pixels a frame has. */

const LARGEST = 24; // pixels a frame
const ROOM = 120; // pixels behind the end of the film
const STEP = 1.35; // of one press of + or −

/** The window of the tracks on the film. */
export class Viewport {
  /**
   * @param {HTMLElement} scroller
   * @param {HTMLElement} sizer gives it the width of the film
   * @param {() => number} length frames of the film
   * @param {() => void} onChange
   */
  constructor(scroller, sizer, length, onChange) {
    Object.assign(this, { scroller, sizer, length, onChange });
    this.scale = 1; // pixels a frame
    this.width = scroller.clientWidth;
    this.left = 0;
    this.isFitted = true; // it shows the whole film until somebody zooms, or edits make it longer
    this.fitted = 0; // the length of the film that fitted
    scroller.addEventListener("scroll", () => {
      this.left = scroller.scrollLeft;
      onChange();
    });
    new ResizeObserver(() => this.resize()).observe(scroller);
  }

  resize() {
    this.width = this.scroller.clientWidth;
    if (this.isFitted) this.fitScale();
    this.update();
  }

  /** Take over the length of the film, after an edit or a zoom. The scale stays: nothing moves under a drag. */
  update() {
    if (this.isFitted && !this.fitted) this.fitScale();
    this.stretch();
    this.left = this.scroller.scrollLeft;
    this.onChange();
  }

  stretch() {
    const film = this.length() * this.scale;
    const width = `${Math.ceil(Math.max(this.width, film + (film < this.width ? 0 : ROOM)))}px`;
    if (this.sizer.style.width !== width) this.sizer.style.width = width;
  }

  fitScale() {
    this.scale = this.fittingScale;
    this.fitted = this.length();
  }

  get fittingScale() {
    return Math.min(LARGEST, Math.max(1, this.width - 24) / Math.max(1, this.length()));
  }

  /** @param {number} frame @returns {number} pixels from the left of what is seen */
  x(frame) {
    return frame * this.scale - this.left;
  }

  /** @param {number} x pixels from the left of what is seen @returns {number} */
  frameAt(x) {
    return Math.max(0, (x + this.left) / this.scale);
  }

  /** The frames that are seen. */
  get range() {
    return { first: Math.floor(this.frameAt(0)), last: Math.ceil(this.frameAt(this.width)) };
  }

  /** Show the whole film. */
  fit() {
    this.isFitted = true;
    this.fitScale();
    this.scroller.scrollLeft = 0;
    this.update();
  }

  /**
   * Zoom, and keep a frame where it is seen.
   *
   * @param {number} steps positive: closer
   * @param {number} frame
   */
  zoom(steps, frame) {
    const smallest = Math.min(this.fittingScale, LARGEST);
    const scale = Math.max(smallest, Math.min(LARGEST, this.scale * STEP ** steps));
    if (scale === this.scale) return;
    const x = Math.max(0, Math.min(this.x(frame), this.width));
    this.isFitted = scale <= this.fittingScale;
    this.scale = scale;
    this.stretch();
    this.scrollTo(frame * scale - x);
  }

  /**
   * Scroll so that a frame is seen.
   *
   * @param {number} frame
   * @param {boolean} [isPaged] like a page of a book: the frame comes to the left
   */
  reveal(frame, isPaged = false) {
    const x = this.x(frame);
    if (x >= 0 && x <= this.width - 8) return;
    this.scrollTo(frame * this.scale - (isPaged ? 16 : this.width / 3));
  }

  scrollTo(left) {
    this.scroller.scrollLeft = left;
    this.left = this.scroller.scrollLeft;
    this.onChange();
  }
}
