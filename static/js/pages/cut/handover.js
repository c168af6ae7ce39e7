/** @file The cut as a file for editing programs and back, and its captions as files. */

import { callApi } from "../../lib/file_upload.js";
import { toast } from "../../lib/toasts.js";
import { make } from "./dom.js";
import { fill, gettext, ngettext } from "../../lib/words.js";

const HANDOVER = "handover";

/**
 * Start the hand-over and the files of captions.
 *
 * @param {object} page its parts by name
 */
export function startHandover(page) {
  const root = document.getElementById("cut-handover");
  startDownload(root, page);
  if (!page.store.mayChange) return;
  startReturn(root, page);
  startCaptions(document.getElementById("cut-caption-files"), page);
}

const itemsOf = (sentences) => sentences.map((textContent) => make("li", { textContent }));

function formOf(input) {
  const form = new FormData();
  form.set("file", input.files[0]);
  return form;
}

function startDownload(root, { project, saver }) {
  const form = root.querySelector("[data-handover-form]");
  const words = root.querySelector("[data-report-words]");
  const show = async () => {
    if (!root.open) return;
    const { media, handles } = form.elements;
    const query = new URLSearchParams({ format: form.elements.format.value, handles: handles.value || "0" });
    // it hands over what is saved
    const address = `/${project}/cut/handover/report?${query}`;
    const answer = await saver.ask(
      () => callApi(address, "GET"),
      gettext("What this format leaves out could not be checked."),
    );
    if (!answer) return;
    const { report } = answer;
    const format = form.elements.format.selectedOptions[0].text;
    words.textContent = report.length
      ? fill(gettext("Left out of {format}, or changed in it ({count}):"), { format, count: report.length })
      : fill(gettext("{format} has everything in this cut."), { format });
    root.querySelector("[data-report]").replaceChildren(...itemsOf(report));
    if (media.checked) query.set("media", "true");
    root.querySelector("[data-download]").href = `/api/projects/${project}/cut/handover?${query}`;
  };
  form.addEventListener("change", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  root.addEventListener("toggle", show);
}

// What a file would change is told before it is taken.
function startReturn(root, { project, saver }) {
  const input = root.querySelector("[data-return-form] [name=file]");
  const result = root.querySelector("[data-returned]");
  const preview = `/${project}/cut/${HANDOVER}?preview=true`;
  const leave = () => {
    input.value = "";
    result.hidden = true;
  };
  input.addEventListener("change", async () => {
    result.hidden = true;
    if (!input.files.length) return;
    const body = formOf(input);
    const answer = await saver.ask(() => callApi(preview, "POST", body), gettext("The file was not read."));
    if (answer) showDifferences(root, answer);
    else leave();
  });
  root.querySelector("[data-leave]").addEventListener("click", leave);
  root.querySelector("[data-take]").addEventListener("click", async () => {
    const answer = await saver.act(HANDOVER, gettext("The cut was not changed."), formOf(input));
    if (!answer) return;
    leave();
    const { length } = answer.differences;
    toast(
      ngettext(
        "The cut was updated: {count} difference.",
        gettext("The cut was updated: {count} differences."),
        length,
      ),
    );
  });
}

function showDifferences(root, { changed, differences, report }) {
  root.querySelector("[data-returned]").hidden = false;
  root.querySelector("[data-returned-words]").textContent = changed
    ? ngettext("{count} difference:", "{count} differences:", differences.length)
    : gettext("The file matches the cut: there is nothing to apply.");
  root.querySelector("[data-differences]").replaceChildren(...itemsOf([...differences, ...report]));
  root.querySelector("[data-take]").hidden = !changed;
}

function startCaptions(root, { saver }) {
  const input = root.querySelector("[name=file]");
  input.addEventListener("change", async () => {
    if (!input.files.length) return;
    const answer = await saver.act("captions", gettext("The captions were not replaced."), formOf(input));
    if (answer) toast(gettext("Captions replaced."));
    input.value = "";
  });
  root.querySelector("[data-speech]").addEventListener("click", async () => {
    const answer = await saver.act("captions/from-speech", gettext("No captions were made."));
    if (answer) toast(gettext("Captions were created from the speech on the Voice track."));
  });
}
