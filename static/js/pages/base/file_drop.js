/**
 * @file Pictures that are dropped on a page. On a scene's card they go into that scene; elsewhere on a film's page each
 * becomes a scene; among the films they make a new one. Folders may be dropped, too, or chosen by a button. Anywhere
 * else nothing happens: without this a browser would leave the page and show the file.
 */

import { droppedFiles, mediaOf } from "../../lib/dropped_files.js";
import { callApi, uploadFile } from "../../lib/file_upload.js";
import { toast } from "../../lib/toasts.js";
import { addLine } from "../../lib/upload_list.js";
import { gettext, ngettext } from "../../lib/words.js";

const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
const places = () => document.querySelectorAll("[data-dropping]");
const withoutEnding = (name) => name.replace(/\.[^.]*$/u, "").slice(0, 200) || gettext("Untitled");

// Upload files to a scene, one after the other, in the order in which they were dropped. Resolves with how many came.
async function addToScene(project, scene, files, lines = files.map(({ name }) => addLine(name))) {
  let stored = 0;
  for (const [number, file] of files.entries()) {
    const line = lines[number];
    try {
      // oxlint-disable-next-line no-await-in-loop
      await uploadFile({ project, scene }, file, { onProgress: line.progress, onWait: line.wait });
      line.done();
      stored += 1;
    } catch (error) {
      line.fail(error.message);
    }
  }
  return stored;
}

async function addScenes(project, files) {
  const lines = files.map(({ name }) => addLine(name));
  let stored = 0;
  for (const [number, file] of files.entries()) {
    // oxlint-disable-next-line no-await-in-loop
    const { id } = await callApi(`/${project}/folders`, "POST", { name: withoutEnding(file.name) });
    // oxlint-disable-next-line no-await-in-loop
    stored += await addToScene(project, id, [file], [lines[number]]);
  }
  return stored;
}

async function addProject(files, folder) {
  const { id } = await callApi("", "POST", { name: folder || withoutEnding(files[0].name) });
  await addScenes(id, files);
  location.assign(`/projects/${id}/`);
}

async function add({ drop, project, scene }, { files, folder }) {
  if (!files.length) {
    toast(gettext("No pictures, sounds or videos in that folder."), "error");
    return;
  }
  if (drop === "wall") {
    await addProject(files, folder);
    return;
  }
  const isProject = drop === "project";
  const stored = isProject ? await addScenes(project, files) : await addToScene(project, scene, files);
  // the others are in the list, with the reason
  if (!stored) return;
  // with its first scenes a film gets its player and its figures
  if (isProject && stored === files.length && document.querySelector("#no-scenes")) location.reload();
  const inScenes = ngettext("{count} file added, a scene each.", "{count} files added, a scene each.", stored);
  toast(isProject ? inScenes : ngettext("{count} file added.", "{count} files added.", stored));
}

function unmark() {
  for (const place of places()) delete place.dataset.dropping;
}

function handleDragOver(event) {
  // the page of a scene has a handler of its own
  if (!hasFiles(event) || event.defaultPrevented) return;
  event.preventDefault();
  unmark();
  const place = event.target.closest("[data-drop]");
  event.dataTransfer.dropEffect = place ? "copy" : "none";
  if (place) place.dataset.dropping = "";
}

function handleDrop(event) {
  unmark();
  if (!hasFiles(event) || event.defaultPrevented) return;
  event.preventDefault();
  const place = event.target.closest("[data-drop]");
  if (!place) return;
  const target = { ...place.dataset };
  droppedFiles(event.dataTransfer)
    .then((dropped) => add(target, dropped))
    .catch((error) => toast(error.message, "error"));
}

// Files or a folder that are chosen in a dialog do what they would do if they were dropped there.
function handleChange({ target }) {
  if (!target.matches("[data-add-folder], [data-add-files]") || !target.files.length) return;
  const chosen = target.webkitdirectory ? filesOfFolder([...target.files]) : { files: mediaOf(target.files) };
  add({ ...target.closest("[data-drop]").dataset }, chosen).catch((error) => toast(error.message, "error"));
  // the same ones can be chosen again
  target.value = "";
}

function filesOfFolder(files) {
  const byPath = files.toSorted((one, other) =>
    one.webkitRelativePath.localeCompare(other.webkitRelativePath, undefined, { numeric: true }),
  );
  return { files: mediaOf(byPath), folder: files[0].webkitRelativePath.split("/")[0] };
}

/** Start to handle files that are dragged over the page, and folders that are chosen. */
export function start() {
  // behind the handlers of the page, which are on the document
  globalThis.addEventListener("dragover", handleDragOver);
  globalThis.addEventListener("drop", handleDrop);
  document.addEventListener("change", handleChange);
  globalThis.addEventListener("dragleave", (event) => event.relatedTarget || unmark());
}
