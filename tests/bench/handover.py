"""A film of 5,000 clips written for each editing program, and read again."""

from __future__ import annotations

import time
from collections.abc import Iterator

from film.document.timeline import Timeline
from film.handover.formats import FACTS, FORMATS, Format
from film.handover.read import read
from film.handover.write import write
from tests.bench.table import Row
from tests.unit.film.handover_films import cut_of, film_of, shown, take

CLIPS = 5000
SCENES = 500
TAKES = 4
PROMISED = 2.0


def rows() -> list[Row]:
    film = long_film()
    return [row for format in FORMATS for row in _rows(film, format)]


def long_film() -> Timeline:
    """Half of its clips begin with a dissolve, and each has three other takes."""
    takes = {scene: tuple(take(scene, number) for number in range(1, TAKES + 1)) for scene in range(1, SCENES + 1)}
    clips = []
    for number in range(CLIPS):
        scene = number % SCENES + 1
        fields = {"scene": f"scene-{scene}", "scene_name": f"Scene {scene}", "alternates": takes[scene]}
        medium = takes[scene][number // SCENES % TAKES]
        clips.append(shown(f"clip-{number}", medium, 10, 100, number % 2 * 12, **fields))
    return film_of(tuple(clips), "24000/1001")


def _written(film: Timeline, format: Format) -> tuple[float, bytes]:
    began = time.perf_counter()
    data = write(film, format).data
    return time.perf_counter() - began, data


def _rows(film: Timeline, format: Format) -> Iterator[Row]:
    title = FACTS[format].title
    seconds, data = min(_written(film, format) for _ in range(3))
    size = len(data) / 1024**2
    yield Row(f"{title}: {CLIPS:,} clips written ({size:.1f} MB), best of 3", seconds, "≤ 2 s", seconds <= PROMISED)
    cut, began = cut_of(film), time.perf_counter()
    returned = read(data, cut, film)
    seconds = time.perf_counter() - began
    same = not returned.is_changed
    yield Row(f"{title}: and read again, {'the same' if same else 'CHANGED'}", seconds, "none", same)
