/** @file Exports: asked for here, followed while they are made, and downloaded. */

import { subscribe } from "../../live.js";
import { callAddress, callApi } from "../../lib/file_upload.js";
import { reportNoResponse } from "../../lib/http.js";
import { say, toast } from "../../lib/toasts.js";
import { make } from "./dom.js";
import { ExportForm } from "./export_form.js";
import { link, percent, reportOf, stateOf } from "./export_words.js";
import { startResult } from "./result.js";
import { startShare } from "./share.js";
import { fill, gettext } from "../../lib/words.js";

const EVENTS = ["started", "progress", "completed", "failed"].map((name) => `export_${name}`);
const UNFINISHED = new Set(["queued", "running"]);
const PLAYABLE = /\.(?:mp4|wav)$/; // what every browser plays

/** The panel of exports. */
class Exports {
  constructor(root, { project, store, player, saver }) {
    Object.assign(this, { root, project, store, player, saver });
    this.path = `/${project}/exports`;
    this.list = root.querySelector("[data-exports]");
    this.busy = root.querySelector("[data-busy]");
    // only who may change the cut has it
    this.form = store.mayChange ? new ExportForm(root, { store, player }, () => this.create()) : null;
    this.exports = new Map();
    this.play = startResult(player);
    this.share = startShare();
    this.labels = JSON.parse(document.getElementById("export-profiles").textContent);
    root.addEventListener("toggle", () => root.open && this.load());
    this.list.addEventListener("click", ({ target }) => this.act(target.closest("button")));
    for (const type of EVENTS) subscribe(type, (data) => data.projectId === project && this.follow(type, data));
  }

  async load() {
    const answer = await callApi(this.path, "GET").catch(() => null);
    if (!answer) return;
    this.exports = new Map(answer.exports.map((each) => [each.exportId, each]));
    this.show();
  }

  // who comes from a scene's page finds the form ready to export that scene
  offer(scene) {
    if (!this.form) return;
    this.root.open = true;
    this.form.offer(scene);
  }

  // who comes from the page of the project shares the export that is named there
  offerShare(id) {
    const each = this.exports.get(id);
    if (each?.url && this.share) this.share(each, this.nameOf(each));
  }

  /** Go to the button that exports, by a key. */
  focus() {
    this.root.open = true;
    (this.form ?? this.root.querySelector("summary")).focus();
  }

  async create() {
    this.form.complain("");
    const { options } = this.form;
    // what is exported is what is saved
    const made = await this.saver.ask(() => this.ask(options), gettext("The export was not started."));
    if (!made?.exportId) return;
    this.exports = new Map([[made.exportId, made], ...this.exports]);
    this.show();
  }

  // what is wrong with the options is said beside them
  async ask(options) {
    try {
      return await callApi(this.path, "POST", options);
    } catch (error) {
      if (!error.status) throw error;
      this.form.complain(error.message);
      return {};
    }
  }

  async act(button) {
    if (!button?.dataset.act) return;
    const { act, id } = button.dataset;
    const each = this.exports.get(id);
    if (act === "play") this.play(each.url, this.nameOf(each));
    else if (act === "share") this.share(each, this.nameOf(each));
    else await this.send(id, act);
  }

  async send(id, act) {
    try {
      await callAddress(`/api/exports/${id}/${act}`, "POST");
    } catch (error) {
      if (error.status) toast(error.message, "error");
      else reportNoResponse();
    }
    await this.load();
  }

  follow(type, data) {
    const known = this.exports.get(data.exportId);
    if (known && data.version < known.version) return;
    if (type === "export_progress" && known) {
      Object.assign(known, data);
      this.show();
      return;
    }
    if (type === "export_completed") say(gettext("An export is finished."));
    this.load();
  }

  show() {
    const all = [...this.exports.values()];
    const unfinished = all.filter(({ status }) => UNFINISHED.has(status));
    this.busy.hidden = !unfinished.length;
    this.busy.textContent = unfinished.length ? `${percent(unfinished[0])}%` : "";
    this.root.querySelector("[data-no-exports]").hidden = all.length > 0;
    const focused = this.list.querySelector(":focus");
    const place = focused && [focused.dataset.id, focused.dataset.act];
    this.list.replaceChildren(...all.map((each) => this.item(each)));
    if (place) this.list.querySelector(`[data-id="${place[0]}"][data-act="${place[1]}"]`)?.focus();
  }

  item(each) {
    const item = make("li", { className: "export-row", dataset: { status: each.status } }, [
      make("b", { textContent: this.nameOf(each) }),
      make("small", { textContent: stateOf(each) }),
    ]);
    if (UNFINISHED.has(each.status)) {
      const bar = make("progress", { className: "progress-bar", max: 100, value: percent(each) });
      bar.setAttribute("aria-label", fill(gettext("Progress of {name}"), { name: this.nameOf(each) }));
      item.append(bar);
    }
    if (each.error) item.append(make("p", { className: "export-error", textContent: each.error }));
    if (each.report.length) item.append(reportOf(each.report));
    item.append(make("div", { className: "tools" }, this.tools(each)));
    return item;
  }

  // its file; before there is one, its profile
  nameOf({ path, profile }) {
    return path?.split("/").at(-1) ?? this.labels[profile] ?? profile;
  }

  tools(each) {
    const tools = [];
    if (each.url) {
      const name = this.nameOf(each);
      if (PLAYABLE.test(name)) tools.push(this.button(each, "play", gettext("Play")));
      tools.push(
        link(`${each.url}?download=1`, gettext("Download"), name, { download: name }),
        link(each.url, gettext("Open"), name, { target: "_blank", rel: "noopener" }),
      );
      if (each.captionsUrl) tools.push(link(`${each.captionsUrl}?download=1`, "SRT", name, { download: "" }));
      if (this.share) tools.push(this.button(each, "share", gettext("Share")));
    }
    if (!this.store.mayChange) return tools;
    if (UNFINISHED.has(each.status)) tools.push(this.button(each, "cancel", gettext("Cancel")));
    if (["failed", "cancelled"].includes(each.status)) tools.push(this.button(each, "retry", gettext("Try again")));
    return tools;
  }

  button(each, act, words) {
    const dataset = { act, id: each.exportId };
    const button = make("button", { type: "button", className: "button small", textContent: words, dataset });
    button.setAttribute("aria-label", `${words}: ${this.nameOf(each)}`);
    return button;
  }
}

/**
 * Start the panel.
 *
 * @param {object} page its parts by name
 * @returns {{ focus: () => void }}
 */
export function startExports(page) {
  const panel = new Exports(document.getElementById("cut-exports"), page);
  const query = new URLSearchParams(location.search);
  if (query.get("export")) panel.offer(query.get("export"));
  panel.load().then(() => panel.offerShare(query.get("share")));
  return panel;
}
