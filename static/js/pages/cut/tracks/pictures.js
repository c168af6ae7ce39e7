/** @file Pictures and peaks for the tracks, fetched when they are first drawn. */

const MAX_KEPT = 300;

/** Fetches what is drawn, a few at a time, and keeps it. */
export class Pictures {
  /** @param {() => void} onLoad is called when something more can be drawn */
  constructor(onLoad) {
    this.onLoad = onLoad;
    this.kept = new Map(); // address → picture or peaks; null while it is fetched, or when it cannot be had
  }

  /**
   * Return a picture if it is there, else fetch it.
   *
   * @param {string} address
   * @returns {HTMLImageElement | null}
   */
  picture(address) {
    return this.keep(address, async () => {
      const image = Object.assign(new Image(), { src: address });
      await image.decode();
      return image;
    });
  }

  /**
   * Return the peaks of a sound if they are there, else fetch them.
   *
   * @param {string} address
   * @returns {number[] | null}
   */
  peaks(address) {
    return this.keep(address, async () => (await (await fetch(address)).json()).data?.peaks ?? null);
  }

  keep(address, load) {
    if (!this.kept.has(address)) {
      this.kept.set(address, null);
      // the oldest go first: a map keeps the order in which its keys came
      if (this.kept.size > MAX_KEPT) this.kept.delete(this.kept.keys().next().value);
      this.fetch(address, load);
    }
    return this.kept.get(address);
  }

  async fetch(address, load) {
    try {
      this.kept.set(address, await load());
      this.onLoad();
    } catch {
      // without it the clip is drawn without a picture
    }
  }
}
