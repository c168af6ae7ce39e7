/** @file The transition from page to page. Who goes on before it has ended cuts it off, which is no error. */

const PROMISES = ["ready", "finished"];
// the second where the window changed its size on the way
const ERRORS = new Set(["AbortError", "InvalidStateError"]);

function ignoreAbort({ viewTransition }) {
  for (const name of PROMISES) viewTransition?.[name].catch(() => {});
}

/** Expect transitions to be cut off, when a page is left and when it is entered. */
export function start() {
  addEventListener("pageswap", ignoreAbort);
  addEventListener("pagereveal", ignoreAbort);
  // the page may have been revealed before this script was there
  addEventListener("unhandledrejection", (event) => {
    const { name, message } = event.reason ?? {};
    if (ERRORS.has(name) && /transition/i.test(message)) event.preventDefault();
  });
}
