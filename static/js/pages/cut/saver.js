/**
 * @file Brings what is done on the page to the server: one queue of edits and of calls such as an undo, in the order in
 * which they were made. An edit that is made while a call is under way is made again on its answer.
 */

import { callApi } from "../../lib/file_upload.js";
import { clearToasts, toast } from "../../lib/toasts.js";
import { isSameCut, toRequest } from "./request.js";
import { gettext } from "../../lib/words.js";

const DELAY = 250; // milliseconds without another step, after which a key that was held is saved
const RETRY_DELAY = 3_000;
const CONFLICT = 409;
const IMPOSSIBLE = new Set([400, 404, 413, 422]); // answers after which the same edit would be refused again
const AWAY = gettext("The studio is not responding.");
const KEPT = [AWAY, gettext("Your changes stay on this page, and are saved when it is back.")].join(" ");
const ERROR = { group: "cut" };

/** The queue. A step of it is an edit of the store, or a call with the words to say when it fails. */
export class Saver {
  /**
   * @param {import("./store.js").Store} store
   * @param {{ project: string, data: string, onState: (state: "saved" | "saving" | "failed") => void }} options
   */
  constructor(store, { project, data, onState }) {
    Object.assign(this, { store, path: `/${project}/cut`, data, onState });
    this.steps = [];
    this.timer = 0;
    this.busy = null; // the promise of what is under way
    this.isConflict = false; // until a person has decided what becomes of the edits
    this.onConflict = () => {};
    this.reloads = 0; // how many have begun
    store.on("edit", () => this.addEdit());
    addEventListener("online", () => this.flush());
    addEventListener("beforeunload", (event) => this.steps.length && event.preventDefault());
  }

  addEdit() {
    const edit = this.store.unsaved.at(-1);
    if (this.steps.at(-1)?.edit !== edit) this.steps.push({ edit });
    if (this.isConflict) return;
    this.onState("saving");
    if (edit.group) this.flushIn(DELAY);
    else this.flush();
  }

  flushIn(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), delay);
  }

  /**
   * Call the server when everything is saved that was done before, and say what it has against it.
   *
   * @param {() => Promise<object>} request
   * @param {string} failure a sentence on what was not done
   * @returns {Promise<object | null>} the answer; null when it was refused
   */
  ask(request, failure) {
    if (this.isConflict) return Promise.resolve(null);
    // what is edited from now on is another step
    const last = this.store.unsaved.at(-1);
    if (last) last.isClosed = true;
    const answer = new Promise((resolve) => this.steps.push({ request, failure, resolve }));
    this.flush();
    return answer;
  }

  /**
   * Change the cut at the server: undo, redo, automatic, restore, a file that came back.
   *
   * @param {string} action the end of its address
   * @param {string} failure a sentence on what was not done
   * @param {object | FormData} [body]
   * @returns {Promise<object | null>} the answer; null when it was refused
   */
  async act(action, failure, body) {
    const answer = await this.ask(async () => {
      const changed = await callApi(`${this.path}/${action}`, "POST", body);
      this.take(changed.clips ? changed : await callApi(this.path, "GET"));
      return changed;
    }, failure);
    // what else can be undone
    if (answer) this.reload();
    return answer;
  }

  /** Go on with the queue. */
  flush() {
    clearTimeout(this.timer);
    if (this.busy || this.isConflict || !this.steps.length) return;
    this.busy = Promise.resolve().then(() => this.run());
  }

  async run() {
    let isDone = true;
    while (isDone && this.steps.length && !this.isGrowing()) {
      const [step] = this.steps;
      // oxlint-disable-next-line no-await-in-loop
      isDone = await (step.edit ? this.save(step.edit) : this.call(step));
      if (isDone) this.steps = this.steps.filter((each) => each !== step);
    }
    this.busy = null;
    if (this.steps.length) return;
    this.onState("saved");
    clearToasts("no-response");
  }

  // a key that is held goes on
  isGrowing() {
    const [{ edit }, next] = this.steps;
    const isGrowing = !next && edit?.group && !edit.isClosed && performance.now() - edit.time < DELAY;
    if (isGrowing) this.flushIn(DELAY);
    return isGrowing;
  }

  async call({ request, failure, resolve }) {
    try {
      resolve(await request());
    } catch (error) {
      toast(error.status ? error.message : `${AWAY} ${failure}`, "error", ERROR);
      resolve(null);
    }
    return true;
  }

  async save(edit) {
    edit.isClosed = true;
    this.onState("saving");
    try {
      this.accept(edit, await callApi(this.path, "PUT", toRequest(this.store, edit.cut)));
      return true;
    } catch (error) {
      if (error.status === CONFLICT) return this.compare(edit);
      if (IMPOSSIBLE.has(error.status)) return this.giveUp(edit, error);
      return this.wait(error);
    }
  }

  accept(edit, cut) {
    Object.assign(this.store, { canUndo: true, canRedo: false });
    this.take(cut, edit);
  }

  take(cut, edit) {
    const lost = this.store.loadCut(cut, edit);
    this.steps = this.steps.filter((step) => !lost.includes(step.edit));
    if (lost.length) {
      toast(gettext("The last edit was not made: what it changes is no longer in the cut."), "error", ERROR);
    }
  }

  giveUp(edit, error) {
    toast(error.message, "error", ERROR);
    this.take(this.store.saved, edit);
    this.reload();
    return true;
  }

  // The edits stay and are tried again; calls that wait for them are not made much later.
  wait(error) {
    this.onState("failed");
    this.refuseCalls();
    toast(error.status ? error.message : KEPT, "error", { group: "no-response" });
    this.flushIn(RETRY_DELAY);
    return false;
  }

  refuseCalls() {
    for (const { failure, resolve } of this.steps.filter(({ request }) => request)) {
      toast(failure, "error", ERROR);
      resolve(null);
    }
    this.steps = this.steps.filter(({ edit }) => edit);
  }

  async compare(edit) {
    const cut = await callApi(this.path, "GET").catch(() => null);
    if (!cut) return this.wait({});
    if (isSameCut(this.store, cut, edit.cut)) {
      // it had been saved, and the answer was lost
      this.accept(edit, cut);
      return true;
    }
    this.isConflict = true;
    this.refuseCalls();
    this.onState("failed");
    this.onConflict();
    return false;
  }

  /**
   * Ask how the cut has changed since this page read it.
   *
   * @returns {Promise<{ changedBy: string | null, differences: string[] } | null>} null without an answer
   */
  findChanges() {
    const { store } = this;
    return callApi(`${this.path}/differences`, "POST", toRequest(store, store.saved)).catch(() => null);
  }

  /**
   * Go on after somebody else has changed the cut.
   *
   * @param {boolean} keepsEdits whether the edits that are not saved are made on the changed cut
   */
  async resolveConflict(keepsEdits) {
    const cut = await callApi(this.path, "GET").catch(() => null);
    this.isConflict = !cut;
    if (!cut) return;
    if (!keepsEdits) this.steps = this.store.unsaved = [];
    this.onState(this.steps.length ? "saving" : "saved");
    this.take(cut);
    this.reload();
    this.flush();
  }

  /** Fetch everything again; edits that are not saved stay. */
  async reload() {
    const { store } = this;
    const number = (this.reloads += 1);
    const response = await fetch(this.data).catch(() => null);
    if (!response?.ok) return;
    const data = await response.json();
    // a newer one is under way, or was answered before
    if (number !== this.reloads) return;
    if (this.steps.length || data.cut.version < store.saved.version) store.loadFiles(data);
    else store.load(data);
  }
}
