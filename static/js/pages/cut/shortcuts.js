/** @file The keys of the page, and the buttons that do the same. */

import { addShortcuts } from "../../lib/keyboard.js";
import { saveFrame } from "./frame_still.js";
import { gettext } from "../../lib/words.js";

const shortcut = (keys, label, description, run, name) => ({ keys, label, description, run, name });
const both = (letter) => [letter, letter.toUpperCase()];

function playing({ player }) {
  return [
    shortcut([" "], "Space", gettext("Play or pause"), () => player.toggle(), "play"),
    shortcut(both("k"), "K", gettext("Pause"), () => player.pause()),
    shortcut(both("l"), "L", gettext("Play; press again to go faster"), () => player.shuttle(1)),
    shortcut(both("j"), "J", gettext("Play in reverse; press again to go faster"), () => player.shuttle(-1)),
    shortcut(["ArrowLeft"], "←", gettext("Previous frame"), () => player.step(-1), "back"),
    shortcut(["ArrowRight"], "→", gettext("Next frame"), () => player.step(1), "on"),
    shortcut(["Shift+ArrowLeft"], "Shift ←", gettext("Back 1 second"), () => player.step(-player.store.rate.nominal)),
    shortcut(["Shift+ArrowRight"], "Shift →", gettext("Forward 1 second"), () =>
      player.step(player.store.rate.nominal),
    ),
    shortcut(["Home"], "Home", gettext("Go to the start"), () => player.seek(0), "start"),
    shortcut(["End"], "End", gettext("Go to the end"), () => player.seek(player.length), "end"),
    shortcut(both("i"), "I", gettext("Mark in"), () => player.mark({ in: player.frame }), "in"),
    shortcut(both("o"), "O", gettext("Mark out"), () => player.mark({ out: player.frame + 1 }), "out"),
    shortcut(both("x"), "X", gettext("Clear the marked range"), () => player.mark({ in: null, out: null })),
    shortcut(["p", "P"], "P", gettext("Loop on or off"), () => player.set({ loop: !player.loop }), "loop"),
  ];
}

// Steps of a key that is held are one change to undo; each press is another.
let presses = 0;
const group = ({ repeat } = {}) => `key ${repeat ? presses : (presses += 1)}`;

function editing(page) {
  const { commands, navigation, store } = page;
  return [
    shortcut(both("s"), "S", gettext("Split at the playhead"), () => commands.split(), "split"),
    shortcut(both("v"), "V", gettext("Selection tool"), () => store.set({ tool: "select" }), "select"),
    shortcut(both("b"), "B", gettext("Razor tool: click to split"), () => store.set({ tool: "razor" }), "razor"),
    shortcut(both("n"), "N", gettext("Snapping on or off"), () => store.set({ snap: !store.snap }), "snap"),
    shortcut(
      ["Shift+L"],
      "Shift L",
      gettext("Link sounds, captions and titles to the picture"),
      () => navigation.link(),
      "linked",
    ),
    shortcut(["Delete", "Backspace"], "Delete", gettext("Ripple delete"), () => commands.remove(), "remove"),
    shortcut(["Shift+Delete", "Shift+Backspace"], "Shift Delete", gettext("Delete and leave a gap"), () =>
      commands.remove(true),
    ),
    shortcut(["Ctrl+d"], "Ctrl D", "Duplicate", () => commands.duplicate(), "duplicate"),
    shortcut(both("g"), "G", gettext("Insert a gap at the playhead"), () => commands.gap(), "gap"),
    shortcut(both("t"), "T", gettext("Add or remove a dissolve"), () => commands.dissolve(), "dissolve"),
    shortcut(
      ["Alt+ArrowLeft"],
      "Alt ←",
      gettext("Move earlier"),
      (event) => commands.move(-1, group(event)),
      "earlier",
    ),
    shortcut(["Alt+ArrowRight"], "Alt →", gettext("Move later"), (event) => commands.move(1, group(event)), "later"),
    shortcut(["Ctrl+z"], "Ctrl Z", "Undo", () => commands.undo(), "undo"),
    shortcut(["Ctrl+Shift+Z", "Ctrl+y"], "Ctrl Shift Z", "Redo", () => commands.redo(), "redo"),
    shortcut(both("m"), "M", gettext("Add a marker"), () => commands.marker(), "marker"),
    shortcut(["Shift+C"], "Shift C", gettext("Add a caption"), () => commands.words("captions"), "caption"),
    shortcut(["Shift+T"], "Shift T", gettext("Add a title"), () => commands.words("titles"), "title"),
    shortcut(["Shift+S"], "Shift S", gettext("Save the frame as a picture"), () => saveFrame(page), "frame"),
  ];
}

function trimming({ commands }) {
  return [
    shortcut(
      both("q"),
      "Q",
      gettext("Trim the start to the playhead"),
      () => commands.trimToPlayhead("start"),
      "trim-start",
    ),
    shortcut(both("w"), "W", gettext("Trim the end to the playhead"), () => commands.trimToPlayhead("end"), "trim-end"),
    shortcut(["["], "[", gettext("Start a frame earlier"), (event) => commands.trim("start", -1, group(event))),
    shortcut(["{", "Shift+["], "Shift [", gettext("Start a frame later"), (event) =>
      commands.trim("start", 1, group(event)),
    ),
    shortcut(["]"], "]", gettext("End a frame later"), (event) => commands.trim("end", 1, group(event))),
    shortcut(["}", "Shift+]"], "Shift ]", gettext("End a frame earlier"), (event) =>
      commands.trim("end", -1, group(event)),
    ),
    shortcut(["Alt+["], "Alt [", gettext("Roll the edit before the clip a frame earlier"), (event) =>
      commands.roll(-1, group(event)),
    ),
    shortcut(["Alt+]"], "Alt ]", gettext("Roll the edit before the clip a frame later"), (event) =>
      commands.roll(1, group(event)),
    ),
  ];
}

function choosing({ navigation, inspector }) {
  return [
    shortcut(["a"], "A", gettext("Try the next take"), () => navigation.tryTake(1)),
    shortcut(["A", "Shift+A"], "Shift A", gettext("Try the previous take"), () => navigation.tryTake(-1)),
    shortcut(both("u"), "U", gettext("Use the take that is tried"), () => inspector.takes.useTried()),
  ];
}

function panels({ bin, lanes, navigation, exports, store }) {
  const play = document.querySelector('[data-command="play"]');
  const all = [
    shortcut(["1"], "1", gettext("Go to the media"), () => bin.focus()),
    shortcut(["2"], "2", gettext("Go to the viewer"), () => play.focus()),
    shortcut(["3"], "3", gettext("Go to the inspector"), () => navigation.inspect()),
    shortcut(["4"], "4", gettext("Go to the tracks"), () => lanes.focus()),
    shortcut([], "↑ ↓", gettext("In the media: previous or next")),
    shortcut(["Alt+ArrowUp"], "Alt ↑", gettext("Lane above"), () => lanes.move(-1)),
    shortcut(["Alt+ArrowDown"], "Alt ↓", gettext("Lane below"), () => lanes.move(1)),
    shortcut(both("e"), "E", gettext("Go to the export"), () => exports.focus()),
  ];
  const save = shortcut(["Ctrl+s"], "Ctrl S", gettext("Save a version"), () => navigation.nameVersion());
  return store.mayChange ? [...all, save] : all;
}

function looking({ navigation, tracks, player, store, inspector }) {
  const { view } = tracks;
  const zoom = (steps) => () => view.zoom(steps, player.frame);
  return [
    shortcut(["ArrowUp"], "↑", gettext("Previous edit or marker"), () => navigation.jump(-1), "previous"),
    shortcut(["ArrowDown"], "↓", gettext("Next edit or marker"), () => navigation.jump(1), "next"),
    shortcut(["Shift+ArrowUp"], "Shift ↑", gettext("Select the previous in the lane"), () => navigation.selectNext(-1)),
    shortcut(["Shift+ArrowDown"], "Shift ↓", gettext("Select the next in the lane"), () => navigation.selectNext(1)),
    shortcut(["Ctrl+a"], "Ctrl A", gettext("Select all clips"), () => navigation.selectAll()),
    shortcut(
      ["Escape"],
      "Esc",
      gettext("Stop trying a take, or deselect all"),
      () => inspector.takes.stop() || store.select([]),
    ),
    shortcut(["+", "="], "+", gettext("Zoom in (or Ctrl + wheel)"), zoom(1), "zoom-in"),
    shortcut(["-"], "−", gettext("Zoom out"), zoom(-1), "zoom-out"),
    shortcut(["\\"], "\\", gettext("Show the whole film"), () => view.fit(), "fit"),
  ];
}

/**
 * Add the keys, and let the buttons with `data-command` do the same.
 *
 * @param {object} page its parts by name
 * @returns {Map<string, () => void>} what the buttons do, by name
 */
export function addCommands(page) {
  const sections = {
    Playback: playing(page),
    Editing: page.store.mayChange ? editing(page) : [],
    Trimming: page.store.mayChange ? trimming(page) : [],
    Takes: page.store.mayChange ? choosing(page) : [],
    Timeline: looking(page),
    Panels: panels(page),
  };
  const byName = new Map();
  for (const [title, shortcuts] of Object.entries(sections)) {
    if (shortcuts.length) addShortcuts(title, shortcuts);
    for (const { name, run } of shortcuts) if (name) byName.set(name, run);
  }
  document.addEventListener("click", ({ target, detail }) => {
    byName.get(target.closest?.("[data-command]")?.dataset.command)?.();
    // after a click by the mouse, Space plays, and does not press the same button again
    if (detail) target.closest?.("#cut button, #cut summary")?.blur();
  });
  return byName;
}
