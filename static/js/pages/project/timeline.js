/** @file The timeline under the film: a segment for each shot, as wide as it is long, and the playhead. */

import { formatPosition } from "../../lib/timecode.js";

const MAX_PICTURES = 60; // shots; in a longer film the segments are too narrow for pictures

/** A slider over the length of the film. */
export class Timeline {
  /**
   * @param {HTMLElement} element
   * @param {(time: number) => void} onSeek is called with seconds into the film
   */
  constructor(element, onSeek) {
    this.element = element;
    this.segments = element.querySelector("#segments");
    this.tip = element.querySelector("#timeline-tip");
    this.signature = ""; // of the edit that is shown
    element.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      element.setPointerCapture(event.pointerId);
      this.dragging = true;
      onSeek(this.timeAt(event));
    });
    element.addEventListener("pointermove", (event) => {
      if (this.dragging) onSeek(this.timeAt(event));
      this.showTip(event);
    });
    for (const type of ["pointerup", "pointercancel"]) element.addEventListener(type, () => (this.dragging = false));
    element.addEventListener("pointerleave", () => (this.tip.hidden = true));
  }

  timeAt({ clientX }) {
    const { left, width } = this.element.getBoundingClientRect();
    return (Math.max(0, Math.min(clientX - left, width)) / width) * this.edit.length;
  }

  showTip(event) {
    const time = this.timeAt(event);
    const { index } = this.edit.at(time);
    const shot = this.edit.shots[index];
    this.tip.hidden = !shot;
    if (!shot) return;
    this.tip.textContent = `${index + 1} · ${shot.name} · ${formatPosition(time)}`;
    const { left, width } = this.element.getBoundingClientRect();
    const half = this.tip.offsetWidth / 2;
    const middle = Math.max(half, Math.min(event.clientX - left, width - half));
    this.tip.style.translate = `${middle - half}px 0`;
  }

  /**
   * Show an edit.
   *
   * @param {import("./edit.js").Edit} edit
   */
  setEdit(edit) {
    this.edit = edit;
    if (this.signature === edit.signature) return;
    this.signature = edit.signature;
    const withPictures = edit.shots.length <= MAX_PICTURES;
    this.segments.replaceChildren(...edit.shots.map((shot) => renderSegment(shot, withPictures)));
    this.element.setAttribute("aria-valuemax", edit.length.toFixed(2));
  }

  /**
   * Move the playhead.
   *
   * @param {number} time seconds into the film
   * @param {string} text the position in words, for screen readers
   */
  setTime(time, text) {
    this.element.style.setProperty("--played", this.edit.length ? time / this.edit.length : 0);
    const value = time.toFixed(2);
    if (this.element.getAttribute("aria-valuenow") === value) return;
    this.element.setAttribute("aria-valuenow", value);
    this.element.setAttribute("aria-valuetext", text);
  }
}

function renderSegment({ kind, seconds, poster }, withPicture) {
  const segment = document.createElement("span");
  segment.className = "segment";
  segment.dataset.kind = kind;
  segment.style.flexGrow = seconds;
  if (withPicture && poster) {
    const picture = new Image();
    picture.loading = "lazy";
    picture.alt = "";
    picture.draggable = false;
    picture.src = poster;
    segment.append(picture);
  }
  return segment;
}
