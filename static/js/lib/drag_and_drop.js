/**
 * @file Dragging of elements to another place in a list or grid: by mouse with the browser's drag and drop, which touch
 * screens do not have, and by finger or pen with pointer events. Whoever uses it moves the elements.
 */

const TAP_RADIUS = 6; // pixels; a finger that has moved less far has tapped
const SCROLL_EDGE = 80; // pixels from the top or bottom of the window within which the page scrolls
const SCROLL_STEP = 10; // pixels a frame

/**
 * @typedef {object} DragOptions
 * @property {string} source selector of what a mouse drags; it needs `draggable="true"`
 * @property {string} handle selector of what a finger or pen drags; it needs `touch-action: none`
 * @property {(element: Element) => HTMLElement} itemOf finds the item that a source or a handle belongs to
 * @property {(item: HTMLElement) => string} nameOf the text to be dropped into other programs
 * @property {(item: HTMLElement) => void} onStart is called when a drag begins
 * @property {(element: Element, y: number, x: number) => boolean} onOver is called with what lies under the pointer, and
 *   the pointer's place in the window, last of all when it is dropped; returns whether the item may be dropped there
 * @property {(dropped: boolean) => void} onEnd is called at the end; false: the drag was cancelled
 */

/**
 * Let the elements of a page be dragged.
 *
 * @param {DragOptions} options
 */
export function enableDragging(options) {
  enableMouse(options);
  enableTouch(options);
}

function enableMouse({ source, itemOf, nameOf, onStart, onOver, onEnd }) {
  let dragging = false;
  let allowed = false; // whether the item may be dropped where the pointer is

  function finish(dropped) {
    if (!dragging) return;
    dragging = false;
    onEnd(dropped);
  }

  document.addEventListener("dragstart", (event) => {
    const element = event.target.closest?.(source);
    if (!element?.draggable) return;
    const item = itemOf(element);
    const { left, top } = item.getBoundingClientRect();
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", nameOf(item));
    // the whole item follows the pointer, also when it was taken by a link or a picture in it
    event.dataTransfer.setDragImage(item, event.clientX - left, event.clientY - top);
    dragging = true;
    allowed = false;
    onStart(item);
  });
  document.addEventListener("dragover", (event) => {
    if (!dragging) return;
    allowed = onOver(event.target, event.clientY, event.clientX);
    if (!allowed) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
  });
  document.addEventListener("drop", (event) => {
    if (!dragging) return;
    event.preventDefault();
    finish(onOver(event.target, event.clientY, event.clientX));
  });
  document.addEventListener("dragend", () => finish(false));
}

// On a wide window parts of a page scroll by themselves.
function scrollerOf(element) {
  for (let each = element; each; each = each.parentElement) {
    if (each.scrollHeight > each.clientHeight && getComputedStyle(each).overflowY === "auto") return each;
  }
  return document.scrollingElement;
}

function enableTouch({ handle, itemOf, onStart, onOver, onEnd }) {
  let touch = null; // of the finger that is on a handle: {id, element, x, y, startX, startY, dragging}
  const noteDrag = preventTapAfterDrag();

  // runs on every frame, because the page scrolls under a finger that rests at its edge
  function follow() {
    if (!touch?.dragging) return;
    scrollAtEdge(touch);
    onOver(elementUnder(touch), touch.y, touch.x);
    requestAnimationFrame(follow);
  }

  function move(event) {
    if (event.pointerId !== touch?.id) return;
    touch.x = event.clientX;
    touch.y = event.clientY;
    if (touch.dragging || Math.hypot(touch.x - touch.startX, touch.y - touch.startY) < TAP_RADIUS) return;
    // the list was replaced under the finger
    if (!touch.element.isConnected) return;
    touch.dragging = true;
    // the body captures the pointer, because the handle is moved in the page and would lose it
    document.body.setPointerCapture(touch.id);
    onStart(itemOf(touch.element));
    requestAnimationFrame(follow);
  }

  function leave(event, dropped) {
    if (event.pointerId !== touch?.id) return;
    const last = touch;
    touch = null;
    last.element.removeAttribute("data-held");
    if (!last.dragging) return;
    noteDrag();
    // a quick finger is gone before the next frame
    if (dropped) onOver(elementUnder(last), last.y, last.x);
    onEnd(dropped);
  }

  document.addEventListener("pointerdown", (event) => {
    const element = event.target.closest?.(handle);
    if (!element || event.pointerType === "mouse" || !event.isPrimary) return;
    const { pointerId: id, clientX: x, clientY: y } = event;
    // a list with a held handle is not refreshed
    element.setAttribute("data-held", "");
    touch = { id, element, x, y, startX: x, startY: y, dragging: false };
  });
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", (event) => leave(event, true));
  document.addEventListener("pointercancel", (event) => leave(event, false));
  // a long press would begin the browser's own drag or open its menu
  for (const type of ["dragstart", "contextmenu"]) {
    document.addEventListener(type, preventDuringTouch, { capture: true });
  }

  function preventDuringTouch(event) {
    if (!touch) return;
    event.preventDefault();
    event.stopPropagation();
  }
}

// At the edge, where the page scrolls by itself, a finger drags far with little movement. To the browser that is a tap
// on whatever lies under it by then. Returned is what notes that the touch that ends was a drag.
function preventTapAfterDrag() {
  let hasDragged = false;
  document.addEventListener("pointerdown", () => (hasDragged = false), { capture: true });
  const preventTap = (event) => {
    // clicks by keys and scripts have no detail
    if (!hasDragged || !event.detail) return;
    event.preventDefault();
    event.stopPropagation();
  };
  document.addEventListener("click", preventTap, { capture: true });
  return () => (hasDragged = true);
}

function scrollAtEdge(point) {
  const scroller = scrollerOf(elementUnder(point));
  if (point.y < SCROLL_EDGE) scroller.scrollBy(0, -SCROLL_STEP);
  else if (point.y > innerHeight - SCROLL_EDGE) scroller.scrollBy(0, SCROLL_STEP);
}

function elementUnder({ x, y }) {
  return document.elementsFromPoint(x, y).find((each) => !each.closest("#toasts")) ?? document.body;
}
