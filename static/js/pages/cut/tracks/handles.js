/**
 * @file The two handles at the ends of what is selected, by which a finger trims. They lie outside of it, so that also a
 * short clip can be taken hold of; a mouse needs none.
 */

import { findPart } from "../part_edits.js";
import { LANES, partEnd } from "./lanes.js";

const SIZE = 28; // pixels, as in track_surface.css

/** The handles. */
export class Handles {
  /**
   * @param {HTMLElement} surface
   * @param {import("../store.js").Store} store
   */
  constructor(surface, store) {
    this.store = store;
    this.elements = [...surface.querySelectorAll("[data-edge]")];
  }

  /** What they trim: the one part that is selected, unless it is a marker. */
  get trimmed() {
    const { store } = this;
    const found = store.mayChange && store.selection.size === 1 ? findPart(store.cut, store.active ?? "") : null;
    if (!found || found.list === "markers") return null;
    const lane = LANES.find(({ list, id }) => list === found.list && (list !== "sounds" || id === found.part.lane));
    return { ...found, lane };
  }

  /**
   * Put them at their places.
   *
   * @param {import("./viewport.js").Viewport} view
   */
  render(view) {
    const { trimmed } = this;
    for (const element of this.elements) {
      element.hidden = !trimmed;
      if (trimmed) this.place(element, trimmed, view);
    }
  }

  place(element, { part, lane }, view) {
    const isStart = element.dataset.edge === "start";
    const x = isStart ? view.x(part.start) - SIZE : view.x(partEnd(part));
    // those of the first and the last clip stay in sight
    const near = isStart ? Math.max(x, Math.min(0, x + SIZE)) : Math.min(x, Math.max(view.width - SIZE, x - SIZE));
    element.style.translate = `${near}px ${lane.top}px`;
    element.style.height = `${Math.max(lane.height, SIZE)}px`;
  }
}
