/**
 * @file The live connection to the studio: one WebSocket per tab, to /ws/. It reconnects with a growing delay and
 * subscribes again.
 */

// all in milliseconds
const FIRST_DELAY = 500;
const LONGEST_DELAY = 15_000;
const PING_INTERVAL = 20_000;
const PONG_TIMEOUT = 4_000;
const OFFLINE_INTERVAL = 1_000; // between two pings while the browser says that it is offline
// the code with which the server closes the connection of somebody who is signed out
const SIGNED_OUT = 4401;

const handlers = new Map(); // message type → set of handlers
const allJobsHandlers = new Set();
const subscriptions = new Map(); // "jobId …", "projectId …", "storyboardId …", "viewersOf …" or "all" → number of subscribers
const versions = new Map(); // job id → newest version received
let socket = null;
let delay = 0;
let reconnectTimer = 0;
let pongTimer = 0;

/**
 * Call a handler for each message of a type.
 *
 * Besides the server's types there is "connection", with `{ state: "open" | "lost" | "signed out" }`.
 *
 * @param {string} type
 * @param {(data: object) => void} handler
 * @returns {() => void} removes the handler
 */
export function subscribe(type, handler) {
  if (!handlers.has(type)) handlers.set(type, new Set());
  handlers.get(type).add(handler);
  return () => handlers.get(type).delete(handler);
}

/**
 * Receive the messages of one job: a video, a picture or a sound.
 *
 * @param {string} jobId
 * @returns {() => void} ends the subscription
 */
export function subscribeToVideoGeneration(jobId) {
  return addSubscription(`jobId ${jobId}`);
}

/**
 * Receive the messages of all jobs of a project.
 *
 * @param {string} projectId
 * @returns {() => void} ends the subscription
 */
export function subscribeToProject(projectId) {
  return addSubscription(`projectId ${projectId}`);
}

/**
 * Receive the messages of all jobs that the user may see. Only this handler gets those of jobs and projects that
 * nothing else on the page has subscribed to.
 *
 * @param {(type: string, data: object) => void} handler
 * @returns {() => void} ends the subscription
 */
export function subscribeToAll(handler) {
  allJobsHandlers.add(handler);
  return addSubscription("all");
}

/**
 * Receive "storyboard_changed" for each change to the storyboard of a project.
 *
 * @param {string} projectId
 * @returns {() => void} ends the subscription
 */
export function subscribeToStoryboard(projectId) {
  return addSubscription(`storyboardId ${projectId}`);
}

/**
 * Receive "scene_viewers" with the names of the people who look at a scene, and be one of them.
 *
 * @param {string} scene its project's id and its own: "film/scene-1"
 * @returns {() => void} ends the subscription
 */
export function subscribeToViewers(scene) {
  return addSubscription(`viewersOf ${scene}`);
}

function addSubscription(key) {
  const count = subscriptions.get(key) ?? 0;
  subscriptions.set(key, count + 1);
  if (!count) send("subscribe", key);
  connect();
  let active = true;
  return () => {
    if (!active) return;
    active = false;
    removeSubscription(key);
  };
}

function removeSubscription(key) {
  subscriptions.set(key, subscriptions.get(key) - 1);
  if (subscriptions.get(key)) return;
  subscriptions.delete(key);
  send("unsubscribe", key);
}

function send(type, key) {
  if (socket?.readyState !== WebSocket.OPEN) return;
  const [name, id] = key?.split(" ") ?? [];
  socket.send(JSON.stringify(name ? { type, [name]: id ?? true } : { type }));
}

function connect() {
  clearTimeout(reconnectTimer);
  if (socket || !subscriptions.size) return;
  const opened = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/`);
  socket = opened;
  opened.addEventListener("open", () => {
    for (const key of subscriptions.keys()) send("subscribe", key);
    deliver("connection", { state: "open" });
  });
  opened.addEventListener("message", (event) => receive(JSON.parse(event.data)));
  opened.addEventListener("close", (event) => opened === socket && reconnectLater(event.code));
}

function reconnectLater(closeCode) {
  forgetPing();
  socket = null;
  if (closeCode === SIGNED_OUT) {
    deliver("connection", { state: "signed out" });
    return;
  }
  deliver("connection", { state: "lost" });
  delay = Math.min(LONGEST_DELAY, delay * 2 || FIRST_DELAY);
  // half of the delay is random: a hundred tabs must not come back in the same instant
  reconnectTimer = setTimeout(connect, delay * (0.5 + Math.random() / 2));
}

function receive({ type, data }) {
  delay = 0;
  forgetPing();
  // the message may have come before the line was cut, and says nothing of now
  if (!navigator.onLine) setTimeout(checkConnection, OFFLINE_INTERVAL);
  const { jobId, projectId, version } = data;
  if (jobId && version !== undefined) {
    if (version < (versions.get(jobId) ?? 0)) return;
    versions.set(jobId, version);
    for (const handler of allJobsHandlers) call(handler, type, data);
    if (!subscriptions.has(`jobId ${jobId}`) && !subscriptions.has(`projectId ${projectId}`)) return;
  }
  deliver(type, data);
}

function deliver(type, data) {
  for (const handler of handlers.get(type) ?? []) call(handler, data);
}

// a handler that throws must not keep the message from the others
function call(handler, ...args) {
  try {
    handler(...args);
  } catch (error) {
    reportError(error);
  }
}

// A connection can be dead without having been closed: if a ping gets no answer, it is given up.
function checkConnection() {
  if (!socket) {
    delay = 0;
    connect();
  } else if (socket.readyState === WebSocket.OPEN && !pongTimer) {
    send("ping");
    pongTimer = setTimeout(() => {
      const dead = socket;
      reconnectLater();
      dead.close();
    }, PONG_TIMEOUT);
  }
}

function forgetPing() {
  clearTimeout(pongTimer);
  pongTimer = 0;
}

setInterval(() => socket && checkConnection(), PING_INTERVAL);
addEventListener("online", checkConnection);
addEventListener("offline", checkConnection);
addEventListener("pageshow", (event) => event.persisted && checkConnection());
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && checkConnection());
