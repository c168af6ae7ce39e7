/**
 * @file The crop of the first frame: what a model would cut off can be moved and scaled, or the whole picture kept, with
 * blurred edges. The server makes a picture of it, which becomes the first frame: what is sent is what is seen.
 */

import { FRAGMENT_HEADERS } from "../../lib/http.js";
import { frameShape } from "./frames.js";
import { choosePicture } from "./picture_upload.js";
import { gettext } from "../../lib/words.js";

const MAX_ZOOM = 4; // from the largest crop
const STEP = 0.02; // of the picture, for an arrow key
const MAX_STAGE_HEIGHT = 0.5; // of the window
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// shares of the picture's width and height; `aspect` is width by height in these shares
let crop = { left: 0, top: 0, width: 1, aspect: 1 };
let ratio = "";
let url = "";

const dialog = () => document.getElementById("crop-dialog");
const part = (name) => dialog().querySelector(`[data-${name}]`);
const smallest = () => Math.min(1, crop.aspect) / MAX_ZOOM;
const largest = () => Math.max(1, crop.aspect);
const within = (value, size) => Math.min(Math.max(value, Math.min(0, 1 - size)), Math.max(0, 1 - size));

// Keep the picture in the frame, or the frame in the picture.
function place(left, top, width) {
  const kept = Math.min(Math.max(width, smallest()), largest());
  crop = { ...crop, width: kept, left: within(left, kept), top: within(top, kept / crop.aspect) };
  draw();
}

function scaleTo(width) {
  const middle = [crop.left + crop.width / 2, crop.top + crop.width / crop.aspect / 2];
  place(middle[0] - width / 2, middle[1] - width / crop.aspect / 2, width);
}

function zoomTo(share) {
  scaleTo(largest() * (smallest() / largest()) ** share);
}

function draw() {
  const { left, top, width, aspect } = crop;
  const height = width / aspect;
  Object.assign(part("picture").style, {
    width: `${100 / width}%`,
    height: `${100 / height}%`,
    left: `${(-100 * left) / width}%`,
    top: `${(-100 * top) / height}%`,
  });
  // to the right it is closer
  part("zoom").value = (100 * Math.log(largest() / width)) / Math.log(largest() / smallest());
}

function open() {
  const input = document.querySelector('#composer input[name="image"]:checked');
  const picture = document.getElementById("first-frame-picture");
  const [width, height] = frameShape().sides;
  ratio = `${width}:${height}`;
  if (!input || !height) return;
  const { project, scene } = document.getElementById("upload").dataset;
  url = `/projects/${project}/${scene}/files/${input.value}/frame/`;
  crop.aspect = ((width / height) * picture.naturalHeight) / picture.naturalWidth;
  for (const name of ["picture", "backdrop"]) part(name).src = picture.src;
  Object.assign(part("stage").style, {
    aspectRatio: `${width} / ${height}`,
    maxWidth: `${(MAX_STAGE_HEIGHT * innerHeight * width) / height}px`,
  });
  part("ratio").textContent = height === 1000 ? "" : `${width} × ${height}`;
  part("problem").hidden = true;
  fit("crop");
  dialog().showModal();
}

function fit(kind) {
  const width = kind === "fill" ? largest() : Math.min(1, crop.aspect);
  place((1 - width) / 2, (1 - width / crop.aspect) / 2, width);
}

async function use() {
  const body = new FormData(document.getElementById("upload"));
  for (const [name, value] of Object.entries({ left: crop.left, top: crop.top, width: crop.width, ratio })) {
    body.set(name, value);
  }
  part("use").disabled = true;
  try {
    const response = await fetch(url, { method: "POST", headers: FRAGMENT_HEADERS, body });
    if (!response.ok) {
      const events = JSON.parse(response.headers.get("HX-Trigger") ?? "{}");
      throw new Error(
        events["dailies:toast"]?.message ?? gettext("The picture could not be cropped. Reload the page."),
      );
    }
    choosePicture(await response.text(), false);
    dialog().close();
  } catch (error) {
    part("problem").textContent = error.message;
    part("problem").hidden = false;
  } finally {
    part("use").disabled = false;
  }
}

function drag(event) {
  const { clientWidth, clientHeight } = part("stage");
  const height = crop.width / crop.aspect;
  place(
    crop.left - (event.movementX * crop.width) / clientWidth,
    crop.top - (event.movementY * height) / clientHeight,
    crop.width,
  );
}

function handleKey(event) {
  const arrow = ARROWS[event.key];
  if (!arrow) return;
  event.preventDefault();
  place(crop.left + arrow[0] * STEP, crop.top + arrow[1] * STEP, crop.width);
}

function followStage() {
  const stage = part("stage");
  stage.addEventListener("pointerdown", ({ pointerId }) => stage.setPointerCapture(pointerId));
  stage.addEventListener("pointermove", (event) => event.buttons && drag(event));
  stage.addEventListener("keydown", handleKey);
  part("zoom").addEventListener("input", ({ target }) => zoomTo(target.value / 100));
}

/** Start the dialog, if the user may change the scene. */
export function start() {
  if (!dialog()) return;
  followStage();
  document.addEventListener("click", ({ target }) => {
    if (target.closest("#adjust-crop")) open();
    else if (target.closest("#crop-dialog [data-fit]")) fit(target.closest("[data-fit]").dataset.fit);
    else if (target.closest("#crop-dialog [data-use]")) use();
  });
}
