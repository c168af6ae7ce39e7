/** @file The transport: the buttons, the slider and the keyboard shortcuts of the player. */

import { addShortcuts } from "../../lib/keyboard.js";
import { formatFrames } from "../../lib/timecode.js";
import * as playback from "./playback.js";
import { fill, gettext } from "../../lib/words.js";

const stage = () => document.getElementById("stage");

function toggleSetting(name) {
  playback.changeSetting(name, !playback.playbackState().settings[name]);
}

async function toggleFullscreen() {
  if (document.fullscreenElement) await document.exitFullscreen();
  else await stage().requestFullscreen();
}

// the values of `data-do` on the buttons; take_strip.js has the others
const ACTIONS = {
  play: playback.togglePlayback,
  back: () => playback.stepFrames(-1),
  forward: () => playback.stepFrames(1),
  loop: () => toggleSetting("loop"),
  mute: () => toggleSetting("muted"),
  screen: toggleFullscreen,
};

function show() {
  const transport = document.getElementById("transport");
  if (!transport) return;
  const state = playback.playbackState();
  const needClip = transport.querySelectorAll("#seek, [data-do=play], [data-do=back], [data-do=forward]");
  for (const control of needClip) control.disabled = !state.hasClip;
  transport.dataset.state = state.shuttle ? "playing" : "still";
  const playButton = transport.querySelector("[data-do=play]");
  const playLabel = state.shuttle ? gettext("Pause") : gettext("Play");
  // this runs on every frame: the same label again would be read aloud again
  if (playButton.ariaLabel !== playLabel) playButton.ariaLabel = playLabel;
  transport.querySelector("[data-do=loop]").ariaPressed = String(state.settings.loop);
  transport.querySelector("[data-do=mute]").ariaPressed = String(state.settings.muted);
  transport.querySelector("#speed").value = String(state.settings.speed);
  showPosition(transport, state);
}

function showPosition(transport, { time, length, fps, shuttle }) {
  const slider = transport.querySelector("#seek");
  slider.max = length || 1;
  slider.value = time;
  slider.ariaValueText = fill(gettext("{time} of {length} seconds"), {
    time: time.toFixed(1),
    length: length.toFixed(1),
  });
  const speed = shuttle < 0 || shuttle > 1 ? ` ${shuttle}×` : "";
  transport.querySelector("#timecode").textContent = formatFrames(time, fps) + speed;
  transport.querySelector("#timecode-end").textContent = length ? `/ ${formatFrames(length, fps)}` : "";
}

/** Start the transport. */
export function start() {
  if (!stage()) return;
  playback.onPlaybackChange(show);
  document.addEventListener("click", ({ target }) => ACTIONS[target.closest("#transport [data-do]")?.dataset.do]?.());
  document.addEventListener("input", ({ target }) => target.id === "seek" && playback.seek(Number(target.value)));
  document.addEventListener("change", ({ target }) => {
    if (target.id === "speed") playback.changeSetting("speed", Number(target.value));
  });
  addShortcuts(gettext("Player"), [
    { keys: [" "], label: "Space", description: gettext("Play or pause"), run: playback.togglePlayback },
    {
      keys: ["j", "J"],
      label: "J",
      description: gettext("Play backward; press again for faster"),
      run: () => playback.shuttleFaster(-1),
    },
    { keys: ["k", "K"], label: "K", description: gettext("Pause"), run: () => playback.setShuttle(0) },
    {
      keys: ["l", "L"],
      label: "L",
      description: gettext("Play forward; press again for faster"),
      run: () => playback.shuttleFaster(1),
    },
    { keys: ["ArrowLeft"], label: "←", description: gettext("Previous frame"), run: ACTIONS.back },
    { keys: ["ArrowRight"], label: "→", description: gettext("Next frame"), run: ACTIONS.forward },
    { keys: ["p", "P"], label: "P", description: gettext("Loop on or off"), run: ACTIONS.loop },
    { keys: ["m", "M"], label: "M", description: gettext("Sound on or off"), run: ACTIONS.mute },
    { keys: ["f", "F"], label: "F", description: gettext("Full screen"), run: toggleFullscreen },
  ]);
  playback.prepareClips();
}
