/** @file On a phone the seldom used actions of a take are in a sheet, which closes when one of them is used. */

const OPEN = ".more-tools:popover-open";

function handleClick({ target }) {
  const button = target.closest("button");
  button?.closest(OPEN)?.hidePopover();
}

/** Start to close the sheets. */
export function start() {
  document.addEventListener("click", handleClick);
}
