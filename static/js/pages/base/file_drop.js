/**
 * @file Pictures that are dropped on a page. On a scene's card they go into that scene; elsewhere on a film's page each
 * becomes a scene; among the films they make a new one. Anywhere else nothing happens: without this a browser would
 * leave the page and show the file.
 */

import { toast } from "../../lib/toasts.js";

const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
const places = () => document.querySelectorAll("[data-dropping]");
const withoutEnding = (name) => name.replace(/\.[^.]*$/u, "").slice(0, 200) || "Untitled";
const count = (number) => (number === 1 ? "1 file" : `${number} files`);

// Call the API as the user who is signed in. Throws an error with the server's sentence.
async function call(path, body) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  const headers = { "X-CSRFToken": token, ...(body instanceof FormData ? {} : { "Content-Type": "application/json" }) };
  const sent = body instanceof FormData ? body : JSON.stringify(body);
  const response = await fetch(`/api/projects${path}`, { method: "POST", headers, body: sent });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message);
  return answer.data;
}

async function addToScene(project, scene, files) {
  for (const file of files) {
    const body = new FormData();
    body.set("file", file, file.name);
    // one after the other, in the order in which they were dropped
    // oxlint-disable-next-line no-await-in-loop
    await call(`/${project}/folders/${scene}/assets`, body);
  }
}

async function addScenes(project, files) {
  for (const file of files) {
    // oxlint-disable-next-line no-await-in-loop
    const { id } = await call(`/${project}/folders`, { name: withoutEnding(file.name) });
    // oxlint-disable-next-line no-await-in-loop
    await addToScene(project, id, [file]);
  }
}

async function addProject(files) {
  const { id } = await call("", { name: withoutEnding(files[0].name) });
  await addScenes(id, files);
  location.assign(`/projects/${id}/`);
}

async function add({ drop, project, scene }, files) {
  if (drop === "wall") return addProject(files);
  if (drop === "project") await addScenes(project, files);
  else await addToScene(project, scene, files);
  return toast(drop === "project" ? `${count(files.length)} added, a scene each.` : `${count(files.length)} added.`);
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
  const files = [...event.dataTransfer.files];
  if (place && files.length) add({ ...place.dataset }, files).catch((error) => toast(error.message, "error"));
}

/** Start to handle files that are dragged over the page. */
export function start() {
  // behind the handlers of the page, which are on the document
  globalThis.addEventListener("dragover", handleDragOver);
  globalThis.addEventListener("drop", handleDrop);
  globalThis.addEventListener("dragleave", (event) => event.relatedTarget || unmark());
}
