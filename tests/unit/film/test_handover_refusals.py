"""Files that cannot be read: one clear sentence, and nothing is guessed."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from film.handover import safe_xml
from film.handover.formats import FORMATS, Format, format_of
from film.handover.read import read
from film.handover.returned import ReturnedFilm
from film.handover.write import write
from projects.problems import Problem
from tests.unit.film.handover_films import cut_of, full_film
from tests.unit.film.test_handover import QUICK

FILM = full_film()
BOMB = '<!DOCTYPE xmeml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><xmeml><sequence>&b;</sequence></xmeml>'
OUTSIDE = '<!DOCTYPE xmeml SYSTEM "file:///etc/passwd"><xmeml>&x;</xmeml>'


def gap_of(duration: str) -> str:
    gap = f'<gap duration="{duration}"/>'
    return f"<fcpxml><project><sequence><spine>{gap}</spine></sequence></project></fcpxml>"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "none of these"),
        ("%PDF-1.7", "none of these"),
        ('{"OTIO_SCHEMA": "Clip.1"}', "no timeline"),
        ("{]", "not valid JSON"),
        ('{"a":' + "[" * 100_000, "not valid JSON"),
        ('{"OTIO_SCHEMA": "Timeline.1", "tracks": {"children": [{"kind": "Video", "children": [{}]}]}}', "schema"),
        ("<fcpxml/>", "no project"),
        ("<xmeml/>", "no sequence"),
        ("<xmeml><sequence></xmeml>", "not well-formed in line 1"),
        (BOMB, "declarations in its DOCTYPE"),
        (OUTSIDE, "entities of its own"),
        (f"<xmeml>{'<a>' * 100}", "nested deeper than 64"),
        (gap_of("1/0s"), "no time"),
        ("<fcpxml><project><sequence><spine><audition/></spine></sequence></project></fcpxml>", "empty audition"),
        (
            "<fcpxml><project><sequence><spine><gap duration='1e99999999s'/></spine></sequence></project></fcpxml>",
            "no time",
        ),
        (
            "<fcpxml><project><sequence><spine><gap duration='99999999s'/></spine></sequence></project></fcpxml>",
            "24 hours",
        ),
        ("TITLE: x\n", "no event"),
        ("001 AX V C 00:00:00:00 00:00:01:00 01:00:00:00 01:00:01", "Line 1 of the EDL is not an event"),
        ("001 AX V C 00:00:00:00 00:00:01:30 01:00:00:00 01:00:01:00", "Line 1 of the EDL has a time code"),
        (
            "001 BL V C 00:00:00:00 00:00:01:00 01:00:00:00 01:00:01:00\n"
            "002 BL V C 00:00:00:00 00:00:01:00 01:00:00:12 01:00:01:12",
            "overlap",
        ),
    ],
)
def test_what_cannot_be_read_is_refused(text: str, words: str) -> None:
    with pytest.raises(Problem, match=words) as caught:
        read(text.encode(), cut_of(FILM), FILM)
    assert caught.value.status == 422


def test_a_long_file_is_refused() -> None:
    with pytest.raises(Problem, match="50 MB") as caught:
        read(b" " * (safe_xml.MAX_BYTES + 1), cut_of(FILM), FILM)
    assert caught.value.status == 413


def test_xml_of_too_many_elements_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safe_xml, "MAX_ELEMENTS", 100)
    with pytest.raises(Problem, match="more than 100 elements"):
        safe_xml.parse_xml(b"<xmeml>" + b"<a/>" * 100 + b"</xmeml>")


@pytest.mark.parametrize("format", FORMATS)
def test_each_format_is_known_by_its_beginning(format: Format) -> None:
    assert format_of(write(FILM, format).data) == format


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("format", ["edl", "otio"])
def test_other_encodings_are_read(format: Format, encoding: str) -> None:
    data = write(FILM, format).data.decode().encode(encoding)
    assert read(data, cut_of(FILM), FILM).cut == cut_of(FILM)


@pytest.mark.parametrize("format", FORMATS)
@given(data=st.data())
@QUICK
def test_a_damaged_file_is_refused_or_read(format: Format, data: st.DataObject) -> None:
    """Whatever has happened to it, nothing but a Problem comes of it."""
    text = bytearray(write(FILM, format).data)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        text[start : start + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=6))
    with suppress(Problem):
        read(bytes(text), cut_of(FILM), FILM, format=format)


def test_a_report_has_an_end() -> None:
    film = ReturnedFilm()
    for number in range(1000):
        film.say(f"Clip {number}.")
    assert film.report[-2:] == ["Clip 199.", "And 800 more."]
