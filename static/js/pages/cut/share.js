/** @file Links to a finished export for people without an account: made, copied and revoked in a dialog. */

import { callAddress } from "../../lib/file_upload.js";
import { reportNoResponse } from "../../lib/http.js";
import { fill, gettext } from "../../lib/words.js";
import { make } from "./dom.js";

/** The dialog. */
class Share {
  constructor(dialog) {
    this.dialog = dialog;
    this.list = dialog.querySelector("[data-links]");
    this.problem = dialog.querySelector("[data-problem]");
    this.form = dialog.querySelector("[data-share-form]");
    dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.call("POST", "", { days: Number(this.form.elements.days.value) });
    });
    this.list.addEventListener("click", ({ target }) => {
      const { revoke } = target.closest("button")?.dataset ?? {};
      if (revoke) this.call("DELETE", `/${revoke}`);
    });
  }

  open({ exportId }, name) {
    this.address = `/api/exports/${exportId}/share-links`;
    this.dialog.querySelector("#share-name").textContent = name;
    this.list.replaceChildren();
    this.dialog.showModal();
    return this.load();
  }

  async load() {
    const answer = await this.ask("GET", "");
    if (answer) this.list.replaceChildren(...answer.shareLinks.map(linkItem));
  }

  async call(method, path, body) {
    if (await this.ask(method, path, body)) await this.load();
  }

  async ask(method, path, body) {
    this.problem.hidden = true;
    try {
      return await callAddress(this.address + path, method, body);
    } catch (error) {
      if (!error.status) reportNoResponse();
      this.problem.hidden = !error.status;
      this.problem.textContent = error.message;
      return null;
    }
  }
}

function linkItem({ shareLinkId, url, createdBy, expiresAt }) {
  const date = new Date(expiresAt).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
  return make("li", {}, [
    make("a", { href: url, target: "_blank", rel: "noopener", textContent: url }),
    make("small", { textContent: fill(gettext("by {name}, until {date}"), { name: createdBy, date }) }),
    make("div", { className: "tools" }, [
      linkButton(gettext("Copy link"), { copy: url }),
      linkButton(gettext("Revoke"), { revoke: shareLinkId }),
    ]),
  ]);
}

const linkButton = (textContent, dataset) =>
  make("button", { type: "button", className: "button small", textContent, dataset });

/**
 * Start the dialog, for who may share.
 *
 * @returns {((each: object, name: string) => Promise<void>) | null} opens it for an export
 */
export function startShare() {
  const dialog = document.getElementById("cut-share");
  if (!dialog) return null;
  const share = new Share(dialog);
  return (each, name) => share.open(each, name);
}
