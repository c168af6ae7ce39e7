/**
 * @file Responses that come when the element that made the request has been replaced, usually because its card was
 * refreshed meanwhile. htmx reports to that element, which is not in the page any more, so nobody would hear of it.
 */

import { dispatchServerEvents } from "./http.js";
import { refreshElement } from "./refresh.js";

// The element itself listens, because its events do not reach the body once it is replaced.
function listen({ detail: { elt } }) {
  elt.addEventListener("htmx:beforeOnLoad", handleResponse);
}

function handleResponse(event) {
  const { elt, target, xhr, requestConfig } = event.detail;
  // the event of a button bubbles to its card, which listens for its own
  if (event.currentTarget !== event.target) return;
  const cardReplaced = target.matches("[data-job]") && !target.isConnected;
  if (cardReplaced || !elt.isConnected) dispatchServerEvents(xhr.getResponseHeader("HX-Trigger"));
  if (!cardReplaced) return;
  // a swap into the old card would move the clip that plays (hx-preserve) from the page into it
  event.preventDefault();
  if (isDeleted(elt, xhr)) document.getElementById(target.id)?.remove();
  else if (requestConfig.verb !== "get") refreshElement(target.id);
}

const isDeleted = (elt, xhr) => xhr.status < 300 && elt.getAttribute("hx-swap") === "delete";

/** Begin to handle such responses. */
export function start() {
  document.body.addEventListener("htmx:beforeRequest", listen);
}
