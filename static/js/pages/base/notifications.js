/** @file The browser's notifications. The user allows them by a button of the account page. */

import { gettext } from "../../lib/words.js";

const STATES = {
  granted: gettext("On in this browser. Turn them off in its settings."),
  denied: gettext("Blocked by this browser. Allow notifications for this site in its settings."),
  unavailable: gettext("Not available here: notifications need HTTPS, or a studio on the same machine."),
};

/**
 * Show a notification, if the user has allowed them.
 *
 * @param {string} text
 * @param {string} url the page that a click opens
 * @param {string} tag an older notification with the same tag is replaced
 */
export function notify(text, url, tag) {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  const icon = document.querySelector("link[rel=icon]").href;
  const notification = new Notification("Dailies", { body: text, tag, icon });
  notification.addEventListener("click", () => {
    window.focus();
    location.assign(url);
  });
}

function showState(section) {
  const state = "Notification" in window && isSecureContext ? Notification.permission : "unavailable";
  section.querySelector("button").hidden = state !== "default";
  section.querySelector("[data-said]").textContent = STATES[state] ?? "";
}

/** Start the button that asks for permission, on the page that has it. */
export function start() {
  const section = document.getElementById("notifications");
  if (!section) return;
  section.querySelector("button").addEventListener("click", async () => {
    await Notification.requestPermission();
    showState(section);
  });
  showState(section);
}
