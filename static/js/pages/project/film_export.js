/** @file The newest export of the film: how far it is, and its file when it is there. */

import { subscribe, subscribeToProject } from "../../live.js";
import { callApi } from "../../lib/file_upload.js";
import { formatElapsed } from "../../lib/timecode.js";
import { fill, gettext } from "../../lib/words.js";

const UNFINISHED = new Set(["queued", "running"]);

function wordsOf({ status, progress, secondsLeft }) {
  if (status === "completed") return gettext("Open the export");
  const percent = Math.round(progress * 100);
  if (!secondsLeft) return fill(gettext("Exporting, {percent}%"), { percent });
  return fill(gettext("Exporting, {percent}%, {time} left"), { percent, time: formatElapsed(secondsLeft) });
}

function show(link, each) {
  link.hidden = !each || !(UNFINISHED.has(each.status) || each.url);
  if (link.hidden) return;
  link.querySelector("span").textContent = wordsOf(each);
  link.href = each.url || link.dataset.cut;
}

// only who may share has the link
function showShare(link, cut, each) {
  if (!link) return;
  link.hidden = each?.status !== "completed" || !each.url;
  if (!link.hidden) link.href = `${cut}?share=${each.exportId}`;
}

/** Follow the exports of the project, where the page has a place for them. */
export async function start() {
  const link = document.getElementById("film-export");
  if (!link) return;
  const share = document.getElementById("film-share");
  const { project, cut } = link.dataset;
  const load = async () => {
    const answer = await callApi(`/${project}/exports`, "GET").catch(() => null);
    if (!answer) return;
    show(link, answer.exports[0]);
    showShare(share, cut, answer.exports[0]);
  };
  subscribeToProject(project);
  for (const type of ["started", "completed", "failed"]) {
    subscribe(`export_${type}`, ({ projectId }) => projectId === project && load());
  }
  subscribe("export_progress", (each) => each.projectId === project && show(link, { ...each, url: "" }));
  await load();
}
