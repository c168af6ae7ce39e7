/** @file A file that another page sends to the film, by `add` in the address: it is added where its scene plays. */

/**
 * Add the file of the address, once: a reload adds nothing.
 *
 * @param {{ bin: import("./bin.js").Bin, store: import("./store.js").Store }} page
 */
export function addFromAddress({ bin, store }) {
  const address = new URL(location.href);
  const id = address.searchParams.get("add");
  if (!id) return;
  address.searchParams.delete("add");
  history.replaceState(history.state, "", address);
  const asset = store.media.assets.get(id);
  if (asset && store.mayChange) bin.addToScene(asset);
}
