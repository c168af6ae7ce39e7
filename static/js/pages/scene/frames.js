/**
 * @file The slots of the first and the last frame. One of them is selected: a picture that is uploaded goes into that
 * one, and the pictures below are for it.
 */

// field of the form → the picture in its slot
const PICTURES = [
  ["image", "#first-frame-picture"],
  ["last_image", "#last-frame-picture"],
];

const VISIBLE_CROP = 0.04; // logarithm of the part that is left
const MARGIN = 0.005; // of Runway's bounds for width by height, since a crop has whole pixels

const slotOf = (name) => document.getElementById(`slot-${name}`);
const inputsOf = (name) => [...document.querySelectorAll(`#composer input[name="${name}"]`)];
const chosen = (name) => inputsOf(name).find(({ checked }) => checked);

/**
 * Tell whether the slot of the last frame is selected.
 *
 * @returns {boolean}
 */
export function isLastSelected() {
  return slotOf("last").checked;
}

/**
 * Tell whether the model accepts a last frame.
 *
 * @returns {boolean}
 */
export function hasLastFrame() {
  return !slotOf("last").disabled;
}

/**
 * Keep the selected slot while the slot of the last frame is replaced; the first one, if the model has no last frame.
 *
 * @param {() => void} replace
 */
export function keepSlot(replace) {
  const wasLast = isLastSelected();
  replace();
  slotOf(wasLast && hasLastFrame() ? "last" : "first").checked = true;
}

/**
 * Show in each slot the picture that is chosen for it.
 *
 * @param {HTMLFormElement} form the composer
 */
export function showFrames(form) {
  for (const [name, id] of PICTURES) {
    const poster = chosen(name)?.dataset.poster;
    const picture = form.querySelector(id);
    picture.hidden = !poster;
    picture.nextElementSibling.hidden = Boolean(poster);
    if (poster && picture.getAttribute("src") !== poster) picture.src = poster;
  }
  showCrop();
  form.querySelector("#swap-frames").hidden = !(chosen("image") && chosen("last_image")?.value);
}

/**
 * Find the shape that the first frame is sent in, which has a part of the picture where Runway would refuse the whole.
 *
 * @returns {{ sides: number[], isNeeded: boolean }} width and height, NaN where the model decides, and whether the
 *   picture cannot be sent as it is; generation/actions/fit_picture.py crops the same part
 */
export function frameShape() {
  const { naturalWidth, naturalHeight } = document.getElementById("first-frame-picture");
  const wanted = String(new FormData(document.getElementById("composer")).get("ratio"))
    .split(":")
    .map(Number);
  const [least, most] = document.getElementById("settings").dataset.aspects?.split(" ").map(Number) ?? [0, Infinity];
  const aspect = naturalWidth / naturalHeight;
  if (!(aspect < least || aspect > most)) return { sides: wanted, isNeeded: false };
  const ratio = wanted[0] / wanted[1] || aspect;
  const kept = Math.min(Math.max(ratio, least * (1 + MARGIN)), most * (1 - MARGIN));
  return { sides: kept === ratio && wanted[1] ? wanted : [Math.round(kept * 1000), 1000], isNeeded: true };
}

// The largest part of the picture that has the shape of the take, from its middle.
function showCrop() {
  const [picture, crop] = ["first-frame-picture", "frame-crop"].map((id) => document.getElementById(id));
  const { sides, isNeeded } = frameShape();
  const { naturalWidth, naturalHeight, clientWidth, clientHeight } = picture;
  const shape = (sides[0] / sides[1]) * (naturalHeight / naturalWidth);
  // a model that rounds its sides crops a line or two, which nobody sees
  crop.hidden = picture.hidden || !(isNeeded || Math.abs(Math.log(shape)) > VISIBLE_CROP);
  const button = document.getElementById("adjust-crop");
  if (button) button.hidden = crop.hidden;
  if (crop.hidden) return;
  const scale = Math.min(clientWidth / naturalWidth, clientHeight / naturalHeight);
  crop.style.width = `${naturalWidth * scale * Math.min(1, shape)}px`;
  crop.style.height = `${naturalHeight * scale * Math.min(1, 1 / shape)}px`;
}

const inputWith = (name, value) => inputsOf(name).find((each) => each.value === value);

function swap() {
  const [first, last] = [chosen("image").value, chosen("last_image").value];
  const inputs = [inputWith("last_image", first), inputWith("image", last)];
  // both before anybody hears of it: the settings are fetched for what the form has then
  for (const input of inputs) input.checked = true;
  for (const input of inputs) input.dispatchEvent(new Event("change", { bubbles: true }));
}

// A click on the selected slot opens the file dialog.
function handleClick(event) {
  if (event.target.closest("#swap-frames")) swap();
  const slot = event.target.closest(".frame-slot");
  if (!slot || !document.getElementById(slot.htmlFor).checked) return;
  event.preventDefault();
  document.getElementById("picture-file")?.click();
}

/**
 * Select the slot on which something has been dropped.
 *
 * @param {DragEvent} event
 */
export function selectSlotAt({ target }) {
  const input = document.getElementById(target.closest?.(".frame-slot")?.htmlFor);
  if (input && !input.disabled) input.checked = true;
}

/** Start the slots. */
export function start() {
  if (!document.getElementById("frames")) return;
  document.addEventListener("click", handleClick);
  document.getElementById("first-frame-picture").addEventListener("load", showCrop);
}
