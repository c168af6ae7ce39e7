/**
 * @file Words for people, marked so that they are in the list of all words (`make words`).
 *
 * Without Django's JavaScriptCatalog on the page, which is a script of its own, they are shown as they stand.
 */

const catalog = globalThis.django ?? {};

/**
 * Returns a sentence in the language of the page.
 * @param {string} message
 * @returns {string}
 */
export const gettext = (message) => catalog.gettext?.(message) ?? message;

/**
 * Returns the sentence for a number of things, with the number in the place of `{count}`.
 * @param {string} singular
 * @param {string} plural
 * @param {number} count
 * @returns {string}
 */
export const ngettext = (singular, plural, count) =>
  fill(catalog.ngettext?.(singular, plural, count) ?? (count === 1 ? singular : plural), { count });

/**
 * Returns a sentence with values in the places of their names: `{name}`.
 * @param {string} message
 * @param {Object<string, string | number>} values
 * @returns {string}
 */
export const fill = (message, values) => message.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
