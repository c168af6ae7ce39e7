/** @file The picture that a take begins with: a choice shows at once, and closes the list. */

const LIST = ".picture-choice-list";

function showChoice({ target }) {
  const choice = target.closest(LIST)?.closest("details");
  if (!choice) return;
  const summary = choice.querySelector("summary");
  const picture = target.parentElement.querySelector("img");
  summary.querySelector("img").src = picture.src;
  summary.title = picture.alt;
}

// an arrow key changes the choice too, and must not close the list on the way
function close(choice) {
  choice.open = false;
  choice.querySelector("summary").focus();
}

function closeAfterClick({ target, detail }) {
  const choice = target.closest(`${LIST} label`)?.closest("details");
  if (choice && detail) close(choice);
}

function closeAfterEnter(event) {
  const choice = event.target.closest(LIST)?.closest("details");
  if (!choice || event.key !== "Enter") return;
  event.preventDefault();
  close(choice);
}

/** Show what is chosen in every list of pictures of the page. */
export function start() {
  document.addEventListener("change", showChoice);
  document.addEventListener("click", closeAfterClick);
  document.addEventListener("keydown", closeAfterEnter);
}
