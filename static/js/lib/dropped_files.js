/** @file The files of a drop, also those in folders that were dropped. */

const MEDIA =
  /\.(?:jpe?g|jpe|jfif|png|webp|hei[cf]|hif|avif|tiff?|bmp|dib|gif|mp3|wav|flac|m4a|aac|og[ga]|mp4|m4v|mov|webm|mkv)$/iu;
const MAX_FILES = 500;

const byName = new Intl.Collator(undefined, { numeric: true });

const readBatch = (reader) => new Promise((resolve, reject) => reader.readEntries(resolve, reject));
const fileOf = (entry) => new Promise((resolve, reject) => entry.file(resolve, reject));

async function filesBelow(folder) {
  const reader = folder.createReader();
  const entries = [];
  // it gives a hundred at a time, and none at the end
  // oxlint-disable-next-line no-await-in-loop
  for (let batch = await readBatch(reader); batch.length; batch = await readBatch(reader)) entries.push(...batch);
  entries.sort((one, other) => byName.compare(one.name, other.name));
  const found = await Promise.all(entries.map((entry) => (entry.isDirectory ? filesBelow(entry) : fileOf(entry))));
  return found.flat();
}

/**
 * Keep what of a folder's files may be pictures, sounds or videos, in the order of their names.
 *
 * @param {Iterable<File>} files
 * @returns {File[]}
 */
export function mediaOf(files) {
  return [...files].filter(({ name }) => MEDIA.test(name) && !name.startsWith(".")).slice(0, MAX_FILES);
}

/**
 * Collect the files of a drop. Call it while the event is handled: later the browser has forgotten them.
 *
 * @param {DataTransfer} transfer
 * @returns {Promise<{files: File[], folder: string}>} and the name of the folder, if that was all that was dropped
 */
export async function droppedFiles(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const plain = [...transfer.files];
  const folders = entries.filter((entry) => entry.isDirectory);
  if (!folders.length) return { files: plain, folder: "" };
  const single = entries.filter((entry) => entry.isFile);
  const loose = await Promise.all(single.map(fileOf));
  const below = (await Promise.all(folders.map(filesBelow))).flat();
  return { files: [...loose, ...mediaOf(below)], folder: entries.length === 1 ? folders[0].name : "" };
}
