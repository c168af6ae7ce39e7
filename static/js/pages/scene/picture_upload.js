/** @file Pictures for the first frame: dropped, pasted or chosen as files, or a frame of a take. */

import { droppedFiles, mediaOf } from "../../lib/dropped_files.js";
import { uploadFile } from "../../lib/file_upload.js";
import { FRAGMENT_HEADERS } from "../../lib/http.js";
import { parseHtml } from "../../lib/html.js";
import { formatFrames } from "../../lib/timecode.js";
import { toast } from "../../lib/toasts.js";
import { addLine } from "../../lib/upload_list.js";
import { followPicture, refreshComposer } from "./composer.js";
import { isLastSelected, selectSlotAt } from "./frames.js";
import { playbackState } from "./playback.js";
import { fill, gettext } from "../../lib/words.js";

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
    // one file has its progress at the frame; of several each has a line
    const line = files.length > 1 ? addLine(file.name) : null;
    queue = queue.then(() => uploadNext(file, line));
  }
  showUploading();
}

async function uploadNext(file, line) {
  try {
    await upload(file, line);
    line?.done();
  } catch (error) {
    // in the list it stays when the next file comes well
    (line ?? addLine(file.name)).fail(error.message);
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

async function upload(file, line) {
  // others are converted, and may be larger
  if (PLAIN_TYPES.has(file.type) && file.size > MAX_BYTES) {
    throw new Error(gettext("The picture is larger than 20 MB. Make it smaller."));
  }
  const form = document.getElementById("upload");
  const asset = await uploadFile({ ...form.dataset }, file, {
    kind: "image",
    onProgress: (share) => showShare(share, line),
    onWait: () => line?.wait(),
  });
  const response = await fetch(`${form.getAttribute("action")}?asset=${asset.id}`, { headers: FRAGMENT_HEADERS });
  if (!response.ok) throw new Error(gettext("The picture is stored, but cannot be shown. Reload the page."));
  choosePicture(await response.text());
}

function showShare(share, line) {
  document.getElementById("upload-progress").value = 100 * share;
  line?.progress(share);
}

// Resolve with the tile of the frame that was kept, as HTML.
async function keepFrame(form) {
  const body = new FormData(form);
  const response = await fetch(form.getAttribute("action"), { method: "POST", headers: FRAGMENT_HEADERS, body });
  const redirect = response.headers.get("HX-Redirect");
  if (redirect) location.assign(redirect);
  if (response.ok && !redirect) return response.text();
  const events = JSON.parse(response.headers.get("HX-Trigger") ?? "{}");
  throw new Error(
    events["dailies:toast"]?.message ??
      fill(gettext("The frame could not be saved ({status})."), { status: response.status }),
  );
}

async function useFrame(form, frame) {
  try {
    choosePicture(await keepFrame(form), false);
    toast(fill(gettext("The next take starts from {frame}."), { frame }));
  } catch (error) {
    toast(error.message, "error");
  }
}

/**
 * Add the tile of a picture and choose it for a slot. A picture that the scene has already is only chosen.
 *
 * @param {string} html
 * @param {boolean} [isLast] whether for the last frame; by default the slot that is selected
 */
export function choosePicture(html, isLast = isLastSelected()) {
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
  followPicture(forLast ? tile.dataset.picture : "");
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
    droppedFiles(event.dataTransfer).then(
      ({ files }) => addFiles(files),
      ({ message }) => showProblem(message),
    );
  });
}

function handleChange({ target }) {
  if (target.id !== "picture-file" && target.id !== "picture-folder") return;
  addFiles(target.id === "picture-folder" ? mediaOf(target.files) : [...target.files]);
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
  const form = event.target;
  const { lastFrame, still } = form.dataset;
  if (!lastFrame && !still) return;
  event.preventDefault();
  if (lastFrame) {
    useFrame(form, fill(gettext("the last frame of take {take}"), { take: lastFrame }));
    return;
  }
  const { time, fps } = playbackState();
  form.elements.seconds.value = String(time);
  useFrame(form, fill(gettext("frame {frame} of take {take}"), { frame: formatFrames(time, fps), take: still }));
}

/** Start the upload, if the user may change the scene. */
export function start() {
  if (!document.getElementById("upload")) return;
  followDrops(document.querySelector(".workbench"));
  document.addEventListener("change", handleChange);
  document.addEventListener("paste", handlePaste);
  document.addEventListener("submit", handleSubmit);
}
