// Dragging by a finger or a pen: the browsers' own drag and drop is the mouse's. Grips need `touch-action: none`.

const BEGINS_AFTER = 6; // pixels; less is a tap
const EDGE = 80; // pixels from the window's edge, within which the page moves along
const STEP = 10; // pixels a frame

/** `grips`: a selector. `begin(grip)` takes up what is to be moved, `over(element, y)` hears what lies under the finger,
 *  `end(dropped)` puts it down, or back where it was. */
export function drag(grips, { begin, over, end }) {
  let held = null;

  function follow() {
    if (!held?.moving) return;
    const { x, y } = held;
    if (y < EDGE) scrollBy(0, -STEP);
    else if (y > innerHeight - EDGE) scrollBy(0, STEP);
    const element = document.elementsFromPoint(x, y).find((each) => !each.closest("#toasts"));
    if (element) over(element, y);
    requestAnimationFrame(follow);
  }

  function move(event) {
    if (event.pointerId !== held?.id) return;
    Object.assign(held, { x: event.clientX, y: event.clientY });
    if (held.moving || Math.hypot(held.x - held.from.x, held.y - held.from.y) < BEGINS_AFTER) return;
    // the list came anew under the finger
    if (!held.grip.isConnected) return;
    held.moving = true;
    // not of the grip: it is moved about, and would lose it
    document.body.setPointerCapture(held.id);
    begin(held.grip);
    requestAnimationFrame(follow);
  }

  function leave(event, dropped) {
    if (event.pointerId !== held?.id) return;
    const { moving, grip } = held;
    held = null;
    grip.removeAttribute("data-held");
    if (moving) end(dropped);
  }

  document.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest?.(grips);
    if (!grip || event.pointerType === "mouse" || !event.isPrimary) return;
    const { clientX: x, clientY: y } = event;
    // a list that is fetched anew by itself waits for the end of it
    grip.setAttribute("data-held", "");
    held = { id: event.pointerId, grip, x, y, from: { x, y }, moving: false };
  });
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", (event) => leave(event, true));
  document.addEventListener("pointercancel", (event) => leave(event, false));
  // a long press would begin the browser's own
  for (const type of ["dragstart", "contextmenu"]) {
    document.addEventListener(type, (event) => {
      if (!held) return;
      event.preventDefault();
      event.stopPropagation();
    }, true);
  }
}
