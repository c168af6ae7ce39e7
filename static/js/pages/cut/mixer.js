/**
 * @file The sound of the film by Web Audio: a bus for takes and one for each lane, the volume, and music that gets
 * softer while takes or voices sound.
 */

const SMOOTH = 0.012; // seconds within which a gain follows, so that nothing clicks
// as in film/render/mix.py: from this loudness of takes and voices on, in dB, music is pressed to an eighth
const [THRESHOLD, RATIO] = [-34, 8];
const [ATTACK, RELEASE] = [0.06, 0.35]; // seconds
const VOLUME_KEY = "cut volume";

/**
 * Turn decibels into a factor.
 *
 * @param {number} decibels
 * @returns {number}
 */
export const toFactor = (decibels) => 10 ** (decibels / 20);

/** All that is heard. It begins with the first click on Play: browsers allow no sound before. */
export class Mixer {
  constructor() {
    this.context = null;
    this.waiting = []; // channels from before the beginning
    this.mutedLanes = new Set();
    this.volume = Number(localStorage.getItem(VOLUME_KEY) ?? 1);
    this.level = 0; // of the sum, 0 to 1
  }

  /** Begin, or go on after the browser has paused the sound. */
  start() {
    if (!this.context) this.build();
    if (this.context.state === "suspended") this.context.resume().catch(() => {});
  }

  build() {
    const context = (this.context = new AudioContext({ latencyHint: "interactive" }));
    this.master = context.createGain();
    this.meter = context.createAnalyser();
    this.key = context.createAnalyser(); // hears takes and voices
    this.duck = context.createGain(); // of what gets softer
    this.key.fftSize = this.meter.fftSize = 1024;
    this.samples = new Float32Array(1024);
    this.master.gain.value = this.volume;
    this.master.connect(this.meter).connect(context.destination);
    this.duck.connect(this.master);
    for (const channel of this.waiting) channel.attach();
    this.waiting = [];
  }

  /**
   * Lead the sound of a media element through the mixer.
   *
   * @param {HTMLMediaElement} element
   * @param {{ isKey?: boolean, ducks?: boolean }} [route] whether it makes others softer, and gets softer itself
   * @returns {Channel}
   */
  channel(element, route = {}) {
    const channel = new Channel(this, element, route);
    if (this.context) channel.attach();
    else this.waiting.push(channel);
    return channel;
  }

  /**
   * Set the volume, for all films in this browser.
   *
   * @param {number} volume 0 to 1
   */
  setVolume(volume) {
    this.volume = volume;
    localStorage.setItem(VOLUME_KEY, String(volume));
    if (this.context) this.master.gain.setTargetAtTime(volume, this.context.currentTime, SMOOTH);
  }

  /** Let the music follow the takes and voices, and measure how loud all is; many times a second while it plays. */
  follow() {
    if (!this.context) return;
    const over = 20 * Math.log10(this.loudness(this.key)) - THRESHOLD;
    const isSounding = over > 0;
    const ducked = isSounding ? toFactor(over / RATIO - over) : 1;
    this.duck.gain.setTargetAtTime(ducked, this.context.currentTime, isSounding ? ATTACK : RELEASE);
    this.level = this.loudness(this.meter);
  }

  loudness(analyser) {
    analyser.getFloatTimeDomainData(this.samples);
    let sum = 0;
    for (const sample of this.samples) sum += sample * sample;
    return Math.sqrt(sum / this.samples.length);
  }
}

/** The way of one media element through the mixer. */
class Channel {
  constructor(mixer, element, route) {
    Object.assign(this, { mixer, element, route, value: 1, node: null });
  }

  attach() {
    const { context, key, duck, master } = this.mixer;
    this.node = context.createGain();
    this.node.gain.value = this.value;
    this.source = context.createMediaElementSource(this.element);
    this.source.connect(this.node).connect(this.route.ducks ? duck : master);
    if (this.route.isKey) this.node.connect(key);
  }

  /** @param {number} value a factor; above 1 it is louder than the file */
  set gain(value) {
    if (value === this.value) return;
    this.value = value;
    if (this.node) this.node.gain.setTargetAtTime(value, this.mixer.context.currentTime, SMOOTH);
    else this.element.volume = Math.min(1, value);
  }

  /** Take the element out of the mixer. */
  detach() {
    this.source?.disconnect();
    this.node?.disconnect();
    this.mixer.waiting = this.mixer.waiting.filter((each) => each !== this);
  }
}
