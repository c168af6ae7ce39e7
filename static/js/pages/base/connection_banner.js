/** @file The banners about the live connection: it was lost, or the studio has closed it. */

import { subscribe } from "../../live.js";
import { fill, gettext } from "../../lib/words.js";

const BANNER_DELAY = 1500; // milliseconds; a shorter interruption is not worth a banner
let timer = 0;

function update({ state }) {
  const lost = document.getElementById("line-lost");
  clearTimeout(timer);
  if (state === "open") lost.hidden = true;
  // the page does not reload by itself: behind a proxy that is set up wrong it would do so forever
  else if (state === "signed out") showRefusal();
  else timer = setTimeout(() => (lost.hidden = false), BANNER_DELAY);
}

function showRefusal() {
  const refused = document.getElementById("line-refused");
  const text = refused.querySelector("[data-studio]");
  // a proxy that changes the Host header: the studio takes this page for one of another site
  const own = text.dataset.studio;
  if (new URL(own).host !== location.host) {
    const stopped = gettext(
      gettext("Live updates stopped: this page was opened at {origin}, but the request reached the studio as {own}."),
    );
    const advice = gettext("Let the proxy pass on the Host header (nginx: proxy_set_header Host $http_host).");
    text.textContent = `${fill(stopped, { origin: location.origin, own })} ${advice}`;
  }
  refused.hidden = false;
}

/** Show and hide the banners as the connection comes and goes. */
export function start() {
  subscribe("connection", update);
}
