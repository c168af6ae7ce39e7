// Where the film is seen: two video elements that take turns, so that the next clip stands ready while one plays;
// over them a picture for stills and a card for scenes that have nothing yet.

const HAVE_CURRENT_DATA = 2;
const POSTER_AFTER = 90; // milliseconds; a clip that is there sooner needs none
const LARGE = "?width=1280";

export class Screen {
  /** `ended()` is called when a shot has run to its end. */
  constructor(stage, ended) {
    this.stage = stage;
    this.ended = ended;
    this.videos = [...stage.querySelectorAll("video")];
    this.still = stage.querySelector("#film-still");
    this.card = stage.querySelector("#film-card");
    this.wait = stage.querySelector("#film-wait");
    [this.front, this.back] = this.videos;
    this.turn = 0; // the newest wish to see something; what older ones still bring is dropped
    this.rate = 1;
    this.playing = false;
    this.held = null; // of a shot that is no clip: {offset, since}
    this.loading = null; // of a clip that is not there yet: the offset
    this.next = null; // the shot that is to stand ready
    this.cued = false; // seen by its picture alone: its clip has not been asked for
    for (const video of this.videos) {
      video.addEventListener("ended", () => video === this.front && this.isClip && this.playing && this.ended());
    }
  }

  get isClip() {
    return Boolean(this.shot?.file) && !this.broken;
  }

  /** Seconds into the shot. */
  get offset() {
    if (this.loading !== null) return this.loading;
    if (this.isClip) return this.front.currentTime;
    if (!this.held) return 0;
    const ran = this.held.since === null ? 0 : ((performance.now() - this.held.since) / 1000) * this.rate;
    return Math.min(this.shot.seconds, this.held.offset + ran);
  }

  set muted(muted) {
    for (const video of this.videos) video.muted = muted;
  }

  setRate(rate) {
    if (this.held) this.hold(this.offset);
    this.rate = rate;
    for (const video of this.videos) video.playbackRate = rate;
    if (this.held && this.playing) this.runHeld();
  }

  /** Bring a shot before the eyes, `offset` seconds into it; playing goes on where it was on. */
  async show(shot, offset = 0) {
    const turn = ++this.turn;
    const another = shot.poster !== this.shot?.poster || shot.kind !== this.shot?.kind;
    this.shot = shot;
    this.broken = this.cued = false;
    clearTimeout(this.timer);
    if (!shot.file) {
      this.showHeld(shot, offset);
      return;
    }
    this.held = null;
    this.loading = offset;
    const video = this.front.dataset.file === shot.file ? this.front : this.back;
    if (video === this.back) this.front.pause();
    load(video, shot.file);
    const poster = another && setTimeout(() => turn === this.turn && this.cover(shot), this.isCovered ? 0 : POSTER_AFTER);
    const waits = setTimeout(() => turn === this.turn && (this.wait.hidden = false), 700);
    const good = await seek(video, offset).catch(() => false);
    clearTimeout(poster);
    clearTimeout(waits);
    if (turn !== this.turn) return;
    this.loading = null;
    this.wait.hidden = true;
    if (good === false) this.giveUp(shot);
    else this.uncover(video);
  }

  /** Show the picture of a shot; its clip is asked for when it is played. */
  cue(shot, offset = 0) {
    this.turn += 1;
    this.shot = shot;
    this.broken = false;
    this.cued = Boolean(shot.file);
    this.held = null;
    this.loading = null;
    this.cover(shot);
    if (shot.file) this.loading = offset;
    else this.hold(offset);
  }

  /** Have a shot ready behind what is seen, as soon as that is there. */
  prepare(shot) {
    this.next = shot;
    if (this.loading !== null || !shot) return;
    if (shot.poster && !shot.file) new Image().src = shot.poster + LARGE;
    if (shot.file && this.front.dataset.file !== shot.file) load(this.back, shot.file);
  }

  play() {
    this.playing = true;
    if (this.cued) this.show(this.shot, this.offset);
    else if (this.isClip) this.run(this.front);
    else if (this.held) this.runHeld();
  }

  pause() {
    if (this.held) this.hold(this.offset);
    this.playing = false;
    clearTimeout(this.timer);
    for (const video of this.videos) video.pause();
  }

  run(video) {
    if (this.loading !== null) return;
    video.playbackRate = this.rate;
    // a newer wish may interrupt it, which is no failure
    video.play().catch((error) => error.name === "NotAllowedError" && this.stage.dispatchEvent(new Event("refused")));
  }

  uncover(video) {
    if (video !== this.front) [this.front, this.back] = [this.back, this.front];
    this.front.classList.add("front");
    this.back.classList.remove("front");
    this.back.pause();
    this.still.hidden = this.card.hidden = true;
    if (!this.playing) return;
    this.run(this.front);
    this.prepare(this.next);
  }

  get isCovered() {
    return !this.still.hidden || !this.card.hidden;
  }

  cover(shot, why = "Nothing to show yet") {
    this.still.hidden = !shot.poster;
    this.card.hidden = Boolean(shot.poster);
    const large = shot.poster + LARGE;
    if (shot.poster && this.still.getAttribute("src") !== large) this.still.src = large;
    this.card.querySelector(".film-card-name").textContent = shot.name;
    this.card.querySelector(".film-card-why").textContent = why;
  }

  showHeld(shot, offset) {
    this.loading = null;
    this.wait.hidden = true;
    for (const video of this.videos) video.pause();
    this.cover(shot);
    this.hold(offset);
    if (this.playing) this.runHeld();
  }

  hold(offset) {
    clearTimeout(this.timer);
    this.held = { offset, since: null };
  }

  runHeld() {
    const { offset } = this;
    this.held = { offset, since: performance.now() };
    clearTimeout(this.timer);
    this.timer = setTimeout(this.ended, (1000 * (this.shot.seconds - offset)) / this.rate);
  }

  /** A clip that cannot be played is told of, and the film goes on. */
  giveUp(shot) {
    this.broken = true;
    this.cover({ ...shot, poster: "" }, "This clip cannot be played");
    this.hold(0);
    if (this.playing) this.runHeld();
  }
}

/** False where it is there already. */
function load(video, file) {
  if (video.dataset.file === file) return false;
  video.dataset.file = file;
  video.src = file;
  video.preload = "auto";
  return true;
}

/** Resolves when the frame at `offset` is there to be seen. */
function seek(video, offset) {
  return new Promise((resolve, reject) => {
    const listening = new AbortController();
    const settled = (outcome) => {
      listening.abort();
      outcome();
    };
    const look = () => {
      if (video.error) settled(reject);
      else if (video.readyState >= HAVE_CURRENT_DATA && !video.seeking) settled(resolve);
    };
    for (const event of ["loadeddata", "canplay", "seeked", "error"]) {
      video.addEventListener(event, look, { signal: listening.signal });
    }
    if (Math.abs(video.currentTime - offset) > 0.001) video.currentTime = offset;
    look();
  });
}
