// The line to the studio: one WebSocket for the tab, to /ws/. It comes back by itself and subscribes again.

const FIRST_DELAY = 500;
const LONGEST_DELAY = 15_000;
const PING_EVERY = 20_000;
const ANSWER_WITHIN = 4_000;
const SIGNED_OUT = 4401;

const handlers = new Map(); // type → set of functions
const everything = new Set(); // functions that hear of every job
const wanted = new Map(); // "jobId …", "projectId …" or "all" → how many want it
const versions = new Map(); // job → newest version seen
let socket = null;
let delay = 0;
let retry = 0;
let deadline = 0;

/** Call `handler(data)` for each message of a type. Answers a function that ends it.
 *  Besides the server's types there is "line": `{state: "open" | "lost" | "signed out"}`. */
export function subscribe(type, handler) {
  if (!handlers.has(type)) handlers.set(type, new Set());
  handlers.get(type).add(handler);
  return () => handlers.get(type).delete(handler);
}

/** Hear of one job. Answers a function that ends it. */
export function subscribeToVideoGeneration(jobId) {
  return want(`jobId ${jobId}`);
}

/** Hear of every job of a project. */
export function subscribeToProject(projectId) {
  return want(`projectId ${projectId}`);
}

/** Hear of every job that one may see: `handler(type, data)`. What other handlers hear of stays what they asked for. */
export function subscribeToAll(handler) {
  everything.add(handler);
  return want("all");
}

/** Hear of every change to the storyboard of a project: "storyboard_changed". */
export function subscribeToStoryboard(projectId) {
  return want(`storyboardId ${projectId}`);
}

function want(key) {
  const before = wanted.get(key) ?? 0;
  wanted.set(key, before + 1);
  if (!before) send("subscribe", key);
  connect();
  let held = true;
  return () => {
    if (!held) return;
    held = false;
    wanted.set(key, wanted.get(key) - 1);
    if (wanted.get(key)) return;
    wanted.delete(key);
    send("unsubscribe", key);
  };
}

function send(type, key) {
  if (socket?.readyState !== WebSocket.OPEN) return;
  const [kind, id] = key?.split(" ") ?? [];
  socket.send(JSON.stringify(kind ? { type, [kind]: id ?? true } : { type }));
}

function connect() {
  clearTimeout(retry);
  if (socket || !wanted.size) return;
  const opened = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/`);
  socket = opened;
  opened.onopen = () => {
    for (const key of wanted.keys()) send("subscribe", key);
    deliver("line", { state: "open" });
  };
  opened.onmessage = (event) => receive(JSON.parse(event.data));
  opened.onclose = (event) => opened === socket && lost(event.code);
}

function lost(code) {
  clearTimeout(deadline);
  deadline = 0;
  socket = null;
  if (code === SIGNED_OUT) {
    deliver("line", { state: "signed out" });
    return;
  }
  deliver("line", { state: "lost" });
  delay = Math.min(LONGEST_DELAY, delay * 2 || FIRST_DELAY);
  // half of it by chance: a hundred tabs must not come back in the same instant
  retry = setTimeout(connect, delay * (0.5 + Math.random() / 2));
}

function receive({ type, data }) {
  delay = 0;
  clearTimeout(deadline);
  deadline = 0;
  const { jobId, version } = data;
  if (jobId && version !== undefined) {
    if (version < (versions.get(jobId) ?? 0)) return;
    versions.set(jobId, version);
    everything.forEach((handler) => call(handler, type, data));
    if (!wanted.has(`jobId ${jobId}`) && !wanted.has(`projectId ${data.projectId}`)) return;
  }
  deliver(type, data);
}

function deliver(type, data) {
  for (const handler of handlers.get(type) ?? []) call(handler, data);
}

function call(handler, ...told) {
  try {
    handler(...told);
  } catch (error) {
    reportError(error);
  }
}

// A line can be dead without having been closed: whoever does not answer a ping is gone.
function check() {
  if (!socket) {
    delay = 0;
    connect();
  } else if (socket.readyState === WebSocket.OPEN && !deadline) {
    send("ping");
    deadline = setTimeout(() => {
      const dead = socket;
      lost();
      dead.close();
    }, ANSWER_WITHIN);
  }
}

setInterval(() => socket && check(), PING_EVERY);
addEventListener("online", check);
addEventListener("offline", check);
addEventListener("pageshow", (event) => event.persisted && check());
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && check());
