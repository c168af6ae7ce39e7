"""A finger on the screen: Playwright has a tap, and no more."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
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
        self._touch("touchStart", x, y)
        for _ in range(MOST_MOVES):
            box = where.bounding_box()
            assert box
            wanted = box["y"] + box["height"] * 0.6
            y = min(max(wanted, EDGE), height - EDGE)
            self._touch("touchMove", x, y)
            # what lies under it is looked at once a frame
            self.page.evaluate(FRAMES)
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
