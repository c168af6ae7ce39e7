/** @file The frame at the playhead as a lossless picture of its scene. */

import { callApi } from "../../lib/file_upload.js";
import { reportNoResponse } from "../../lib/http.js";
import { toast } from "../../lib/toasts.js";
import { indexAt } from "./place.js";
import { fill, gettext } from "../../lib/words.js";

/**
 * Save the frame of the take at the playhead as a PNG.
 *
 * @param {{ store: import("./store.js").Store, player: import("./player.js").Player, project: string }} page
 */
export async function saveFrame({ store, player, project }) {
  const { clips } = store.cut;
  const clip = clips[indexAt(clips, player.frame)];
  const asset = clip && store.assetOf(clip);
  if (asset?.kind !== "video") {
    toast(gettext("There is no take at the playhead. Only a frame of a take can be saved."), "error", {
      group: "frame",
    });
    return;
  }
  // the middle of the frame: at its edge, rounding would decide
  const middle = (clip.in + player.frame - clip.start + 0.5) / store.rate.fps;
  const body = { seconds: Math.min(middle, asset.seconds) };
  try {
    const picture = await callApi(`/${project}/folders/${asset.sceneId}/assets/${asset.id}/still`, "POST", body);
    toast(fill(gettext("Frame saved as {path}."), picture), "success", { group: "frame" });
  } catch (error) {
    if (error.status) toast(error.message, "error", { group: "frame" });
    else reportNoResponse();
  }
}
