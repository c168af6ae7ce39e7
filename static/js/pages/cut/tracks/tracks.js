/** @file The tracks: one canvas for what is seen, the words over it, and the playhead. */

import { drawClips } from "./draw_clips.js";
import { drawParts, drawTakeSounds } from "./draw_parts.js";
import { Handles } from "./handles.js";
import { Labels } from "./labels.js";
import { HEIGHT, LANES } from "./lanes.js";
import { Pictures } from "./pictures.js";
import { drawRuler } from "./ruler.js";
import { Viewport } from "./viewport.js";

const COLORS = ["line", "muted", "soft", "accent", "good", "sunken", "card", "clip", "name", "veil", "wave"];
const LANE_COLORS = ["voice", "music", "effects", "captions", "titles"];

/** The lower half of the page. */
export class Tracks {
  /**
   * @param {HTMLElement} element
   * @param {import("../store.js").Store} store
   * @param {import("../player.js").Player} player
   */
  constructor(element, store, player) {
    Object.assign(this, { element, store, player });
    this.canvas = element.querySelector("canvas");
    this.surface = element.querySelector("[data-surface]"); // what stays in sight while the scroller scrolls
    this.playhead = element.querySelector("[data-playhead]");
    this.insertion = element.querySelector("[data-insertion]");
    this.labels = new Labels(this.surface, store);
    this.handles = new Handles(this.surface, store);
    this.pictures = new Pictures(() => this.redraw());
    this.request = 0;
    const scroller = element.querySelector("[data-scroller]");
    const sizer = element.querySelector("[data-sizer]");
    this.view = new Viewport(
      scroller,
      sizer,
      () => store.cut.length,
      () => this.redraw(),
    );
    this.readColors();
    store.on("cut", () => this.view.update());
    store.on("selection", () => this.redraw());
    player.addEventListener("frame", () => this.followPlayhead());
    player.addEventListener("state", () => this.redraw());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.readColors());
    this.view.update();
  }

  readColors() {
    const style = getComputedStyle(this.surface);
    // a canvas knows no light-dark(): the browser resolves it in a property of the surface
    const resolve = (name) => {
      this.playhead.style.color = `var(--track-${name})`;
      return getComputedStyle(this.playhead).color;
    };
    this.colors = Object.fromEntries([...COLORS, ...LANE_COLORS].map((name) => [name, resolve(name)]));
    this.playhead.style.removeProperty("color");
    this.colors.font = `11px ${style.fontFamily}`;
    this.redraw();
  }

  /** Draw once, with the next frame of the screen. */
  redraw() {
    this.request ||= requestAnimationFrame(() => {
      this.request = 0;
      this.draw();
    });
  }

  draw() {
    const { canvas, view, colors, store, player, pictures } = this;
    const ratio = devicePixelRatio;
    const width = Math.round(view.width * ratio);
    if (canvas.width !== width || canvas.height !== HEIGHT * ratio) {
      canvas.width = width;
      canvas.height = HEIGHT * ratio;
      canvas.style.width = `${view.width}px`;
      canvas.style.height = `${HEIGHT}px`;
    }
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, view.width, HEIGHT);
    drawRuler(context, view, { store, player, colors });
    for (const lane of LANES) {
      context.fillStyle = colors.line;
      context.fillRect(0, lane.top, view.width, 1);
      const page = { store, pictures, colors, lane };
      if (lane.id === "clips") drawClips(context, view, page);
      else if (lane.id === "takes") drawTakeSounds(context, view, page);
      else drawParts(context, view, page);
    }
    this.labels.render(view);
    this.handles.render(view);
    this.showPlayhead();
  }

  followPlayhead() {
    if (this.player.isPlaying) this.view.reveal(this.player.position, true);
    this.showPlayhead();
  }

  showPlayhead() {
    const x = Math.round(this.view.x(this.player.position));
    this.playhead.style.translate = `${x}px 0`;
    this.playhead.hidden = x < 0 || x > this.view.width;
  }

  /**
   * Show where something would be put.
   *
   * @param {number | null} frame
   */
  showInsertion(frame) {
    this.insertion.hidden = frame === null;
    if (frame !== null) this.insertion.style.translate = `${Math.round(this.view.x(frame))}px 0`;
  }
}
