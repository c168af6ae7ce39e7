"""What a returned FCPXML clip says beside its times: volume, note, our settings, and what we cannot take over."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any
from xml.etree.ElementTree import Element

from film.handover.fcpxml import facts
from film.handover.fcpxml.facts import seconds_of
from film.handover.returned import ReturnedFilm
from film.handover.safe_xml import settings_in
from projects.translation import gettext as _
from projects.translation import gettext_noop

_SILENCE = -96.0
_DECIBELS = re.compile(r"\s*([-+]?\d+(?:\.\d+)?)\s*dB\s*", re.IGNORECASE)
_CHANGES = {
    "timeMap": gettext_noop("its speed"),
    "filter-video": gettext_noop("a filter of its picture"),
    "filter-video-mask": gettext_noop("a mask of its picture"),
    "filter-audio": gettext_noop("a filter of its sound"),
    "adjust-crop": gettext_noop("its crop"),
    "adjust-transform": gettext_noop("its position or scale"),
    "adjust-blend": gettext_noop("its opacity"),
    "adjust-corners": gettext_noop("its distortion"),
}


def settings_of(clip: Element) -> dict[str, Any]:
    """Return our settings that a clip has kept."""
    for entry in clip.iterfind("metadata/md"):
        if entry.get("key") == facts.SETTINGS_KEY:
            return settings_in(entry.get("value"))
    return {}


def note_of(clip: Element) -> str:
    """Return the note of a clip."""
    return clip.findtext("note") or ""


def volume_of(clip: Element) -> float:
    """Return the gain of a clip in dB."""
    volume = clip.find("adjust-volume")
    match = None if volume is None else _DECIBELS.fullmatch(volume.get("amount") or "")
    gain = float(match[1]) if match else 0.0
    return 0.0 if gain <= _SILENCE else gain


def is_muted(clip: Element) -> bool:
    """Whether a clip plays its picture alone."""
    volume = clip.find("adjust-volume")
    match = None if volume is None else _DECIBELS.fullmatch(volume.get("amount") or "")
    return clip.get("srcEnable") == "video" or (match is not None and float(match[1]) <= _SILENCE)


def fade_of(clip: Element, tag: str) -> Fraction:
    """Return the length of a fade of the sound in seconds; `tag` is fadeIn or fadeOut."""
    fade = clip.find(f"adjust-volume/param/{tag}")
    return Fraction(0) if fade is None else seconds_of(fade.get("duration"))


def report_changes(film: ReturnedFilm, clip: Element) -> None:
    """Name the changes of a clip that a cut has nothing for."""
    for child in clip:
        if child.tag in _CHANGES:
            film.say(
                _("“{name}”: {changes} was not imported.").format(
                    name=clip.get("name") or _("A clip"), changes=_(_CHANGES[child.tag])
                )
            )
    if clip.find("adjust-volume/param/keyframeAnimation") is not None:
        film.say(
            _("“{name}”: the keyframes of its volume were not imported.").format(name=clip.get("name") or _("A clip"))
        )
