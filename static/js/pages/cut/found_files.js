/** @file The files of a large film, of which the page knows only some: the server searches for the others. */

const DELAY = 200; // milliseconds without another letter, after which it is asked
const MAX_FOUND = 200; // see film/pages/cut_files.py
const KINDS = new Set(["video", "audio", "image", "speech"]); // of files, not of scenes

/** What a search has found. */
export class FoundFiles {
  /**
   * @param {import("./store.js").Store} store
   * @param {() => void} onAnswer
   */
  constructor(store, onAnswer) {
    Object.assign(this, { store, onAnswer });
    this.files = [];
    this.key = ""; // what was asked for
    this.media = null; // when: what the page knew then
    this.isAnswered = true;
  }

  /** Whether there may be others that a longer text finds. */
  get isPart() {
    return this.key !== "" && this.files.length >= MAX_FOUND;
  }

  /**
   * Search, unless the page knows all files, or has asked already. What was found before stays until the answer.
   *
   * @param {string} kind of files; others need no search
   * @param {string} search words in lower case
   */
  find(kind, search) {
    const { media } = this.store;
    const key = media.more && KINDS.has(kind) ? JSON.stringify([kind, search]) : "";
    if (key === this.key && (key === "" || media === this.media)) return;
    if (key !== this.key) Object.assign(this, { files: [], isAnswered: key === "" });
    Object.assign(this, { key, media });
    clearTimeout(this.timer);
    if (key !== "") this.timer = setTimeout(() => this.ask({ kind, search }), DELAY);
  }

  async ask(query) {
    const { media, key } = this;
    const files = await this.store.askForFiles(query);
    if (key !== this.key || media !== this.media) return;
    media.add(files.filter(({ id }) => !media.assets.has(id)));
    Object.assign(this, { files, isAnswered: true });
    this.onAnswer();
  }
}
