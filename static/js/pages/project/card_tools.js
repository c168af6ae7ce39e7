/** @file The buttons on the cards of a long film: a card far below comes without, and gets them when it comes near. */

const NEAR = "600px"; // from the edge of what is in sight

const board = () => document.getElementById("storyboard");
const bareCards = () => board().querySelectorAll(":scope > [data-scene-card]:not(:has(.scene-card-tools))");

/**
 * Give a card its buttons, unless it has them.
 *
 * @param {HTMLElement} card
 */
export function addTools(card) {
  const template = document.getElementById("card-tools");
  if (!template || card.querySelector(".scene-card-tools")) return;
  const tools = template.content.cloneNode(true).firstElementChild;
  const link = card.querySelector("h3 a");
  for (const button of tools.children) button.ariaLabel = button.ariaLabel.replace("{name}", link.textContent);
  tools.querySelector("[data-rename]")?.setAttribute("href", `${link.getAttribute("href")}rename/`);
  card.append(tools);
}

/** Begin to look for cards that come near, or that get the focus. */
export function start() {
  if (!board()) return;
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        seen.unobserve(target);
        addTools(target);
      }
    },
    { rootMargin: NEAR },
  );
  const watch = () => bareCards().forEach((card) => seen.observe(card));
  board().addEventListener("focusin", ({ target }) => addTools(target.closest("[data-scene-card]")));
  new MutationObserver(watch).observe(board(), { childList: true });
  watch();
}
