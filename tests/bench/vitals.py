"""What a browser says of each page: largest contentful paint, layout shift, and how long a key takes to show.

These are Chromium's own entries of the Performance API, from which the library web-vitals makes its figures.
"""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.bench.pages import MAKE
from tests.bench.table import Row, middle
from tests.browser.conftest import ONE_RENDERER, QUIET, found_chromium
from tests.browser.page_list import PAGES
from tests.studio_process import RunningStudio

FEW, MANY = 30, 300
ROUNDS = 5
OBSERVE = """
const vitals = { paint: 0, shift: 0, events: [] };
window.vitals = vitals;
const observe = (options, note) =>
  new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ buffered: true, ...options });
observe({ type: "largest-contentful-paint" }, (entry) => { vitals.paint = entry.startTime; });
observe({ type: "layout-shift" }, (entry) => { if (!entry.hadRecentInput) vitals.shift += entry.value; });
observe({ type: "event", durationThreshold: 16 }, (entry) => {
  if (entry.interactionId) vitals.events.push(entry.duration);
});
"""
# two frames and a turn of the event loop after what was asked for, so that its entries are there
SETTLE = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50))))"


def rows() -> list[Row]:
    with sync_playwright() as playwright, RunningStudio() as studio:
        executable = found_chromium(playwright)
        with playwright.chromium.launch(args=QUIET + ONE_RENDERER, executable_path=executable) as browser:
            film = studio.make_film()
            context = browser.new_context(base_url=studio.url, viewport={"width": 1440, "height": 900})
            context.add_cookies([{"name": "sessionid", "value": film["session"], "url": studio.url}])
            context.add_init_script(OBSERVE)
            page = context.new_page()
            vitals = {name: _vitals(page, path.format(**film)) for name, path in PAGES.items()}
            few, many = (_usable_after(studio, page, scenes) for scenes in (FEW, MANY))
    return [*_worst(vitals), _row_of_scenes(few, many)]


def _vitals(page: Page, path: str) -> dict[str, float]:
    """Milliseconds until the largest paint and until a key shows, and the shift of the layout; the middle of some."""
    loads = [_load(page, path) for _ in range(ROUNDS)]
    return {key: middle([load[key] for load in loads]) for key in ("paint", "shift", "key")}


def _load(page: Page, path: str) -> dict[str, float]:
    page.goto(path, wait_until="networkidle" if "?" not in path else "load")
    page.evaluate(SETTLE)
    # before a key is pressed, which ends both of the others
    found: dict[str, Any] = page.evaluate("({ ...vitals })")
    for key in ("?", "Escape", "Tab"):
        page.keyboard.press(key)
        page.evaluate(SETTLE)
    return {**found, "key": max(page.evaluate("vitals.events"), default=0)}


def _worst(vitals: dict[str, dict[str, float]]) -> list[Row]:
    def worst(key: str) -> tuple[str, float]:
        name = max(vitals, key=lambda name: vitals[name][key])
        return f"worst of {len(vitals)} pages: {name}", vitals[name][key]

    (painted, paint), (shifted, shift), (pressed, key) = worst("paint"), worst("shift"), worst("key")
    return [
        Row(f"largest contentful paint, {painted}", paint / 1000, "≤ 1 s", paint <= 1000),
        Row(f"layout shift, {shifted}", shift, "≤ 0.02", shift <= 0.02, unit=""),
        Row(f"a key until it shows, {pressed}", key / 1000, "≤ 0.1 s", key <= 100),
    ]


def _usable_after(studio: RunningStudio, page: Page, scenes: int) -> float:
    """Seconds until a storyboard of so many scenes is loaded, its scripts among it, and a key shows."""
    make = (
        MAKE.replace('username="owner"', 'username="mara"')
        .replace('"Large"', f'"Film of {scenes}"')
        .replace("range(1, 101)", f"range(1, {scenes + 1})")
    )
    made = studio.command("shell", "-c", make.replace("=101)", f"={scenes + 1})"))
    assert made.returncode == 0, made.stderr
    times = []
    for _ in range(ROUNDS):
        page.goto(f"/projects/film-of-{scenes}/")
        page.keyboard.press("?")
        page.get_by_role("dialog", name="Keyboard shortcuts").wait_for()
        times.append(page.evaluate("performance.now() / 1000"))
    return middle(times)


def _row_of_scenes(few: float, many: float) -> Row:
    what = f"a film of {MANY} scenes until a key shows"
    return Row(what, many, "≤ 1.5 × of 30", many <= 1.5 * few, few, f"a film of {FEW}")
