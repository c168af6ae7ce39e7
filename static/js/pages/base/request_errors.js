/** @file Toasts about htmx requests that failed. Requests that only refresh a part of the page are left out: it is
 * fetched again. */

import { reportFailure, reportNoResponse } from "../../lib/http.js";

function handleError({ detail: { xhr, requestConfig } }) {
  // an error with events of its own has informed the user already
  if (requestConfig.verb !== "get" && !xhr.getResponseHeader("HX-Trigger")) reportFailure(xhr.status);
}

function handleNoResponse({ detail: { requestConfig } }) {
  if (requestConfig.verb !== "get") reportNoResponse();
}

/** Begin to report requests that failed. */
export function start() {
  document.body.addEventListener("htmx:responseError", handleError);
  document.body.addEventListener("htmx:sendError", handleNoResponse);
}
