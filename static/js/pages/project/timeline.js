// The film as a strip: a segment for each scene, as wide as it is long, and a head that shows and takes the moment.

import { timecode } from "./edit.js";

const PICTURES_UP_TO = 60; // scenes; of a longer film the segments are too narrow to show any

export class Timeline {
  constructor(element, seek) {
    this.element = element;
    this.segments = element.querySelector("#segments");
    this.head = element.querySelector("#playhead");
    this.tip = element.querySelector("#timeline-tip");
    this.drawn = "";
    element.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      element.setPointerCapture(event.pointerId);
      this.dragging = true;
      seek(this.timeAt(event));
    });
    element.addEventListener("pointermove", (event) => {
      if (this.dragging) seek(this.timeAt(event));
      this.tell(event);
    });
    for (const end of ["pointerup", "pointercancel"]) element.addEventListener(end, () => (this.dragging = false));
    element.addEventListener("pointerleave", () => (this.tip.hidden = true));
  }

  timeAt({ clientX }) {
    const { left, width } = this.element.getBoundingClientRect();
    return (Math.max(0, Math.min(clientX - left, width)) / width) * this.reel.length;
  }

  tell(event) {
    const time = this.timeAt(event);
    const { index } = this.reel.at(time);
    const shot = this.reel.shots[index];
    this.tip.hidden = !shot;
    if (!shot) return;
    this.tip.textContent = `${index + 1} · ${shot.name} · ${timecode(time)}`;
    const { left, width } = this.element.getBoundingClientRect();
    const half = this.tip.offsetWidth / 2;
    const middle = Math.max(half, Math.min(event.clientX - left, width - half));
    this.tip.style.translate = `${middle - half}px 0`;
  }

  draw(reel) {
    this.reel = reel;
    if (this.drawn === reel.signature) return;
    this.drawn = reel.signature;
    this.segments.replaceChildren(...reel.shots.map((shot) => segment(shot, reel.shots.length <= PICTURES_UP_TO)));
    this.element.setAttribute("aria-valuemax", reel.length.toFixed(2));
  }

  drawTime(time, words) {
    const part = this.reel.length ? time / this.reel.length : 0;
    this.element.style.setProperty("--played", part);
    const now = time.toFixed(2);
    if (this.element.getAttribute("aria-valuenow") === now) return;
    this.element.setAttribute("aria-valuenow", now);
    this.element.setAttribute("aria-valuetext", words);
  }
}

function segment(shot, withPicture) {
  const made = document.createElement("span");
  made.className = "segment";
  made.dataset.kind = shot.kind;
  made.style.flexGrow = shot.seconds;
  if (withPicture && shot.poster) {
    const picture = new Image();
    picture.loading = "lazy";
    picture.alt = "";
    picture.draggable = false;
    picture.src = shot.poster;
    made.append(picture);
  }
  return made;
}
