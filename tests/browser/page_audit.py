"""How a page is audited: in each theme and width nothing is wider than the window, and axe finds nothing to mend.

One visit of a page serves all views: theme and width are changed under it, as by a person who turns the phone or the
lamp. `PICTURES=1` keeps a picture of each view in test-results/; without it, only of the views with something wrong.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

PICTURES = Path("test-results")
ALL_PICTURES = bool(os.environ.get("PICTURES"))
WIDE, NARROW = 1440, 390
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
WCAG = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
# what another theme and width may change: names, roles and structure stay
APPEARANCE = {"type": "rule", "values": ["color-contrast", "target-size"]}
# theme, width, axe's rules
VIEWS: list[tuple[str, int, Any]] = [
    ("light", WIDE, WCAG),
    ("dark", NARROW, APPEARANCE),
    ("dark", WIDE, None),
    ("light", NARROW, None),
]
TWO_VIEWS = [VIEWS[0], ("dark", NARROW, None)]
# the first of several radio buttons is reached by Tab, the others by arrows
LIST_CONTROLS = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
  .filter((control) => control.checkVisibility({ visibilityProperty: true }) && !control.disabled &&
  control.tabIndex >= 0 && !(control.type === "radio" && !control.checked) && !control.closest("[aria-hidden=true]"))
  .filter((control) => !window.reached.has(control)).map((control) => control.outerHTML.slice(0, 160))"""
# which elements the focus comes to, and those of them where the eye cannot tell
WATCH_FOCUS = """() => {
  window.reached = new Set();
  window.unmarked = new Set();
  const isMarked = (element) => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== "none" || style.boxShadow !== "none";
  };
  document.addEventListener("focusin", ({ target }) => {
    window.reached.add(target);
    const around = target.closest("label, .card, li, td, form, .well");
    const candidates = [target, target.parentElement, around, target.nextElementSibling].filter(Boolean);
    if (!candidates.some(isMarked)) window.unmarked.add(target.outerHTML.slice(0, 160));
  });
}"""
# a colour on its way to another one is neither; a sheet that a script makes is no inline style
SETTLE = """() => {
  const still = new CSSStyleSheet();
  still.replaceSync("*, *::before, *::after { transition: none !important; }");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, still];
  const pictures = [...document.images].filter((image) => image.src);
  return Promise.allSettled(pictures.map((image) => (image.loading = "eager") && image.decode()));
}"""
RUN_AXE = """async ([runOnly, disabled]) => {
  const rules = Object.fromEntries(disabled.map((name) => [name, { enabled: false }]));
  const options = { runOnly, rules, resultTypes: ["violations"], preload: false };
  const { violations } = await axe.run(document, options);
  const describe = (id, node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary}`;
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => describe(id, node)));
}"""


@cache
def _axe_source() -> str:
    return AXE.read_text()


def load_axe(page: Page) -> None:
    """By a plain script, which the browser compiles once for all pages of a process."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Runtime.evaluate", {"expression": _axe_source(), "silent": True})
    devtools.detach()


def set_first_view(page: Page) -> None:
    """As each visit begins."""
    theme, width, _ = VIEWS[0]
    set_view(page, theme, width)


def set_view(page: Page, theme: str, width: int, height: int = 900) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]


def audit(
    page: Page, name: str, views: Sequence[tuple[str, int, Any]] = VIEWS, disabled: Sequence[str] = ()
) -> list[str]:
    """What is wrong with the page that is open. `disabled`: rules of axe that do not count."""
    load_axe(page)
    page.evaluate(SETTLE)
    wrong = []
    for theme, width, rules in views:
        set_view(page, theme, width)
        # scrolled on by Tab, the head would lie over a control
        scroll_width = page.evaluate("scrollTo(0, 0), document.documentElement.scrollWidth")
        problems = violations(page, rules, disabled) if rules else []
        if scroll_width > width:
            problems.append(f"it is {scroll_width} pixels wide")
        if problems or ALL_PICTURES:
            take_picture(page, PICTURES / f"{name}-{theme}-{width}.jpg")
        wrong += [f"{theme} {width}: {problem}" for problem in problems]
    return wrong


def tab_through(page: Page) -> None:
    """By Tab alone: each control is reached, and its focus can be seen."""
    page.evaluate(WATCH_FOCUS)
    # up to three times around: what comes in live may take the place of a control that was passed already
    for _ in range(3):
        not_reached = page.evaluate(LIST_CONTROLS)
        for _ in range(len(not_reached) + 15 if not_reached else 0):
            page.keyboard.press("Tab")
    left = page.evaluate(LIST_CONTROLS)
    assert left == []
    assert page.evaluate("[...window.unmarked]") == []


def violations(page: Page, rules: Any = WCAG, disabled: Sequence[str] = ()) -> list[str]:
    """Where axe's script is already."""
    return [str(violation) for violation in page.evaluate(RUN_AXE, [rules, list(disabled)])]


def take_picture(page: Page, path: Path) -> None:
    """The whole page. `caret`: Playwright hides it by an inline style, which our pages refuse."""
    page.screenshot(path=path, type="jpeg", quality=70, full_page=True, caret="initial")
