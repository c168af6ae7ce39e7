"""The sounds of a returned FCP7 sequence."""

from __future__ import annotations

from fractions import Fraction
from math import log10
from typing import Any
from xml.etree.ElementTree import Element

from film.handover.fcp7 import facts
from film.handover.fcp7.files import Files
from film.handover.fcp7.track import TrackItem, items_of, number_in
from film.handover.returned import Grid, ReturnedFilm, ReturnedSound, as_number, lane_of
from film.handover.safe_xml import settings_in, text_of
from projects.translation import gettext as _


class Heard:
    """Reads the audio tracks: of a pair of channels the first, which stands for both."""

    def __init__(self, film: ReturnedFilm, grid: Grid, files: Files, rate: Fraction) -> None:
        self._film, self._grid, self._files, self._rate = film, grid, files, rate

    def read(self, sequence: Element) -> None:
        """Keep all sounds of a sequence."""
        for track in sequence.iterfind("media/audio/track"):
            if track.get("currentExplodedTrackIndex", "0") == "0":
                for item in items_of(track, self._rate, self._files):
                    self._add(item, lane_of(track.get("MZ.TrackName") or ""))

    def _add(self, item: TrackItem, lane: Any) -> None:
        element = item.element
        if number_in(element, "sourcetrack/trackindex", 1) > 1 or self._film.sounds is None:
            return
        name = text_of(element, "name")
        if element.find("sequence") is not None:
            self._film.say(_("“{name}” is a sequence of its own: its sound was not imported.").format(name=name))
            return
        start, end = (self._grid.frames(each / self._rate) for each in (item.start, item.end))
        source_in = self._grid.frames(item.source_in)
        sound = ReturnedSound(name, start, source_in, end - start, self._files.reference(element), lane)
        sound.own = settings_in(element.findtext("comments/mastercomment4"))
        sound.enabled = text_of(element, "enabled").upper() != "FALSE"
        linked = {text_of(link, "mediatype") for link in element.iterfind("link")}
        sound.is_of_take = "clip" in sound.own or "video" in linked
        self._levels(sound, element)
        self._film.sounds.append(sound)

    def _levels(self, sound: ReturnedSound, element: Element) -> None:
        """Read the gain, and fades at both ends. Other keyframes are reported."""
        sound.gain, sound.fade_in, sound.fade_out = 0.0, 0, 0
        for effect in element.iterfind("filter/effect"):
            if text_of(effect, "effectid") != facts.LEVELS:
                self._film.say(
                    _("“{name}”: its effect “{effect}” was not imported.").format(
                        name=sound.name, effect=text_of(effect, "name")
                    )
                )
                continue
            parameter = effect.find("parameter")
            if parameter is not None:
                sound.gain = _gain(float(text_of(parameter, "value", "1")), sound)
                self._fades(sound, parameter)

    def _fades(self, sound: ReturnedSound, parameter: Element) -> None:
        keys = [(number_in(key, "when"), float(text_of(key, "value", "1"))) for key in parameter.iterfind("keyframe")]
        if not keys:
            return
        end = sound.source_in + sound.length
        if keys[0] == (sound.source_in, 0.0) and len(keys) > 1:
            sound.fade_in = keys[1][0] - sound.source_in
        if keys[-1] == (end, 0.0) and len(keys) > 1:
            sound.fade_out = end - keys[-2][0]
        levels = {value for _, value in keys if value}
        if len(levels) > 1 or not (sound.fade_in or sound.fade_out):
            self._film.say(_("“{name}”: the keyframes of its volume were not imported.").format(name=sound.name))


def _gain(factor: float, sound: ReturnedSound) -> float:
    """Return a factor in dB. One at the highest level stands for all above it."""
    own = as_number(sound.own.get("gainDb"))
    if own is not None and own > facts.MAX_GAIN and factor >= facts.MAX_LEVEL - 0.001:
        return own
    if factor <= 0:
        sound.enabled = False
        return 0.0
    # of a factor with eight digits
    return round(20 * log10(factor), 4)
