/** @file Keeps the page up to date: other people's changes of the cut, new takes, and the progress of those that come. */

import { subscribe, subscribeToProject, subscribeToStoryboard } from "../../live.js";

const DELAY = 300; // milliseconds; changes that come at once are fetched at once

/**
 * Follow the studio's messages about a project.
 *
 * @param {{ project: string, store: import("./store.js").Store, saver: import("./saver.js").Saver }} page
 */
export function followStudio({ project, store, saver }) {
  let timer = 0;
  let isFirst = true;
  const versions = new Map(); // job id → the newest version of it that a message told of
  const ended = new Set(); // ids of jobs, of which no late progress counts
  const reloadSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => saver.reload(), DELAY);
  };
  const isOurs = (data) => data.projectId === project;
  subscribe("cut_changed", async (data) => {
    if (!isOurs(data)) return;
    // the answer to our own change comes with the same version
    await saver.busy;
    if (data.version > store.saved.version) reloadSoon();
  });
  subscribe("storyboard_changed", (data) => isOurs(data) && reloadSoon());
  const isNews = ({ jobId, version }) => {
    if (version < versions.get(jobId)) return false;
    versions.set(jobId, version);
    return true;
  };
  // the last progress may come after the end
  subscribe("video_generation_progress", (data) => {
    if (isOurs(data) && isNews(data) && !ended.has(data.jobId)) showProgress(store, data);
  });
  for (const type of ["started", "completed", "failed"]) {
    for (const kind of ["video", "image", "audio"]) {
      subscribe(`${kind}_generation_${type}`, (data) => {
        if (type !== "started") ended.add(data.jobId);
        if (isOurs(data) && isNews(data)) reloadSoon();
      });
    }
  }
  // after the connection was lost, messages may have been missed
  subscribe("subscribed", () => (isFirst ? (isFirst = false) : reloadSoon()));
  subscribeToProject(project);
  subscribeToStoryboard(project);
}

function showProgress(store, { sceneId, progress }) {
  const scene = store.media.scenes.get(sceneId);
  if (!scene) return;
  scene.progress = Math.max(scene.progress, progress);
  scene.generating ||= 1;
  store.tell("cut", "selection");
}
