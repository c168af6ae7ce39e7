/** @file Pictures for the first frame: dropped, pasted or chosen as files, or the last frame of a take. */

import { FRAGMENT_HEADERS } from "../../lib/http.js";
import { parseHtml } from "../../lib/html.js";
import { toast } from "../../lib/toasts.js";
import { refreshComposer, refreshLastFrames } from "./composer.js";
import { isLastSelected, selectSlotAt } from "./frames.js";

const MAX_BYTES = 20 * 1024 * 1024;
const PLAIN_TYPES = new Set(["image/jpeg", "image/png", "image/webp"]);

let queue = Promise.resolve(); // pictures are uploaded one after another
let remaining = 0;

function showProblem(message) {
  const problem = document.getElementById("upload-problem");
  problem.hidden = !message;
  problem.querySelector("span").textContent = message;
}

function addFiles(files) {
  showProblem("");
  for (const file of files) {
    remaining += 1;
    queue = queue.then(() => uploadNext(file));
  }
  showUploading();
}

async function uploadNext(file) {
  try {
    await upload(file);
  } catch (error) {
    showProblem(`${file.name}: ${error.message}`);
  }
  remaining -= 1;
  showUploading();
}

function showUploading() {
  document.getElementById("composer").toggleAttribute("data-uploading", remaining > 0);
  document.getElementById("upload-progress").hidden = !remaining;
  refreshComposer();
}

async function upload(file) {
  // others are converted, and may be larger
  if (PLAIN_TYPES.has(file.type) && file.size > MAX_BYTES)
    throw new Error("The picture is larger than 20 MB. Make it smaller.");
  const form = document.getElementById("upload");
  const body = new FormData(form);
  body.set("file", file, file.name);
  choosePicture(await send(form, body));
}

// Resolve with the tile of the picture that was stored, as HTML. Only XMLHttpRequest reports the progress of an upload.
function send(form, body) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.getAttribute("action"));
    for (const [name, value] of Object.entries(FRAGMENT_HEADERS)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      document.getElementById("upload-progress").value = total ? (100 * loaded) / total : 0;
    });
    request.addEventListener("load", () => {
      const redirect = request.getResponseHeader("HX-Redirect");
      if (redirect) location.assign(redirect);
      else if (request.status === 200) resolve(request.responseText);
      else reject(new Error(errorMessage(request)));
    });
    request.addEventListener("error", () =>
      reject(new Error("The studio is not responding. Try again when it is back.")),
    );
    request.send(body);
  });
}

function errorMessage(request) {
  const events = JSON.parse(request.getResponseHeader("HX-Trigger") ?? "{}");
  return events["dailies:toast"]?.message ?? `The upload failed (${request.status}).`;
}

async function useLastFrame(form) {
  try {
    choosePicture(await send(form, new FormData(form)), false);
    toast(`The next take starts from the last frame of take ${form.dataset.lastFrame}.`);
  } catch (error) {
    toast(error.message, "error");
  }
}

// Add the tile of a picture and choose it for the slot that is selected. A picture that the scene has already is only
// chosen.
function choosePicture(html, isLast = isLastSelected()) {
  const fragment = parseHtml(html);
  const tile = fragment.querySelector(".picture");
  const input = tile.querySelector("input");
  const pictures = document.getElementById("pictures");
  const chosen = pictures.querySelector("input:checked");
  const forLast = isLast && chosen;
  const before = forLast ? chosen.value : tile.dataset.picture;
  pictures.querySelector(`[data-picture="${tile.dataset.picture}"]`)?.remove();
  pictures.append(fragment);
  pictures.querySelector(`input[value="${CSS.escape(before)}"]`).checked = true;
  tile.scrollIntoView({ block: "nearest" });
  input.dispatchEvent(new Event("input", { bubbles: true }));
  refreshComposer();
  refreshLastFrames(forLast ? tile.dataset.picture : "");
}

const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

function followDrops(dropZone) {
  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    dropZone.classList.add("dropping");
  });
  // without a related target the pointer has left the window
  document.addEventListener("dragleave", (event) => event.relatedTarget || dropZone.classList.remove("dropping"));
  document.addEventListener("drop", (event) => {
    dropZone.classList.remove("dropping");
    if (!hasFiles(event)) return;
    event.preventDefault();
    selectSlotAt(event);
    addFiles([...event.dataTransfer.files]);
  });
}

function handleChange({ target }) {
  if (target.id !== "picture-file") return;
  addFiles([...target.files]);
  // the same file can be chosen again
  target.value = "";
}

function handlePaste(event) {
  const files = [...(event.clipboardData?.files ?? [])];
  if (!files.length) return;
  event.preventDefault();
  addFiles(files);
}

function handleSubmit(event) {
  if (!event.target.matches("[data-last-frame]")) return;
  event.preventDefault();
  useLastFrame(event.target);
}

/** Start the upload, if the user may change the scene. */
export function start() {
  if (!document.getElementById("upload")) return;
  followDrops(document.querySelector(".workbench"));
  document.addEventListener("change", handleChange);
  document.addEventListener("paste", handlePaste);
  document.addEventListener("submit", handleSubmit);
}
