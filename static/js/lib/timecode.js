/** @file Seconds as text. */

/**
 * Format a position in the film or its length: 1:05.
 *
 * @param {number} seconds
 * @returns {string}
 */
export function formatPosition(seconds) {
  // lengths are sums of fractions: what is a hair's breadth short of a second counts as that second
  const whole = Math.floor(seconds + 0.05);
  return `${Math.floor(whole / 60)}:${pad(whole % 60)}`;
}

/**
 * Format how long something has taken, at least a second: 0:07, 1:02:03.
 *
 * @param {number} seconds
 * @returns {string}
 */
export function formatElapsed(seconds) {
  const whole = Math.max(1, Math.round(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  return hours ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
}

/**
 * Format a position in a clip with its frame, as editors write it: 00:00:01:12 is frame 12 of the second second.
 *
 * @param {number} seconds
 * @param {number} fps frames a second
 * @returns {string}
 */
export function formatFrames(seconds, fps) {
  const frames = Math.floor(seconds * fps + 0.001);
  const whole = Math.floor(frames / fps);
  const parts = [whole / 3600, (whole / 60) % 60, whole % 60, frames % fps];
  return parts.map(Math.floor).map(pad).join(":");
}

function pad(number) {
  return String(number).padStart(2, "0");
}
