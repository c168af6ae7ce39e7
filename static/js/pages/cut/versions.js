/** @file The kept versions of the cut: save one, compare it with the cut as it is, and restore it. */

import { callApi } from "../../lib/file_upload.js";
import { toast } from "../../lib/toasts.js";
import { make } from "./dom.js";
import { fill, gettext } from "../../lib/words.js";

/**
 * Start the list of versions and the form that saves one.
 *
 * @param {HTMLElement} root
 * @param {object} page project, store and saver
 */
export function startVersions(root, page) {
  const form = root.querySelector("[data-version-form]");
  const list = root.querySelector("[data-versions]");
  const path = `/${page.project}/cut/versions`;
  const load = async () => {
    const { versions } = await callApi(path, "GET").catch(() => ({ versions: [] }));
    list.replaceChildren(...versions.map((version) => versionItem(version, page.store.mayChange)));
    root.querySelector("[data-no-versions]").hidden = versions.length > 0;
  };
  root.querySelector("[data-version-list]").addEventListener("toggle", load);
  list.addEventListener("click", ({ target }) => {
    const { restore, compare } = target.closest("button")?.dataset ?? {};
    if (restore) restoreVersion(page, restore);
    if (compare) showDifferences(page, `${path}/${compare}/differences`, target.closest("li"));
  });
  // a comparison is with the cut as it was then
  page.store.on("cut", () => {
    for (const output of list.querySelectorAll("output")) output.replaceChildren();
  });
  form?.addEventListener("submit", async () => {
    const input = form.elements.name;
    const body = { name: input.value.trim() };
    const version = await page.saver.ask(() => callApi(path, "POST", body), gettext("The version was not saved."));
    if (!version) return;
    toast(fill(gettext("Saved as “{name}”."), version));
    input.value = "";
    await load();
  });
}

async function restoreVersion(page, number) {
  if (!(await page.saver.act(`versions/${number}/restore`, gettext("The version was not restored.")))) return;
  toast(gettext("The version is restored."));
}

async function showDifferences(page, address, item) {
  const answer = await page.saver.ask(() => callApi(address, "GET"), gettext("The versions were not compared."));
  if (!answer) return;
  const changes = answer.differences.map((textContent) => make("li", { textContent }));
  const words = changes.length
    ? gettext("Compared with the cut as it is now:")
    : gettext("It plays the same as the cut does now.");
  const list = make("ul", { className: "version-changes" }, changes);
  item.querySelector("output").replaceChildren(make("small", { textContent: words }), list);
}

function versionItem({ number, name, createdBy, createdAt }, mayChange) {
  const about = [createdBy, new Date(createdAt).toLocaleString([], { dateStyle: "medium", timeStyle: "short" })];
  const buttons = [versionButton(gettext("Compare"), name, { compare: number })];
  if (mayChange) buttons.push(versionButton(gettext("Restore"), name, { restore: number }));
  return make("li", { className: "version-row" }, [
    make("span", { textContent: name, dir: "auto" }),
    make("small", { textContent: about.filter(Boolean).join(" · ") }),
    make("div", { className: "version-buttons" }, buttons),
    make("output"),
  ]);
}

function versionButton(textContent, name, dataset) {
  const button = make("button", { type: "button", className: "button small", textContent, dataset });
  button.setAttribute("aria-label", `${textContent} ${name}`);
  return button;
}
