/** @file The edit of the film: its shots in order, one for each scene, as the cards of the storyboard have them. */

const STILL_SECONDS = 3; // of shots without a clip, as in the cut (film/timelines/resolver.py)

function shotOf(card) {
  const { sceneCard, kind, label, seconds } = card.dataset;
  const poster = card.querySelector(".well img")?.getAttribute("src") ?? "";
  const isClip = kind === "chosen" || kind === "newest";
  return {
    id: sceneCard,
    name: card.querySelector("h3").textContent,
    kind,
    label,
    poster,
    file: isClip ? poster.replace(/poster$/, "file") : "",
    seconds: (isClip && Number(seconds)) || STILL_SECONDS,
  };
}

/**
 * @typedef {object} Shot
 * @property {string} id of the scene
 * @property {string} name of the scene
 * @property {"chosen" | "newest" | "still" | "empty"} kind the best that the scene has: its chosen take, its newest
 *   take, a picture, or nothing
 * @property {string} label what is shown of the scene, in words
 * @property {string} poster address of the picture; empty if there is none
 * @property {string} file address of the clip; empty if there is none
 * @property {number} seconds
 */

/** The shots of a film, and when each begins. It never changes; after a change of the storyboard there is a new one. */
export class Edit {
  /**
   * Read the edit from the storyboard of the page.
   *
   * @returns {Edit}
   */
  static fromStoryboard() {
    return new Edit([...document.querySelectorAll("#storyboard > [data-scene-card]")].map(shotOf));
  }

  /** @param {Shot[]} shots */
  constructor(shots) {
    this.shots = shots;
    this.starts = []; // seconds into the film
    this.length = 0; // seconds
    for (const shot of shots) {
      this.starts.push(this.length);
      this.length += shot.seconds;
    }
  }

  /**
   * Find the shot of a scene.
   *
   * @param {string} id
   * @returns {number} its index, or -1
   */
  indexOf(id) {
    return this.shots.findIndex((shot) => shot.id === id);
  }

  /**
   * Find the shot at a position of the film.
   *
   * @param {number} time seconds into the film
   * @returns {{ index: number, offset: number }} the shot, and the seconds into it
   */
  at(time) {
    const position = Math.max(0, Math.min(time, this.length));
    const index = this.starts.findLastIndex((start) => start <= position);
    // the end of the film belongs to the last shot
    const valid = Math.max(0, Math.min(index, this.shots.length - 1));
    return { index: valid, offset: position - (this.starts[valid] ?? 0) };
  }

  /** A text that is the same for two edits with the same shots. */
  get signature() {
    return JSON.stringify(this.shots);
  }
}
