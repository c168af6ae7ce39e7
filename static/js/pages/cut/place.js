/**
 * @file Where the parts of a cut stand: the `start` of each clip follows from the order and the dissolves, and what
 * belongs to a picture goes along with it.
 */

/** @typedef {{ id: string, sceneId: ?string, assetId: ?string, shows: ?string, kind: string, start: number, in: number, out: number, transition: ?{ frames: number } }} Clip */

/** Music stays where it is: it goes over many pictures. */
export const STAYS = "music";

/**
 * How many frames a clip has.
 *
 * @param {{ in: number, out: number }} part
 * @returns {number}
 */
export const lengthOf = (part) => part.out - part.in;

/**
 * The frame after the last of a clip or sound.
 *
 * @param {{ start: number, in: number, out: number }} part
 * @returns {number}
 */
export const endOf = (part) => part.start + part.out - part.in;

/**
 * How many frames of a clip play together with the one before.
 *
 * @param {Clip} clip
 * @returns {number}
 */
export const overlapOf = (clip) => clip.transition?.frames ?? 0;

/**
 * The longest dissolve into a clip: a frame is in one dissolve at most.
 *
 * @param {Clip | undefined} before
 * @param {Clip} clip
 * @returns {number} frames
 */
export function longestDissolve(before, clip) {
  return Math.max(0, Math.min(lengthOf(clip), before ? lengthOf(before) - overlapOf(before) : Infinity));
}

/**
 * Return the cut with each clip at its place, dissolves that are too long shortened, and its length.
 *
 * @param {object} cut
 * @returns {object}
 */
export function place(cut) {
  const clips = [];
  for (const clip of cut.clips) {
    const before = clips.at(-1);
    const frames = Math.min(overlapOf(clip), longestDissolve(before, clip));
    const transition = frames ? { kind: "dissolve", frames } : null;
    clips.push({ ...clip, transition, start: before ? endOf(before) - frames : 0 });
  }
  const ends = [...clips.slice(-1), ...cut.sounds].map(endOf);
  return { ...cut, clips, length: Math.max(0, ...ends) };
}

/**
 * Find the clip that is on top at a frame.
 *
 * @param {Clip[]} clips
 * @param {number} frame
 * @returns {number} its index; -1 after the last clip
 */
export function indexAt(clips, frame) {
  let [low, high] = [0, clips.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (clips[middle].start <= frame) low = middle + 1;
    else high = middle - 1;
  }
  return high >= 0 && frame < endOf(clips[high]) ? high : -1;
}

/**
 * Where a line of speech begins: with the first clip of its scene, behind the lines that are there already.
 *
 * @param {object} cut
 * @param {{ sceneId: string }} asset
 * @param {number} playhead a frame, for a scene that is not in the film
 * @returns {number} a frame
 */
export function placeOfLine(cut, { sceneId }, playhead) {
  const clip = cut.clips.find((each) => each.sceneId === sceneId);
  if (!clip) return playhead;
  const isHere = ({ lane, start }) => lane === "voice" && start >= clip.start && start < endOf(clip);
  return Math.max(clip.start, ...cut.sounds.filter(isHere).map(endOf));
}

// Where a frame of the film before is in the film after: with its clip, else where the next clip begins that is left.
function mover(before, after) {
  const places = new Map(after.clips.map((clip) => [clip.id, clip]));
  return (frame) => {
    const index = indexAt(before.clips, frame);
    if (index < 0) return Math.max(0, frame + pictureEnd(after) - pictureEnd(before));
    const clip = before.clips[index];
    const now = places.get(clip.id);
    if (now) return Math.max(now.start, now.start + frame - clip.start - (now.in - clip.in));
    const next = before.clips.slice(index).find(({ id }) => places.has(id));
    return next ? places.get(next.id).start : pictureEnd(after);
  };
}

/**
 * Where the picture ends; a sound may be longer.
 *
 * @param {{ clips: Clip[] }} cut
 * @returns {number} a frame
 */
export const pictureEnd = ({ clips }) => (clips.length ? endOf(clips.at(-1)) : 0);

/**
 * Place a cut whose clips were edited, and let sounds, captions, titles and markers follow the clips that they begin
 * in.
 *
 * @param {object} before the cut before the edit
 * @param {object} edited
 * @param {boolean} [linked] false: only the clips move
 * @returns {object}
 */
export function settle(before, edited, linked = true) {
  const after = place(edited);
  // at another rate everything has its new place already
  if (!linked || edited.rate !== before.rate) return after;
  const move = mover(before, after);
  const shift = (part) => {
    const start = move(part.start);
    return { ...part, start, end: part.end + start - part.start };
  };
  const shiftMarker = (marker) => ({ ...marker, at: move(marker.at) });
  return place({
    ...after,
    sounds: after.sounds.map((sound) => (sound.lane === STAYS ? sound : { ...sound, start: move(sound.start) })),
    captions: after.captions.map(shift),
    titles: after.titles.map(shift),
    markers: after.markers.map(shiftMarker),
  });
}
