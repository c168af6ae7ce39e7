/** @file What follows when something came back from the trash. */

/** Go to what a response has restored: the event "dailies:restored" with its address. */
export function start() {
  // on the document, because a page that shows it in place prevents the default by a handler on the body
  document.addEventListener("dailies:restored", (event) => {
    if (!event.defaultPrevented) location.assign(event.detail.address);
  });
}
