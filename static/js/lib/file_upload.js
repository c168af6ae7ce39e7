/**
 * @file Sends a file to a scene in parts, so that it goes on where a connection was cut, also after the page was loaded
 * again.
 */

const PART_BYTES = 4 * 1024 * 1024; // the server takes up to 8 MB
const MAX_WAIT = 15_000; // milliseconds between two tries
const MAX_TRIES = 40; // about nine minutes without an answer
const GONE_ON = 409; // another part came, or the answer to ours was lost

/** A refusal by the server, with its sentence. */
class Refused extends Error {}

/**
 * Call the API about projects as the user who is signed in.
 *
 * @param {string} path below /api/projects
 * @param {"GET" | "POST" | "PUT" | "PATCH"} method
 * @param {object | Blob | FormData} [body] JSON, the part of a file, or a form with whole files
 * @returns {Promise<object>} the data of the answer
 * @throws {Error} with the server's sentence; a TypeError without an answer
 */
export function callApi(path, method, body) {
  return callAddress(`/api/projects${path}`, method, body);
}

/**
 * Call the API as the user who is signed in.
 *
 * @param {string} address
 * @param {"GET" | "POST" | "PUT" | "PATCH" | "DELETE"} method
 * @param {object | Blob | FormData} [body] as for `callApi()`
 * @returns {Promise<object>} the data of the answer
 * @throws {Error} with the server's sentence; a TypeError without an answer
 */
export async function callAddress(address, method, body) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  const isPart = body instanceof Blob;
  const isForm = body instanceof FormData;
  const headers = { "X-CSRFToken": token };
  // of a form the browser knows the type, with the boundary of its parts
  if (!isForm) headers["Content-Type"] = isPart ? "application/octet-stream" : "application/json";
  const request = { method, headers };
  if (body) request.body = isPart || isForm ? body : JSON.stringify(body);
  const response = await fetch(address, request);
  // something on the way answers with a page
  const answer = await response.json().catch(() => ({ code: "busy" }));
  if (response.ok && answer.data) return answer.data;
  if (answer.code === "busy") throw new TypeError(`no answer of the studio: ${response.status}`);
  throw Object.assign(new Refused(answer.message), { status: response.status });
}

const isLost = (error) => !(error instanceof Refused);

// Wait until the browser is online again, or for a while.
function pause(tries) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.min(MAX_WAIT, 500 * 2 ** tries));
    globalThis.addEventListener("online", () => (clearTimeout(timer), resolve()), { once: true });
  });
}

// Do it again until there is an answer.
async function withPatience(action, onWait) {
  for (let tries = 0; ; tries += 1) {
    try {
      // oxlint-disable-next-line no-await-in-loop
      return await action();
    } catch (error) {
      if (!isLost(error) || tries >= MAX_TRIES) throw error;
      onWait();
      // oxlint-disable-next-line no-await-in-loop
      await pause(tries);
    }
  }
}

async function sendPart(address, file, offset) {
  try {
    const part = file.slice(offset, offset + PART_BYTES);
    return await callApi(`${address}?offset=${offset}`, "PATCH", part);
  } catch (error) {
    if (error.status !== GONE_ON && !isLost(error)) throw error;
    // some of the part may have arrived
    return callApi(address, "GET");
  }
}

/**
 * Send a file to a scene.
 *
 * @param {{project: string, scene: string}} place
 * @param {File} file
 * @param {object} [options]
 * @param {"image"} [options.kind] refuse any other kind
 * @param {(share: number) => void} [options.onProgress] from 0 to 1
 * @param {() => void} [options.onWait] when the connection is cut, and it is tried again
 * @returns {Promise<object>} the stored file, as the API shows it
 * @throws {Error} with a sentence for people
 */
export async function uploadFile({ project, scene }, file, { kind, onProgress = () => {}, onWait = () => {} } = {}) {
  const uploads = `/${project}/folders/${scene}/uploads`;
  const fingerprint = `${file.name}-${file.size}-${file.lastModified}`.slice(-200);
  const request = { fileName: file.name, bytes: file.size, kind: kind ?? null, fingerprint };
  let state = await withPatience(() => callApi(uploads, "POST", request), onWait);
  while (!state.asset) {
    onProgress(state.offset / file.size);
    const { id, offset } = state;
    // each part begins where the one before it ended
    // oxlint-disable-next-line no-await-in-loop
    state = await withPatience(() => sendPart(`${uploads}/${id}`, file, offset), onWait);
  }
  onProgress(1);
  return state.asset;
}
