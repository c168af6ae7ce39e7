"""How a page is looked at: a picture in each theme and width, what is wider than the window, and what axe finds.

One visit of a page serves all: theme and width are changed under it, as by a person who turns the phone or the lamp.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

RESULTS = Path("test-results")
WIDE, NARROW = 1440, 390
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
WCAG = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
# what another theme and width may change: names, roles and structure stay
SEEN = {"type": "rule", "values": ["color-contrast", "target-size"]}
# theme, width, what axe is asked
VIEWS: list[tuple[str, int, Any]] = [
    ("light", WIDE, WCAG),
    ("dark", NARROW, SEEN),
    ("dark", WIDE, None),
    ("light", NARROW, None),
]
TWO_VIEWS = [VIEWS[0], ("dark", NARROW, None)]
# the first of several radio buttons is reached by Tab, the others by arrows
CONTROLS = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
  .filter((found) => found.checkVisibility({ visibilityProperty: true }) && !found.disabled && found.tabIndex >= 0 &&
  !(found.type === "radio" && !found.checked) && !found.closest("[aria-hidden=true]")).length"""
# what the focus comes to, and whether the eye can tell its place
WATCH = """() => {
  window.reached = new Set();
  window.unseen = new Set();
  const marked = (element) => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== "none" || style.boxShadow !== "none";
  };
  document.addEventListener("focusin", ({ target }) => {
    window.reached.add(target);
    const around = target.closest("label, .card, li, td, form, .well");
    const seen = [target, target.parentElement, around, target.nextElementSibling].filter(Boolean);
    if (!seen.some(marked)) window.unseen.add(target.outerHTML.slice(0, 160));
  });
}"""
# a colour on its way to another one is neither; a sheet that a script makes is no inline style
READY = """() => {
  const still = new CSSStyleSheet();
  still.replaceSync("*, *::before, *::after { transition: none !important; }");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, still];
  const pictures = [...document.images].filter((image) => image.src);
  return Promise.allSettled(pictures.map((image) => (image.loading = "eager") && image.decode()));
}"""
ASK = """async ([only, off]) => {
  const rules = Object.fromEntries(off.map((name) => [name, { enabled: false }]));
  const options = { runOnly: only, rules, resultTypes: ["violations"], preload: false };
  const found = (await axe.run(document, options)).violations;
  const told = (id, node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary}`;
  return found.flatMap(({ id, nodes }) => nodes.map((node) => told(id, node)));
}"""


@cache
def axe_source() -> str:
    return AXE.read_text()


def begin(page: Page) -> None:
    """As each visit begins."""
    theme, width, _ = VIEWS[0]
    turn(page, theme, width)


def turn(page: Page, theme: str, width: int, height: int = 900) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]


def look(
    page: Page, name: str, views: Sequence[tuple[str, int, Any]] = VIEWS, left_out: Sequence[str] = ()
) -> list[str]:
    """What is wrong with the page that is open. `left_out`: rules of axe."""
    page.evaluate(axe_source())
    page.evaluate(READY)
    found = []
    for theme, width, rules in views:
        turn(page, theme, width)
        # scrolled on by Tab, the head would lie over a control
        page.evaluate("scrollTo(0, 0)")
        shoot(page, RESULTS / f"{name}-{theme}-{width}.jpg")
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
            found.append(f"{theme} {width}: it is {wide} pixels wide")
        if rules:
            found += violations(page, rules, left_out, f"{theme} {width}: ")
    return found


def walk(page: Page) -> None:
    """By Tab alone: each control is reached, and seen to be."""
    page.evaluate(WATCH)
    count = page.evaluate(CONTROLS)
    for _ in range(count + 15):
        page.keyboard.press("Tab")
    assert page.evaluate("window.reached.size") >= count
    assert page.evaluate("[...window.unseen]") == []


def violations(page: Page, rules: Any = WCAG, left_out: Sequence[str] = (), before: str = "") -> list[str]:
    """Where axe's script is already."""
    return [before + wrong for wrong in page.evaluate(ASK, [rules, list(left_out)])]


def shoot(page: Page, path: Path, **options: Any) -> None:
    """The whole page. `caret`: Playwright hides it by an inline style, which our pages refuse."""
    page.screenshot(path=path, **{"type": "jpeg", "quality": 70, "full_page": True, "caret": "initial", **options})
