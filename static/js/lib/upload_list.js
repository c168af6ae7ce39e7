/** @file The list of uploads in a corner of the page: a line for each file, with its progress. */

import { gettext, ngettext } from "./words.js";

const STAY = 4000; // milliseconds that a finished list stays

let list = null;
let pending = 0;

function panel() {
  if (list) return list;
  const section = document.getElementById("upload-list").content.cloneNode(true).firstElementChild;
  section.querySelector("button").addEventListener("click", () => close());
  document.body.append(section);
  list = section;
  return list;
}

function close() {
  list?.remove();
  list = null;
}

function showCount() {
  const title = panel().querySelector("h2");
  title.textContent = pending
    ? ngettext("Uploading {count} file", gettext("Uploading {count} files"), pending)
    : gettext("Uploads");
}

function finish(hasFailed) {
  pending -= 1;
  if (list) showCount();
  if (!pending && !hasFailed) setTimeout(closeIfRead, STAY);
}

// What has failed stays until somebody closes it, also when the next files come well.
function closeIfRead() {
  if (!pending && !list?.querySelector("[data-failed]")) close();
}

/**
 * Add a file to the list.
 *
 * @param {string} name
 * @returns {{progress: (share: number) => void, wait: () => void, done: () => void, fail: (message: string) => void}}
 */
export function addLine(name) {
  pending += 1;
  const line = panel().querySelector("template").content.cloneNode(true).firstElementChild;
  const bar = line.querySelector("progress");
  const state = line.querySelector("small");
  line.querySelector("span").textContent = name;
  panel().querySelector("ul").append(line);
  showCount();
  return {
    progress(share) {
      bar.value = share;
      state.textContent = share < 1 ? `${Math.round(share * 100)}%` : gettext("Done");
    },
    wait() {
      state.textContent = gettext("Waiting for the connection…");
    },
    done() {
      this.progress(1);
      finish(false);
    },
    fail(message) {
      line.dataset.failed = "";
      bar.hidden = true;
      state.textContent = message;
      finish(true);
    },
  };
}
