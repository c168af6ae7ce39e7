// Pictures come in by drop, by paste or from a file; one at a time, with the bar under the first frame.

import { offerPicture, refresh } from "./composer.js";
import { toast } from "../../lib/toasts.js";

const LARGEST = 20 * 1024 * 1024;
let line = Promise.resolve();
let waiting = 0;

function say(message) {
  const problem = document.getElementById("upload-problem");
  problem.hidden = !message;
  problem.querySelector("span").textContent = message;
}

function take(files) {
  say("");
  for (const file of files) {
    waiting += 1;
    line = line.then(() => upload(file)).catch((error) => say(`${file.name}: ${error.message}`)).then(arrived);
  }
  mark();
}

function arrived() {
  waiting -= 1;
  mark();
}

function mark() {
  document.getElementById("composer").toggleAttribute("data-uploading", waiting > 0);
  document.getElementById("upload-progress").hidden = !waiting;
  refresh();
}

async function upload(file) {
  if (file.size > LARGEST) throw new Error("The picture is larger than 20 MB: make it smaller.");
  show(await send(file));
}

/** The tile of the stored picture, as HTML. */
function send(file) {
  const form = document.getElementById("upload");
  const body = new FormData(form);
  body.set("file", file, file.name);
  return post(form, body);
}

function post(form, body) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.getAttribute("action"));
    request.setRequestHeader("HX-Request", "true");
    request.upload.onprogress = ({ loaded, total }) => {
      document.getElementById("upload-progress").value = total ? (100 * loaded) / total : 0;
    };
    request.onload = () => {
      const elsewhere = request.getResponseHeader("HX-Redirect");
      if (elsewhere) location.assign(elsewhere);
      else if (request.status === 200) resolve(request.responseText);
      else reject(new Error(reason(request)));
    };
    request.onerror = () => reject(new Error("The studio does not answer. Try again when it is back."));
    request.send(body);
  });
}

/** Where the take on the stage ends, the next one begins. */
async function continueFrom(form) {
  try {
    show(await post(form, new FormData(form)));
    toast(`The next take begins with the last frame of take ${form.dataset.lastFrame}.`);
  } catch (error) {
    toast(error.message, "error");
  }
}

function reason(request) {
  const told = request.getResponseHeader("HX-Trigger");
  return told ? JSON.parse(told)["dailies:toast"].message : `The studio could not store it (${request.status}).`;
}

function show(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const tile = template.content.querySelector(".picture");
  const pictures = document.getElementById("pictures");
  pictures.querySelectorAll("input:checked").forEach((input) => (input.checked = false));
  // a picture that is here already only gets chosen
  pictures.querySelector(`[data-picture="${tile.dataset.picture}"]`)?.remove();
  pictures.querySelector("li:not(.picture)").before(template.content);
  tile.querySelector("input").checked = true;
  tile.scrollIntoView({ block: "nearest" });
  tile.querySelector("input").dispatchEvent(new Event("input", { bubbles: true }));
  refresh();
  offerPicture();
}

export function start() {
  if (!document.getElementById("upload")) return;
  const bench = document.querySelector(".bench");
  const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  document.addEventListener("change", (event) => {
    if (event.target.id !== "picture-file") return;
    take([...event.target.files]);
    event.target.value = "";
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-last-frame]")) return;
    event.preventDefault();
    continueFrom(event.target);
  });
  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    bench.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget || bench.classList.remove("dropping"));
  document.addEventListener("drop", (event) => {
    bench.classList.remove("dropping");
    if (!hasFiles(event)) return;
    event.preventDefault();
    take([...event.dataTransfer.files]);
  });
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    take(files);
  });
}
