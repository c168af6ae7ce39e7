/** @file Which states of a job are final. */

const ENDED = new Set(["completed", "failed", "cancelled", "unconfirmed"]);

/**
 * Tell whether nothing more happens to a job in this state unless somebody acts.
 *
 * @param {string} status of a job, as the API and the messages have it
 * @returns {boolean}
 */
export function hasEnded(status) {
  return ENDED.has(status);
}
