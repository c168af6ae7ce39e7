/** @file The page of a cut: the film above, its tracks below. */

import { addFromAddress } from "./cut/added.js";
import { Bin } from "./cut/bin.js";
import { ClipList } from "./cut/clip_list.js";
import { Commands } from "./cut/commands.js";
import { startExports } from "./cut/exports.js";
import { startHandover } from "./cut/handover.js";
import { Inspector } from "./cut/inspector.js";
import { startConflict } from "./cut/conflict.js";
import { followStudio } from "./cut/live.js";
import { Mixer } from "./cut/mixer.js";
import { Navigation } from "./cut/navigation.js";
import { Player } from "./cut/player.js";
import { Saver } from "./cut/saver.js";
import { Screen } from "./cut/screen.js";
import { startSettings } from "./cut/settings.js";
import { addCommands } from "./cut/shortcuts.js";
import { SoundLanes } from "./cut/sound_lanes.js";
import { Store } from "./cut/store.js";
import { startToolbar } from "./cut/toolbar.js";
import { Gestures } from "./cut/tracks/gestures.js";
import { LaneKeys } from "./cut/tracks/lane_keys.js";
import { Tracks } from "./cut/tracks/tracks.js";
import { startViewer } from "./cut/viewer.js";

const element = document.getElementById("cut");
const { project, api, data, files, scenes, mayChange, user } = element.dataset;

const store = new Store(
  JSON.parse(document.getElementById("cut-data").textContent),
  { api, files, scenes },
  Boolean(mayChange),
);
const mixer = new Mixer();
const screen = new Screen(document.getElementById("cut-screen"), store, mixer);
const player = new Player(store, { screen, lanes: new SoundLanes(store, mixer), mixer });
const tracks = new Tracks(document.getElementById("cut-tracks"), store, player);
const saver = new Saver(store, { project, data, onState: (state) => (element.dataset.saved = state) });
if (mayChange) startConflict(saver, user);
const page = { element, project, store, mixer, player, tracks, saver };
page.commands = new Commands(page);
page.gestures = new Gestures(page);
page.inspector = new Inspector(page);
page.lanes = new LaneKeys(page);
page.navigation = new Navigation(page);
page.bin = new Bin(page);
page.list = new ClipList(page);
page.exports = startExports(page);
addCommands(page);
startViewer(page);
startToolbar(page);
startSettings(page);
startHandover(page);
followStudio(page);
addFromAddress(page);
player.show();
