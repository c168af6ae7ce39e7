"""A finger on the screen: Playwright has a tap, and no more."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

# what lies under a finger is looked at once a frame, and what makes room for it glides there
SETTLED = """async () => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const gliding = document.getAnimations().filter((each) => Number.isFinite(each.effect.getComputedTiming().endTime));
  await Promise.allSettled(gliding.map((each) => each.finished));
}"""
MOST_MOVES = 300
EDGE = 40
"""Pixels from the window's edge, where a page that is to move along does."""


class Finger:
    def __init__(self, page: Page) -> None:
        self.page = page
        self._devtools = page.context.new_cdp_session(page)

    def drag(self, what: Locator, where: Locator) -> None:
        """From the middle of the one to a little beyond the middle of the other, which may lie out of sight."""
        what.scroll_into_view_if_needed()
        assert self.page.viewport_size
        height = self.page.viewport_size["height"]
        x, y = self._middle(what)
        box = where.bounding_box()
        assert box
        # the place, and not what lies there: that makes room on the way
        place = box["y"] + box["height"] * 0.6 + self.page.evaluate("scrollY")
        self._touch("touchStart", x, y)
        for _ in range(MOST_MOVES):
            wanted = place - self.page.evaluate("scrollY")
            y = min(max(wanted, EDGE), height - EDGE)
            self._touch("touchMove", x, y)
            self.page.evaluate(SETTLED)
            if y == wanted:
                break
        self._devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def _touch(self, kind: str, x: float, y: float) -> None:
        self._devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})

    @staticmethod
    def _middle(what: Locator) -> tuple[float, float]:
        box = what.bounding_box()
        assert box, what
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
