"""Captions of a cut: from a file, or from the lines that its voices speak."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from film import timelines
from film.actions import cuts
from film.document.cut import Caption
from film.document.rate import Rate
from film.document.timeline import Timeline, TimelineSound
from film.handover.captions import read_captions
from film.timelines.speech import speech_lines
from projects.models import Project
from projects.problems import conflict

MAX_CHARACTERS = 84
"""Of one caption: two lines of 42, as broadcasters have them."""


def import_captions(project: Project, user: User, data: bytes, version: int | None = None) -> Timeline:
    """Replace the captions of the cut by those of a file, SRT or VTT, and return the film.

    Raise Problem 422 that names the line for a file with wrong times, 409 where `version` is not the present one.
    """
    cut, present = timelines.editable_cut(project)
    captions = read_captions(data, Rate(cut.rate))
    return cuts.save_cut(project, user, replace(cut, captions=captions), present if version is None else version)


def caption_speech(project: Project, user: User, version: int | None = None) -> Timeline:
    """Replace the captions by the lines of all speech on the voice lane, and return the film.

    Raise Problem 409 where there is none.
    """
    cut, present = timelines.editable_cut(project)
    voices = [each for each in timelines.resolve(project, cut).sounds if each.lane == "voice"]
    lines = speech_lines({voice.medium.asset for voice in voices})
    captions = [caption for voice in voices for caption in _captions(voice, lines.get(voice.medium.asset, ""))]
    if not captions:
        raise conflict(_("No voice in the cut was generated from text, so there is nothing to caption."), "no_speech")
    captions.sort(key=lambda caption: caption.start)
    cut = replace(cut, captions=tuple(captions))
    return cuts.save_cut(project, user, cut, present if version is None else version)


def _captions(voice: TimelineSound, text: str) -> Iterator[Caption]:
    """Share the time of a sound among the parts of its text, by their lengths."""
    parts = list(split_text(text))
    total = sum(map(len, parts))
    length, said = voice.end - voice.start, 0
    for part in parts:
        start, said = voice.start + length * said // total, said + len(part)
        end = voice.start + length * said // total
        if end > start:
            yield Caption(start, end, part)


def split_text(text: str) -> Iterator[str]:
    """Split a text into captions, at the end of a sentence where one is near."""
    rest = text.strip()
    while len(rest) > MAX_CHARACTERS:
        head = rest[:MAX_CHARACTERS]
        sentence = max((match.end() for match in re.finditer(r"[.!?…]\s", head)), default=0)
        end = sentence if sentence > MAX_CHARACTERS // 3 else head.rfind(" ") + 1 or MAX_CHARACTERS
        yield rest[:end].strip()
        rest = rest[end:].strip()
    if rest:
        yield rest
