"""Parts of FCP7 XML that many elements have."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any
from xml.etree.ElementTree import Element

from film.document.rate import NAMES, Rate
from film.handover.fcp7 import facts
from film.handover.texts import add, add_all, as_text


@lru_cache(maxsize=len(NAMES))
def _rate_element(rate: Rate) -> Element:
    element = Element("rate")
    add_all(element, {"timebase": rate.nominal, "ntsc": facts.ntsc_text(rate)})
    return element


def add_rate(parent: Element, rate: Rate) -> None:
    """Add the rate of an element, the same element everywhere."""
    parent.append(_rate_element(rate))


def add_timecode(parent: Element, rate: Rate) -> None:
    """Add a time code that begins with 0, counted without dropping numbers."""
    element = add(parent, "timecode")
    add_rate(element, rate)
    add_all(element, {"string": rate.timecode(0), "frame": 0, "displayformat": "NDF"})


def add_settings(parent: Element, own: Mapping[str, Any]) -> None:
    """Add our own settings where FCP7 has comments."""
    add(add(parent, "comments"), "mastercomment4", as_text(own))


def add_generator(parent: Element, name: str, words: str | None = None, height: float = 0.0) -> None:
    """Add the effect of a generator, with the words that it shows."""
    effect = add(parent, "effect")
    add_all(effect, {"name": name, "effectid": name, "effectcategory": name, "effecttype": "generator"})
    add(effect, "mediatype", "video")
    if words is not None:
        add_all(add(effect, "parameter"), {"parameterid": "str", "name": "Text", "value": words})
        origin = add(effect, "parameter")
        add_all(origin, {"parameterid": "origin", "name": "Origin"})
        add_all(add(origin, "value"), {"horiz": 0, "vert": height})


def add_transition(parent: Element, rate: Rate, start: int, end: int, alignment: str, *, is_sound: bool) -> None:
    """Add a dissolve of pictures, or of sounds."""
    element = add(parent, "transitionitem")
    add_all(element, {"start": start, "end": end, "alignment": alignment})
    add_rate(element, rate)
    element.append(_transition_effect(is_sound=is_sound))


@cache
def _transition_effect(*, is_sound: bool) -> Element:
    effect = Element("effect")
    if is_sound:
        add_all(effect, {"name": facts.CROSSFADE, "effectid": facts.CROSSFADE_ID, "effecttype": "transition"})
        add(effect, "mediatype", "audio")
        return effect
    add_all(effect, {"name": facts.DISSOLVE, "effectid": facts.DISSOLVE, "effectcategory": "Dissolve"})
    add_all(effect, {"effecttype": "transition", "mediatype": "video", "wipecode": 0, "wipeaccuracy": 100})
    add_all(effect, {"startratio": 0, "endratio": 1, "reverse": "FALSE"})
    return effect


def add_levels(parent: Element, gain: float, start_in: int, out: int, fade_in: int = 0, fade_out: int = 0) -> None:
    """Add gain and fades, where there are any. Keyframes have frames of the medium."""
    if not (gain or fade_in or fade_out):
        return
    effect = add(add(parent, "filter"), "effect")
    add_all(effect, {"name": "Audio Levels", "effectid": facts.LEVELS, "effectcategory": facts.LEVELS})
    add_all(effect, {"effecttype": facts.LEVELS, "mediatype": "audio"})
    parameter, level = add(effect, "parameter"), f"{facts.factor_of(gain):.8g}"
    add_all(parameter, {"name": "Level", "parameterid": "level", "valuemin": 0, "valuemax": facts.MAX_LEVEL})
    add(parameter, "value", level)
    frames = {start_in: "0", start_in + fade_in: level} if fade_in else {}
    frames |= {out - fade_out: level, out: "0"} if fade_out else {}
    for when, value in frames.items():
        add_all(add(parameter, "keyframe"), {"when": when, "value": value})
