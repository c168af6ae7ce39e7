// The player of a project: all scenes in order as one film. What it shows is read from the storyboard's cards, so that
// it changes with them; what is playing is not stopped by that.

import { bind } from "../../lib/keyboard.js";
import { Reel, timecode } from "./edit.js";
import { Screen } from "./film_screen.js";
import { Timeline } from "./timeline.js";

const FRAME = 1 / 24;
const RATES = [1, 2, 4];
const BACKWARD_EVERY = 80; // milliseconds
const IDLE_AFTER = 2500;

class Film {
  constructor(element) {
    this.element = element;
    this.memory = `film ${element.dataset.project}`;
    this.reel = Reel.ofStoryboard();
    this.screen = new Screen(element.querySelector("#film-stage"), () => this.shotEnded());
    this.timeline = new Timeline(element.querySelector("#timeline"), (time) => this.seek(time));
    this.backward = 0; // a timer, while the film runs that way
    this.loop = false;
    this.remember();
    this.draw();
  }

  /** What the tab knew before it was loaded again. */
  remember() {
    const { time = 0, loop = false } = JSON.parse(sessionStorage.getItem(this.memory) ?? "{}");
    this.setLoop(loop);
    this.setMuted(localStorage.getItem("film muted") === "1");
    const { index, offset } = this.reel.at(time < this.reel.length ? time : 0);
    this.index = index;
    if (this.shot) this.screen.cue(this.shot, offset);
  }

  get shot() {
    return this.reel.shots[this.index];
  }

  get time() {
    // by what is seen: its scene may have got another clip since, of another length
    const start = this.reel.starts[this.index] ?? 0;
    return start + Math.min(this.screen.offset, this.shot?.seconds ?? 0);
  }

  get playing() {
    return this.screen.playing || Boolean(this.backward);
  }

  play() {
    this.stopBackward();
    if (!this.shot) return;
    const atEnd = this.index === this.reel.shots.length - 1 && this.time >= this.reel.length - 0.05;
    this.screen.play();
    if (atEnd) this.go(0);
    this.prepareNext();
    this.draw();
    this.tick();
  }

  pause() {
    this.stopBackward();
    this.screen.setRate(1);
    this.screen.pause();
    this.keep();
    this.draw();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  go(index, offset = 0) {
    this.index = Math.max(0, Math.min(index, this.reel.shots.length - 1));
    if (!this.shot) return;
    this.screen.show(this.shot, Math.min(offset, this.shot.seconds)).then(() => this.draw());
    this.prepareNext();
    this.draw();
  }

  seek(time) {
    const { index, offset } = this.reel.at(time);
    this.go(index, offset);
    this.keep();
  }

  step(seconds) {
    this.pause();
    this.seek(this.time + seconds);
  }

  /** L again and again: faster. */
  faster() {
    const next = RATES[Math.min(RATES.indexOf(this.screen.rate) + 1, RATES.length - 1)];
    const wasPlaying = this.screen.playing;
    this.play();
    this.screen.setRate(wasPlaying ? next : 1);
    this.draw();
  }

  /** J: no browser plays backward, so the film is put back a little, many times a second. */
  rewind() {
    const rate = this.backward ? Math.min(this.backwardRate * 2, 4) : 1;
    this.pause();
    this.backwardRate = rate;
    this.backward = setInterval(() => {
      const time = this.time - (rate * BACKWARD_EVERY) / 1000;
      if (this.screen.loading === null || !this.screen.isClip) this.seek(Math.max(0, time));
      if (time <= 0) this.pause();
    }, BACKWARD_EVERY);
    this.draw();
    this.tick();
  }

  stopBackward() {
    clearInterval(this.backward);
    this.backward = 0;
  }

  shotEnded() {
    const last = this.index >= this.reel.shots.length - 1;
    if (!last) this.go(this.index + 1);
    else if (this.loop) this.go(0);
    else this.pause();
  }

  prepareNext() {
    const next = this.reel.shots[this.index + 1] ?? (this.loop ? this.reel.shots[0] : undefined);
    if (this.screen.playing && next && next !== this.shot) this.screen.prepare(next);
  }

  /** The storyboard has changed: other clips, another order, scenes more or less. */
  reload() {
    const reel = Reel.ofStoryboard();
    if (reel.signature === this.reel.signature) {
      this.draw();
      return;
    }
    const [before, { offset }] = [this.shot, this.screen];
    const index = reel.indexOf(before?.id);
    this.reel = reel;
    this.index = index < 0 ? Math.min(this.index, reel.shots.length - 1) : index;
    const same = JSON.stringify(this.shot) === JSON.stringify(before);
    // what plays goes on to its end; what stands still shows the new at once
    if (!this.playing && this.shot && !same) this.screen.cue(this.shot, index < 0 ? 0 : Math.min(offset, this.shot.seconds));
    else this.prepareNext();
    this.draw();
  }

  setLoop(loop) {
    this.loop = loop;
    this.element.querySelector("#film-loop").setAttribute("aria-pressed", loop);
    this.keep();
  }

  setMuted(muted) {
    this.screen.muted = muted;
    this.muted = muted;
    this.element.querySelector("#film-mute").setAttribute("aria-pressed", muted);
    localStorage.setItem("film muted", muted ? "1" : "0");
  }

  fullscreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.element.requestFullscreen();
  }

  keep() {
    if (this.index !== undefined) {
      sessionStorage.setItem(this.memory, JSON.stringify({ time: this.time, loop: this.loop }));
    }
  }

  tick() {
    cancelAnimationFrame(this.frame);
    if (!this.playing) return;
    this.drawTime();
    this.frame = requestAnimationFrame(() => this.tick());
  }

  draw() {
    const { element, shot } = this;
    element.toggleAttribute("data-playing", this.playing);
    const play = element.querySelector("#film-play");
    play.setAttribute("aria-label", this.playing ? "Pause" : "Play");
    const rate = element.querySelector("#film-rate");
    const speed = this.backward ? -this.backwardRate : this.screen.rate;
    rate.hidden = speed === 1;
    rate.textContent = `${String(speed).replace("-", "−")}×`;
    element.querySelector("#film-length").textContent = timecode(this.reel.length);
    if (shot) this.drawShot(shot);
    this.timeline.draw(this.reel);
    this.drawTime();
  }

  drawShot(shot) {
    const { element } = this;
    const place = String(this.index + 1);
    markCurrent(shot.id);
    const slate = [place, shot.name, shot.label].join("\n");
    if (slate === this.slate) return;
    this.slate = slate;
    element.querySelector("#film-place").textContent = place;
    element.querySelector("#film-scene").textContent = shot.name;
    element.querySelector("#film-shot").textContent = shot.label;
    element.querySelector(".film-card-number").textContent = place;
    const label = element.querySelector("#film-slate");
    for (const animation of label.getAnimations()) {
      animation.cancel();
      animation.play();
    }
  }

  drawTime() {
    const { time } = this;
    this.element.querySelector("#film-time").textContent = timecode(time);
    this.timeline.drawTime(time, `${timecode(time)} of ${timecode(this.reel.length)}, ${this.index + 1}: ${this.shot?.name ?? ""}`);
  }
}

/** On the storyboard; a card that was fetched anew does not know. */
function markCurrent(id) {
  const current = document.querySelector(`#storyboard > [data-scene-card="${CSS.escape(id)}"]`);
  for (const card of document.querySelectorAll("#storyboard > [aria-current]")) {
    if (card !== current) card.removeAttribute("aria-current");
  }
  current?.setAttribute("aria-current", "true");
}

const ACTIONS = {
  previous: (film) => film.go(film.screen.offset > 1 ? film.index : film.index - 1),
  play: (film) => film.toggle(),
  next: (film) => film.go(film.index + 1),
  loop: (film) => film.setLoop(!film.loop),
  mute: (film) => film.setMuted(!film.muted),
  fullscreen: (film) => film.fullscreen(),
};
const FOR_ALL = [
  { keys: [" "], shown: "space", does: "play and pause the film", run: ACTIONS.play },
  { keys: ["k", "K"], shown: "K", does: "pause", run: (film) => film.pause() },
  { keys: ["l", "L"], shown: "L", does: "play, again: faster", run: (film) => film.faster() },
  { keys: ["j", "J"], shown: "J", does: "backward, again: faster", run: (film) => film.rewind() },
  { keys: ["ArrowLeft"], shown: "←", does: "one frame back", run: (film) => film.step(-FRAME) },
  { keys: ["ArrowRight"], shown: "→", does: "one frame on", run: (film) => film.step(FRAME) },
  { keys: ["["], shown: "[", does: "the scene before", run: ACTIONS.previous },
  { keys: ["]"], shown: "]", does: "the next scene", run: ACTIONS.next },
  { keys: ["o", "O"], shown: "O", does: "loop", run: ACTIONS.loop },
  { keys: ["m", "M"], shown: "M", does: "sound on and off", run: ACTIONS.mute },
  { keys: ["f", "F"], shown: "F", does: "full screen", run: ACTIONS.fullscreen },
];
// elsewhere these move the page
const FOR_THE_SLIDER = {
  PageUp: ACTIONS.previous,
  PageDown: ACTIONS.next,
  Home: (film) => film.seek(0),
  End: (film) => film.seek(film.reel.length),
};

function bindKeys(film) {
  bind("The film", FOR_ALL.map((key) => ({ ...key, run: () => key.run(film) })));
  film.element.addEventListener("keydown", (event) => {
    const action = FOR_THE_SLIDER[event.key];
    if (!action) return;
    event.preventDefault();
    action(film);
  });
}

/** In full screen the controls go when nothing moves. */
function watchIdleness(element) {
  let timer = 0;
  element.addEventListener("pointermove", () => {
    element.classList.remove("idle");
    clearTimeout(timer);
    timer = setTimeout(() => element.classList.add("idle"), IDLE_AFTER);
  });
}

export function start() {
  const element = document.getElementById("film");
  if (!element) return;
  const film = new Film(element);
  const stage = element.querySelector("#film-stage");
  element.addEventListener("click", (event) => {
    const button = event.target.closest("[data-film]");
    if (button) ACTIONS[button.dataset.film](film);
    else if (event.target.closest("#film-stage")) film.toggle();
  });
  stage.addEventListener("refused", () => film.pause());
  bindKeys(film);
  document.addEventListener("click", (event) => {
    const card = event.target.closest("#storyboard [data-play]")?.closest("[data-scene-card]");
    if (!card) return;
    film.play();
    film.go(film.reel.indexOf(card.dataset.sceneCard));
    element.scrollIntoView({ block: "nearest", behavior: "smooth" });
  });
  element.querySelector("#film-fullscreen").hidden = !document.fullscreenEnabled;
  addEventListener("pagehide", () => film.keep());
  watchIdleness(element);
  let waiting = false;
  new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      film.reload();
    });
  }).observe(document.getElementById("storyboard"), { childList: true });
}
