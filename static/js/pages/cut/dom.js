/** @file Elements of lists, made by the script. */

/**
 * Make an element.
 *
 * @param {string} tag
 * @param {object} [properties] of the element; `dataset` and `aria` are merged
 * @param {(Node | string)[]} [children]
 * @returns {HTMLElement}
 */
export function make(tag, properties = {}, children = []) {
  const { dataset = {}, ...rest } = properties;
  const element = Object.assign(document.createElement(tag), rest);
  Object.assign(element.dataset, dataset);
  element.append(...children);
  return element;
}

/**
 * Make a picture that loads when it comes into sight.
 *
 * @param {string} src empty: none
 * @returns {HTMLElement}
 */
export function thumbnail(src) {
  if (!src) return make("span", { className: "cut-thumb" });
  return make("img", {
    className: "cut-thumb",
    loading: "lazy",
    alt: "",
    draggable: false,
    width: 64,
    height: 36,
    src,
  });
}

/**
 * Take an icon from the page, where it lies hidden.
 *
 * @param {string} name
 * @returns {SVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [key, value] of Object.entries({ width: 16, height: 16, viewBox: "0 0 24 24", "aria-hidden": "true" })) {
    svg.setAttribute(key, value);
  }
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}
