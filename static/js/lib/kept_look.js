/** @file How a page looks, kept in a cookie, so that the server renders the pages of projects so. */

const YEAR = 365 * 24 * 3600; // seconds

/**
 * Keep a look for a year.
 *
 * @param {string} name
 * @param {string} value without spaces, commas and semicolons
 */
export function keepLook(name, value) {
  document.cookie = `${name}=${value}; path=/projects/; max-age=${YEAR}; samesite=lax`;
}
