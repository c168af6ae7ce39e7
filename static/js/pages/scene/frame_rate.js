/** @file The frame rate of clips. Browsers do not report it, so it is measured while they play. */

const DEFAULT_FPS = 24;
const MIN_DISTANCE = 0.004; // seconds; no clip has more than 250 frames a second

const frameRates = new WeakMap(); // video → frames a second

/**
 * Return the frame rate of a clip, as far as it is known.
 *
 * @param {HTMLVideoElement} [video]
 * @returns {number} frames a second
 */
export function frameRateOf(video) {
  return frameRates.get(video) ?? DEFAULT_FPS;
}

/**
 * Begin to measure the frame rate of a clip: the smallest distance between two frames that were shown is one frame.
 *
 * @param {HTMLVideoElement} video
 */
export function measureFrameRate(video) {
  let last = 0;
  const handleFrame = (_now, { mediaTime }) => {
    const distance = mediaTime - last;
    last = mediaTime;
    if (distance > MIN_DISTANCE && 1 / distance > frameRateOf(video) + 0.5) {
      frameRates.set(video, Math.round(1 / distance));
    }
    video.requestVideoFrameCallback(handleFrame);
  };
  video.requestVideoFrameCallback?.(handleFrame);
}
