/** @file HTML text as elements. */

/**
 * Parse HTML into a fragment that is not part of the page: its pictures are not loaded and nothing in it runs.
 *
 * @param {string} html
 * @returns {DocumentFragment}
 */
export function parseHtml(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}
