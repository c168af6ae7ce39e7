"""FCPXML against the facts of its document type definition, and against what Final Cut Pro expects beyond it."""

from __future__ import annotations

import re
from fractions import Fraction
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given

from film.document.rate import NAMES, Rate
from film.document.timeline import Timeline
from film.handover import edit
from film.handover.fcpxml.facts import seconds_of
from film.handover.safe_xml import parse_xml
from film.handover.write import write
from tests.unit.film.fcpxml_facts import ATTRIBUTES, CHILDREN, WITH_TEXT
from tests.unit.film.handover_films import films, full_film
from tests.unit.film.test_handover import QUICK


def written(film: Timeline, root: str | None = None) -> Element:
    return parse_xml(write(film, "fcpxml", root).data)


def faults_of(root: Element) -> list[str]:
    faults = []
    for element in root.iter():
        children = "".join(f"{child.tag} " for child in element)
        if element.tag not in CHILDREN or not re.fullmatch(CHILDREN[element.tag], children):
            faults.append(f"{element.tag}: {children}")
        if (element.text or "").strip() and element.tag not in WITH_TEXT:
            faults.append(f"{element.tag}: has text")
        faults += attribute_faults(element)
    return faults + id_faults(root)


def attribute_faults(element: Element) -> list[str]:
    allowed = {entry.partition("=")[0].rstrip("!"): entry for entry in ATTRIBUTES.get(element.tag, "").split()}
    faults = [f"{element.tag}: {name}" for name in element.attrib if name not in allowed]
    for name, entry in allowed.items():
        values = entry.partition("=")[2]
        if "!" in entry and name not in element.attrib:
            faults.append(f"{element.tag}: has no {name}")
        if values and name in element.attrib and element.attrib[name] not in values.split("|"):
            faults.append(f"{element.tag}: {name} is {element.attrib[name]}")
    return faults


def id_faults(root: Element) -> list[str]:
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    used = {element.get(name) for element in root.iter() for name in ("ref", "format")} - {None}
    return [f"{each} is used twice" for each in {each for each in ids if ids.count(each) > 1}] + [
        f"{each} is missing" for each in used - set(ids)
    ]


@pytest.mark.parametrize("rate", NAMES)
def test_the_file_is_as_its_definition_says(rate: str) -> None:
    assert faults_of(written(full_film(rate))) == []


@given(film=films())
@QUICK
def test_any_file_is_as_its_definition_says(film: Timeline) -> None:
    assert faults_of(written(film)) == []


@pytest.mark.parametrize("rate", NAMES)
def test_times_lie_on_frames_and_clips_meet(rate: str) -> None:
    root, frame = written(full_film(rate)), 1 / Rate(rate).fps
    sequence_format = root.find("resources/format")
    assert sequence_format is not None
    assert seconds_of(sequence_format.get("frameDuration")) == frame
    assert (sequence_format.get("width"), sequence_format.get("height")) == ("1920", "1080")
    for element in root.iter():
        for name in ("offset", "start", "duration", "frameDuration"):
            assert (seconds_of(element.get(name)) / frame).denominator == 1
    end = Fraction(0)
    for element in root.find(".//spine") or ():
        if element.tag != "transition":
            assert seconds_of(element.get("offset")) == end
            end += seconds_of((element[0] if element.tag == "audition" else element).get("duration"))


def test_clips_stay_within_their_assets() -> None:
    root = written(full_film())
    durations = {asset.get("id"): seconds_of(asset.get("duration")) for asset in root.iter("asset")}
    for clip in root.iter("asset-clip"):
        assert seconds_of(clip.get("start")) + seconds_of(clip.get("duration")) <= durations[clip.get("ref")]


def test_an_event_has_nothing_but_its_project() -> None:
    event = written(full_film()).find("library/event")
    assert event is not None
    assert [child.tag for child in event] == ["project"]


def test_takes_of_a_scene_are_an_audition_whose_first_one_plays() -> None:
    film = full_film()
    first = written(film).find(".//audition")
    assert first is not None
    assert [clip.get("name") for clip in first] == ["Kitchen, take 2", "Kitchen, take 1", "Kitchen, take 3"]
    others = edit.other_takes(film.clips[0])
    assert [medium.take for medium in others] == [1, 3]


def test_addresses_are_those_of_the_machine_or_relative() -> None:
    film = full_film()
    for root, expected in (
        (None, "./scene-1/videos/take-002.mp4"),
        ("/film s", "file:///film%20s/scene-1/videos/take-002.mp4"),
    ):
        representation = written(film, root).find("resources/asset/media-rep")
        assert representation is not None
        assert representation.get("src") == expected
    windows = written(film, "C:\\films").find("resources/asset/media-rep")
    assert windows is not None
    assert windows.get("src") == "file:///C:/films/scene-1/videos/take-002.mp4"
