/** @file The question before something is lost: a dialog of every page. */

const TEXTS = ["ask", "no", "yes"];

const dialog = () => document.getElementById("question");
const part = (name) => dialog().querySelector(`[data-${name}]`);

/**
 * Ask, unless another question is open.
 *
 * @param {object} texts
 * @param {string} texts.loses what is lost
 * @param {string} [texts.ask] the question; like the answers, by default that about a cancellation
 * @param {string} [texts.no]
 * @param {string} [texts.yes]
 * @returns {Promise<boolean>} whether to go on
 */
export function askFirst(texts) {
  part("loss").textContent = texts.loses;
  for (const name of TEXTS) {
    const element = part(name);
    element.dataset.usual ??= element.textContent;
    element.textContent = texts[name] ?? element.dataset.usual;
  }
  dialog().returnValue = "no";
  dialog().showModal();
  return new Promise((resolve) => {
    dialog().addEventListener("close", () => resolve(dialog().returnValue === "yes"), { once: true });
  });
}
