/**
 * @file Elements that are fetched again when what they show has changed: with `hx-get` and `hx-trigger="refresh"`.
 *
 * Each has one request at a time. hx-sync cannot do that here: it keeps its queue with the element, which the response
 * replaces, and its "replace" aborts requests, which htmx writes to the console as errors.
 */

const RETRY_DELAY = 1_000; // milliseconds

const requests = new Map(); // id of an element that is being fetched → whether to fetch it once more after that
const versions = new Map(); // job id → newest version in a message

/**
 * Fetch an element again, if it is on the page; when a request for it is under way, once more after that.
 *
 * @param {string} id
 */
export function refreshElement(id) {
  const element = document.getElementById(id);
  if (requests.has(id)) requests.set(id, true);
  else if (element) htmx.trigger(element, "refresh");
}

/**
 * Remember the version of a job. What shows an older one after its refresh is fetched again.
 *
 * @param {{ jobId: string, version: number }} job
 */
export function noteVersion({ jobId, version }) {
  versions.set(jobId, Math.max(version, versions.get(jobId) ?? 0));
}

function track({ detail: { target, requestConfig, xhr } }) {
  if (requestConfig.triggeringEvent?.type !== "refresh") return;
  requests.set(target.id, false);
  // htmx reports the end of a request to the element, which may have been replaced by then; the request itself does not
  xhr.addEventListener("loadend", () => finish(target.id, xhr.status));
}

function finish(id, status) {
  const again = requests.get(id);
  requests.delete(id);
  if (again) refreshElement(id);
  else if (![200, 404].includes(status) || isBehind(document.getElementById(id))) {
    setTimeout(refreshElement, RETRY_DELAY, id);
  }
}

// the response to a button may be older than a message that came while it was under way
function isBehind(element) {
  return Number(element?.dataset.version) < (versions.get(element?.dataset.job) ?? 0);
}

/** Begin to follow the requests that htmx makes for refreshed elements. */
export function start() {
  document.body.addEventListener("htmx:beforeRequest", track);
}
