/** @file Plays the sounds on the lanes along with the film. Only what plays now or soon has a media element. */

import { Deck } from "./deck.js";
import { toFactor } from "./mixer.js";
import { fadeAt, soundsAt } from "./schedule.js";

const SOON = 2; // seconds before its beginning a sound is fetched

/** The sounds of a cut. */
export class SoundLanes {
  /**
   * @param {import("./store.js").Store} store
   * @param {import("./mixer.js").Mixer} mixer
   */
  constructor(store, mixer) {
    this.store = store;
    this.mixer = mixer;
    this.decks = new Map(); // id of a sound and of its file → deck
  }

  /**
   * Play what plays at a frame.
   *
   * @param {number} frame
   * @param {number} rate 0 while it stands still; sounds play at normal speed and faster, never backward
   */
  play(frame, rate) {
    if (rate <= 0) {
      for (const deck of this.decks.values()) deck.stop();
      return;
    }
    const { store } = this;
    const sounds = soundsAt(store.cut, frame, SOON * store.rate.fps).filter(({ assetId }) =>
      store.media.assets.has(assetId),
    );
    const keys = new Set(sounds.map(keyOf));
    for (const [key, deck] of this.decks) if (!keys.has(key)) this.remove(key, deck);
    for (const sound of sounds) this.playSound(sound, frame, rate);
  }

  playSound(sound, frame, rate) {
    const deck = this.deckFor(sound);
    const isSilent = this.mixer.mutedLanes.has(sound.lane);
    deck.channel.gain = isSilent ? 0 : toFactor(sound.gainDb) * fadeAt(sound, frame);
    const seconds = (sound.in + frame - sound.start) / this.store.rate.fps;
    if (frame < sound.start) deck.stopAt(sound.in / this.store.rate.fps);
    else deck.playAt(seconds, rate);
  }

  deckFor(sound) {
    const key = keyOf(sound);
    let deck = this.decks.get(key);
    if (!deck) {
      const element = new Audio();
      deck = new Deck(element, this.mixer.channel(element, { isKey: sound.lane === "voice", ducks: sound.duck }));
      deck.load(this.store.media.url(this.store.media.assets.get(sound.assetId), "file"));
      this.decks.set(key, deck);
    }
    return deck;
  }

  remove(key, deck) {
    deck.stop();
    deck.channel.detach();
    deck.element.removeAttribute("src");
    deck.element.load();
    this.decks.delete(key);
  }
}

const keyOf = ({ id, assetId, lane, duck }) => [id, assetId, lane, duck].join(" ");
