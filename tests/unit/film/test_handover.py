"""Out and back in each format: what nobody has changed comes back as it was."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from film.document.cut import Cut
from film.document.rate import NAMES
from film.document.timeline import Timeline
from film.handover.formats import FORMATS, Format
from film.handover.read import Returned, read
from film.handover.write import write
from tests.unit.film.handover_films import cut_of, film_of, films, full_film, shown, take

QUICK = settings(max_examples=60)


def there_and_back(film: Timeline, format: Format) -> Returned:
    return read(write(film, format).data, cut_of(film), film)


@pytest.mark.parametrize("rate", NAMES)
@pytest.mark.parametrize("format", FORMATS)
def test_a_round_trip_changes_nothing(format: Format, rate: str) -> None:
    film = full_film(rate)
    returned = there_and_back(film, format)
    assert returned.format == format
    assert returned.cut == cut_of(film)
    assert not returned.is_changed
    kept = {"fcp7": 1, "edl": 2}.get(format, 0)
    assert len(returned.report) == kept, returned.report


@pytest.mark.parametrize("format", FORMATS)
@given(film=films())
@QUICK
def test_a_round_trip_of_any_film_changes_nothing(format: Format, film: Timeline) -> None:
    assert there_and_back(film, format).cut == cut_of(film)


@pytest.mark.parametrize("format", FORMATS)
def test_an_automatic_cut_stays_automatic(format: Format) -> None:
    clips = tuple(shown(f"scene-{n}", take(n, 1), 0, 120, scene=f"scene-{n}", scene_name=f"S{n}") for n in (1, 2))
    film = replace(film_of(clips), automatic=True)
    returned = read(write(film, format).data, Cut(), film)
    assert returned.cut == Cut()
    assert not returned.is_changed


@pytest.mark.parametrize("format", FORMATS)
def test_a_film_without_clips_is_written(format: Format) -> None:
    assert write(film_of(()), format).data
