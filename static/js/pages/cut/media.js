/** @file The scenes and files of a project, by their ids. */

import { fill, gettext } from "../../lib/words.js";

/** What can be put into a cut. */
export class Media {
  /**
   * @param {{ scenes: object[], assets: object[], more: boolean, cut: object }} data see film/pages/cut_data.py
   * @param {string} api the address of the project
   * @param {Media} [before] what was known; of a large film its files stay until they are asked for again
   */
  constructor({ scenes, assets, more, cut }, api, before) {
    this.api = api;
    this.scenes = new Map(scenes.map((scene) => [scene.id, scene]));
    this.more = more; // whether there are files that are not known
    this.asked = new Set(); // the ids of scenes whose files were asked for
    this.stale = new Set((more && before?.assets.keys()) || []); // ids of files that may be gone
    this.assets = new Map((more && before?.assets) || []);
    this.add(assets);
    // the server knows best what stands for a scene, where a clip follows it
    this.followed = cut.clips.filter(({ assetId, shows }) => shows && !assetId);
  }

  /**
   * The best file of a scene: its chosen take, else its newest, else its newest picture.
   *
   * @param {string} sceneId
   * @returns {object | null}
   */
  bestOf(sceneId) {
    const clip = this.followed.find((each) => each.sceneId === sceneId);
    if (clip) return this.assets.get(clip.shows) ?? null;
    const files = this.filesOf(sceneId);
    const takes = files.filter(({ kind }) => kind === "video");
    return takes.find(({ chosen }) => chosen) ?? takes.at(-1) ?? files.findLast(({ kind }) => kind === "image") ?? null;
  }

  /**
   * Add files.
   *
   * @param {object[]} assets
   */
  add(assets) {
    for (const asset of assets) {
      this.assets.set(asset.id, asset);
      this.stale.delete(asset.id);
    }
  }

  /**
   * Whether the files of a scene have to be asked for.
   *
   * @param {string} sceneId
   * @returns {boolean}
   */
  lacks(sceneId) {
    return this.more && this.scenes.has(sceneId) && !this.asked.has(sceneId);
  }

  /**
   * Take over the newest files of a scene, the newest last.
   *
   * @param {string} sceneId
   * @param {object[]} assets
   */
  setFiles(sceneId, assets) {
    const gone = this.filesOf(sceneId).filter(({ id, kind }) => kind !== "audio" && this.stale.has(id));
    // those that are given come behind the others of the scene
    for (const { id } of [...gone, ...assets]) this.assets.delete(id);
    this.add(assets);
  }

  /**
   * The files of a scene, the newest last.
   *
   * @param {string} sceneId
   * @returns {object[]}
   */
  filesOf(sceneId) {
    return [...this.assets.values()].filter((asset) => asset.sceneId === sceneId);
  }

  /**
   * All generated speech: scene after scene, in each the oldest first.
   *
   * @returns {object[]}
   */
  get speech() {
    return [...this.scenes.keys()].flatMap((id) => this.filesOf(id).filter(({ line }) => line));
  }

  /**
   * The address of a file, or of a picture of it.
   *
   * @param {{ id: string, sceneId: string }} asset
   * @param {"file" | "proxy" | "poster" | "sprite" | "peaks"} what
   * @returns {string}
   */
  url({ id, sceneId }, what) {
    return `${this.api}/folders/${sceneId}/assets/${id}/${what}`;
  }

  /**
   * What a clip is called: its scene.
   *
   * @param {{ kind: string, sceneId: ?string, sceneName: string }} clip
   * @returns {string}
   */
  nameOf({ kind, sceneId, sceneName }) {
    return kind === "gap" ? "Gap" : (this.scenes.get(sceneId)?.name ?? sceneName);
  }

  /**
   * What a file is called: "Take 3", "harbour.jpg".
   *
   * @param {{ take: ?number, name: string } | null | undefined} asset
   * @returns {string}
   */
  labelOf(asset) {
    if (!asset) return gettext("Card");
    return asset.take && asset.kind === "video" ? fill(gettext("Take {take}"), asset) : asset.name;
  }
}
