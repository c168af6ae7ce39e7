// Posts and fetches of our own pages, as htmx makes them; what the studio has to say becomes a toast.

import { toast } from "./toasts.js";

const AWAY = "The studio does not answer. Nothing was lost; try again when it is back.";

function say(answer) {
  const { "dailies:toast": told, ...others } = JSON.parse(answer.headers.get("HX-Trigger") ?? "{}");
  for (const [name, detail] of Object.entries(others)) document.body.dispatchEvent(new CustomEvent(name, { detail }));
  if (told) toast(told.message, told.level, undefined, told.undo);
  else if (!answer.ok) toast(`The studio could not do that (${answer.status}). Load the page again and repeat it.`, "error");
}

/** Whether it was done. `form` has the token that says the page is ours. */
export async function post(form, address, fields = {}) {
  const body = new FormData(form);
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  try {
    const answer = await fetch(address, { method: "POST", body, headers: { "HX-Request": "true" } });
    const elsewhere = answer.headers.get("HX-Redirect");
    if (elsewhere) location.assign(elsewhere);
    say(answer);
    return answer.ok;
  } catch {
    toast(AWAY, "error");
    return false;
  }
}

/** A fragment as a document; null when it cannot be had just now, false when it is gone for good. */
export async function fragment(address) {
  try {
    const answer = await fetch(address, { headers: { "HX-Request": "true" } });
    if (answer.status === 404 || answer.headers.has("HX-Redirect")) return false;
    return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  } catch {
    return null;
  }
}
