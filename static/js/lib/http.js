/** @file Requests to the studio's own pages, made as htmx makes them, and reports of those that fail. */

import { parseHtml } from "./html.js";
import { toast } from "./toasts.js";
import { fill, gettext } from "./words.js";

/** The headers by which the server recognizes a request for a fragment. */
export const FRAGMENT_HEADERS = { "HX-Request": "true" };

/**
 * Dispatch the events that a response announces in its HX-Trigger header, on the body of the page.
 *
 * @param {string | null} header JSON: `{"name of an event": detail}`
 * @returns {string[]} the names of the events
 */
export function dispatchServerEvents(header) {
  const events = JSON.parse(header ?? "{}");
  for (const [name, detail] of Object.entries(events)) {
    document.body.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, cancelable: true }));
  }
  return Object.keys(events);
}

/**
 * Show a toast about a response that is an error without a message of its own.
 *
 * @param {number} status the HTTP status
 */
export function reportFailure(status) {
  toast(fill(gettext("The studio could not do that ({status}). Reload the page and try again."), { status }), "error");
}

/** Show a toast about a request that got no response. */
export function reportNoResponse() {
  toast(gettext("The studio is not responding. Nothing was lost. Try again when it is back."), "error", {
    group: "no-response",
  });
}

/**
 * Post a form, show what the server has to say, and follow its redirect.
 *
 * @param {HTMLFormElement} form with the CSRF token
 * @param {string} url
 * @param {Record<string, string>} [fields] values to send besides those of the form
 * @returns {Promise<boolean>} whether it succeeded
 */
export async function post(form, url, fields = {}) {
  const body = new FormData(form);
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  try {
    const response = await fetch(url, { method: "POST", body, headers: FRAGMENT_HEADERS });
    const redirect = response.headers.get("HX-Redirect");
    if (redirect) location.assign(redirect);
    const events = dispatchServerEvents(response.headers.get("HX-Trigger"));
    if (!response.ok && !events.includes("dailies:toast")) reportFailure(response.status);
    return response.ok;
  } catch {
    reportNoResponse();
    return false;
  }
}

/**
 * Fetch a page or a fragment of one.
 *
 * @param {string} url
 * @returns {Promise<DocumentFragment | null | false>} null: not to be had now, try again later; false: it does not
 *   exist any more, or the user may not see it
 */
export async function fetchFragment(url) {
  try {
    const response = await fetch(url, { headers: FRAGMENT_HEADERS });
    if (response.status === 404 || response.headers.has("HX-Redirect")) return false;
    return response.ok ? parseHtml(await response.text()) : null;
  } catch {
    return null;
  }
}
