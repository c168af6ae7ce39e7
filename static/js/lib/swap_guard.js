/** @file Checks of what htmx is about to swap in: nothing newer is replaced, and nothing in which somebody writes. */

import { parseHtml } from "./html.js";

const KEPT = "data-keep-while-writing";

function checkSwap(event) {
  const { target, requestConfig, xhr } = event.detail;
  const isGet = requestConfig?.verb === "get";
  event.detail.serverResponse = dropParts(event.detail.serverResponse, isGet);
  if (!isGet || !target?.matches?.("[data-job]")) return;
  if (xhr.status === 404) {
    target.remove();
    return;
  }
  const card = parseHtml(event.detail.serverResponse).querySelector("[data-version]");
  if (card && isNoNewer(card, target)) event.detail.shouldSwap = false;
}

const isNoNewer = (card, shown) => Number(card.dataset.version) <= Number(shown?.dataset.version);

// Out-of-band parts are dropped that have no place on this page. Those that come with a refresh are dropped too if they
// are no newer than what is shown, or if somebody is writing in what they would replace.
function dropParts(html, isGet) {
  if (!html.includes("hx-swap-oob") && !html.includes(KEPT)) return html;
  const template = document.createElement("template");
  template.innerHTML = html;
  for (const part of template.content.querySelectorAll("[hx-swap-oob]")) {
    const shown = document.getElementById(part.id);
    if (!shown || (isGet && (isNoNewer(part, shown) || isBeingEdited(shown)))) part.remove();
  }
  if (isGet) keepWhatIsWritten(template.content);
  return template.innerHTML;
}

// The element of the page is then moved into what comes, instead of its new rendering.
function keepWhatIsWritten(content) {
  for (const part of content.querySelectorAll(`[${KEPT}]`)) {
    const shown = document.getElementById(part.id);
    if (shown && isBeingEdited(shown)) part.setAttribute("hx-preserve", "true");
  }
}

function isBeingEdited(element) {
  return element.contains(document.activeElement) && document.activeElement.matches("textarea, input");
}

/** Begin to check responses before htmx swaps them in. */
export function start() {
  document.body.addEventListener("htmx:beforeSwap", checkSwap);
}
