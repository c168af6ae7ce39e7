// The film as the storyboard has it: one shot for each card, the best that there is of its scene.

const HELD = { still: 3, empty: 2 }; // seconds; a clip has its own

/** `{id, name, kind, label, poster, file, seconds}`: kind is chosen, newest (take), still or empty. */
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
    seconds: (isClip && Number(seconds)) || HELD[kind] || HELD.still,
  };
}

export class Reel {
  static ofStoryboard() {
    return new Reel([...document.querySelectorAll("#storyboard > [data-scene-card]")].map(shotOf));
  }

  constructor(shots) {
    this.shots = shots;
    this.starts = [];
    this.length = 0;
    for (const shot of shots) {
      this.starts.push(this.length);
      this.length += shot.seconds;
    }
  }

  indexOf(id) {
    return this.shots.findIndex((shot) => shot.id === id);
  }

  /** The shot at a moment of the film, and how far into it. */
  at(time) {
    const within = Math.max(0, Math.min(time, this.length));
    let index = this.starts.findLastIndex((start) => start <= within);
    // the last moment belongs to the last shot
    index = Math.max(0, Math.min(index, this.shots.length - 1));
    return { index, offset: within - (this.starts[index] ?? 0) };
  }

  /** Tells one state of the storyboard from another. */
  get signature() {
    return JSON.stringify(this.shots);
  }
}

export function timecode(seconds) {
  const whole = Math.floor(seconds + 0.05);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
