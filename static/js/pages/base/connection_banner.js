/** @file The banners about the live connection: it was lost, or the studio has closed it. */

import { subscribe } from "../../live.js";

const BANNER_DELAY = 1500; // milliseconds; a shorter interruption is not worth a banner
let timer = 0;

function update({ state }) {
  const lost = document.getElementById("line-lost");
  clearTimeout(timer);
  if (state === "open") lost.hidden = true;
  // the page does not reload by itself: behind a proxy that is set up wrong it would do so forever
  else if (state === "signed out") document.getElementById("line-refused").hidden = false;
  else timer = setTimeout(() => (lost.hidden = false), BANNER_DELAY);
}

/** Show and hide the banners as the connection comes and goes. */
export function start() {
  subscribe("connection", update);
}
