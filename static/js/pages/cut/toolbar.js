/** @file The bar over the tracks: which tools are on, what can be undone, and the lanes that are muted. */

/**
 * Start the bar.
 *
 * @param {{ store: import("./store.js").Store, player: import("./player.js").Player, mixer: import("./mixer.js").Mixer, element: HTMLElement }} page
 */
export function startToolbar(page) {
  const { store, element, mixer, player } = page;
  const show = () => showTools(page);
  for (const type of ["cut", "selection", "tool"]) store.on(type, show);
  for (const button of element.querySelectorAll("[data-mute-lane]")) {
    button.addEventListener("click", () => {
      const lane = button.dataset.muteLane;
      if (!mixer.mutedLanes.delete(lane)) mixer.mutedLanes.add(lane);
      button.setAttribute("aria-pressed", String(mixer.mutedLanes.has(lane)));
      player.show();
    });
  }
  show();
}

function showTools({ store, element }) {
  const pressed = {
    select: store.tool === "select",
    razor: store.tool === "razor",
    snap: store.snap,
    linked: store.linked,
  };
  for (const [name, isOn] of Object.entries(pressed)) {
    element.querySelector(`[data-command="${name}"]`)?.setAttribute("aria-pressed", String(isOn));
  }
  const hasClips = store.cut.clips.some(({ id }) => store.selection.has(id));
  const disabled = {
    undo: !store.canUndo && !store.isDirty,
    redo: !store.canRedo,
    remove: !store.selection.size,
    duplicate: !hasClips,
  };
  for (const [name, isOff] of Object.entries(disabled)) {
    const button = element.querySelector(`[data-command="${name}"]`);
    if (button) button.disabled = isOff;
  }
  element.querySelector("#cut-tracks").dataset.tool = store.tool;
}
