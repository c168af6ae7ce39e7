/** @file The pointer on the tracks: what it is over, and which drag begins there. */

import { newId } from "../clips.js";
import { splitClip } from "../edits.js";
import { splitSound } from "../part_edits.js";
import { OrderDrag, ScrubDrag, partDrag, trimDrag } from "./drags.js";
import { RULER, laneAt, partEnd, partsIn } from "./lanes.js";

const EDGE = 7; // pixels at each side of a clip that trim it
const CLICK = 4; // pixels; a shorter way is a click
const SCROLL_EDGE = 36; // pixels from the sides, where a drag scrolls

/** Follows the pointer. */
export class Gestures {
  /** @param {{ store: object, player: object, tracks: object }} page */
  constructor(page) {
    this.page = page;
    this.surface = page.tracks.surface;
    this.drag = null;
    this.surface.addEventListener("pointerdown", (event) => this.begin(event));
    this.surface.addEventListener("pointermove", (event) => this.move(event));
    this.surface.addEventListener("pointerup", (event) => this.end(event));
    this.surface.addEventListener("pointercancel", () => this.cancel());
    this.surface.addEventListener("wheel", (event) => this.zoom(event), { passive: false });
    this.surface.addEventListener("dblclick", (event) => this.seek(event));
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.cancel());
  }

  /**
   * Where an event is on the tracks.
   *
   * @param {{ clientX: number, clientY: number, altKey?: boolean }} event
   * @returns {{ x: number, y: number, frame: number, alt: boolean, at: [number, number] }} `at`: in the window
   */
  pointOf({ clientX, clientY, altKey = false }) {
    const { left, top } = this.surface.getBoundingClientRect();
    const [x, y] = [clientX - left, clientY - top];
    return { x, y, frame: this.page.tracks.view.frameAt(x), alt: altKey, at: [clientX, clientY] };
  }

  /**
   * What is at a point.
   *
   * @param {{ x: number, y: number, frame: number }} point
   * @returns {{ lane: object, part: object, index: number, edge: "start" | "end" | null } | null}
   */
  hit({ x, y, frame }) {
    const { store, tracks } = this.page;
    const { view } = tracks;
    if (y < RULER) {
      const index = store.cut.markers.findLastIndex(({ at }) => Math.abs(view.x(at) - x) <= 6);
      return index >= 0 && y > RULER - 15 ? { lane: null, part: store.cut.markers[index], index, edge: null } : null;
    }
    const lane = laneAt(y);
    const range = { first: frame - EDGE / view.scale, last: frame + EDGE / view.scale };
    const found = lane ? partsIn(store.cut, lane, range).toReversed() : [];
    const under = found.find(({ part }) => frame >= part.start && frame < partEnd(part));
    if (!under) return null;
    return { lane, ...under, edge: this.edgeOf(under.part, x) };
  }

  edgeOf(part, x) {
    const { view } = this.page.tracks;
    const [left, right] = [view.x(part.start), view.x(partEnd(part))];
    const near = Math.min(EDGE, (right - left) / 4);
    if (x - left < near) return "start";
    return right - x < near ? "end" : null;
  }

  begin(event) {
    if (event.button || this.drag) return;
    const point = this.pointOf(event);
    const { edge } = event.target.dataset;
    const hit = edge ? { ...this.page.tracks.handles.trimmed, edge } : this.hit(point);
    this.from = { ...point, pointer: event.pointerId };
    if (point.y < RULER && !hit) this.start(event, new ScrubDrag(this.page));
    else if (!hit) this.page.store.select([]);
    else if (this.page.store.tool === "razor" && hit.lane) this.split(hit, point);
    else this.press(event, hit, point);
  }

  press(event, hit, point) {
    const { store } = this.page;
    this.laneElement(hit)?.focus({ preventScroll: true });
    this.select(hit, event);
    // a finger scrolls the tracks and selects; only by the handles it trims
    const isTrimming = Boolean(event.target.dataset.edge);
    if (!store.mayChange || (event.pointerType === "touch" && !isTrimming)) return;
    const isClip = hit.lane?.list === "clips";
    this.waiting = () => {
      if (!isClip) return partDrag(this.page, hit, point);
      return hit.edge ? trimDrag(this.page, hit, point) : new OrderDrag(this.page);
    };
    this.surface.setPointerCapture(event.pointerId);
  }

  laneElement({ lane }) {
    const id = lane?.list === "clips" ? "clips" : lane?.id;
    return this.surface.querySelector(`[data-lane="${id}"]`);
  }

  select({ part, lane }, { ctrlKey, metaKey, shiftKey }) {
    const { store } = this.page;
    const ids = new Set(store.selection);
    if (shiftKey && lane?.list === "clips") {
      const index = (id) => store.cut.clips.findIndex((clip) => clip.id === id);
      const [from, to] = [index(store.active), index(part.id)].toSorted((a, b) => a - b);
      for (const { id } of store.cut.clips.slice(Math.max(0, from), to + 1)) ids.add(id);
    } else if (ctrlKey || metaKey) {
      if (!ids.delete(part.id)) ids.add(part.id);
    } else if (!ids.has(part.id)) {
      ids.clear();
      ids.add(part.id);
    } else this.single = part.id;
    store.select(ids, part.id);
  }

  split({ lane, part }, { frame }) {
    const [at, rightId] = [Math.round(frame), newId()];
    const split = lane.list === "clips" ? splitClip : splitSound;
    this.page.store.edit((cut) => split(cut, part.id, at, rightId));
  }

  start(event, drag) {
    this.drag = drag;
    this.surface.setPointerCapture(event.pointerId);
    drag.move(this.pointOf(event));
  }

  move(event) {
    const point = this.pointOf(event);
    if (this.waiting && Math.abs(point.x - this.from.x) + Math.abs(point.y - this.from.y) > CLICK) {
      this.drag = this.waiting();
      this.waiting = this.single = null;
    }
    if (!this.drag) this.showCursor(point);
    else {
      this.scrollAt(point);
      this.drag.move(point);
    }
  }

  scrollAt({ x }) {
    const { view } = this.page.tracks;
    if (x < SCROLL_EDGE) view.scrollTo(view.left - SCROLL_EDGE + x);
    else if (x > view.width - SCROLL_EDGE) view.scrollTo(view.left + x - view.width + SCROLL_EDGE);
  }

  showCursor(point) {
    const hit = this.hit(point);
    const isRazor = this.page.store.tool === "razor" && hit?.lane;
    this.surface.dataset.over = isRazor ? "razor" : (hit?.edge ?? (hit ? "part" : ""));
  }

  end() {
    const { drag, single } = this;
    this.drag = this.waiting = this.single = null;
    drag?.end();
    // a click on one of several that are selected selects that one
    if (!drag && single) this.page.store.select([single]);
  }

  cancel() {
    this.drag?.cancel();
    this.drag = this.waiting = this.single = null;
  }

  zoom(event) {
    const { view } = this.page.tracks;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      view.zoom(event.deltaY < 0 ? 1 : -1, this.pointOf(event).frame);
    } else if (event.deltaY && !event.deltaX) {
      // nothing scrolls upright here, so a plain wheel scrolls along
      event.preventDefault();
      view.scrollTo(view.left + event.deltaY);
    }
  }

  seek(event) {
    const point = this.pointOf(event);
    if (this.hit(point)?.lane) this.page.player.seek(Math.floor(point.frame));
  }
}
