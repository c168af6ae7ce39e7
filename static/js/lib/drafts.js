/** @file Drafts of takes: what is filled in and not yet sent is kept in this browser, for each scene. */

const PREFIX = "draft ";

/**
 * Read the draft of a scene.
 *
 * @param {string} page the path of the scene's page
 * @returns {Record<string, string> | null} the fields of the composer that were filled in
 */
export function loadDraft(page) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + page));
  } catch {
    return null;
  }
}

/**
 * Save the draft of a scene.
 *
 * @param {string} page the path of the scene's page
 * @param {Record<string, string>} values
 */
export function saveDraft(page, values) {
  localStorage.setItem(PREFIX + page, JSON.stringify(values));
}

/**
 * Forget the draft of a scene.
 *
 * @param {string} page the path of the scene's page
 */
export function dropDraft(page) {
  localStorage.removeItem(PREFIX + page);
}
