"""A cut as it is stored and edited: clips in their order, sounds, captions and titles at their places.

All positions are whole frames of the cut's rate. `out` and `end` are exclusive. Media are named by the ids of assets,
and resolved elsewhere: `film/document/timeline.py` has the cut with its media.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, replace
from typing import Any, Literal, TypeVar, get_args

ClipKind = Literal["take", "still", "card", "gap"]
Fit = Literal["fit", "fill", "blur"]
Lane = Literal["voice", "music", "effects"]
Place = Literal["top", "centre", "bottom"]
LANES: tuple[Lane, ...] = get_args(Lane)
FITS: tuple[Fit, ...] = get_args(Fit)
PLACES: tuple[Place, ...] = get_args(Place)
LOUDNESSES = (-14, -16, -23)
"""In LUFS, integrated over the whole film."""
MAX_FRAMES = 24 * 3600 * 60
"""The longest film: 24 hours at 60 frames a second."""


@dataclass(frozen=True)
class Transition:
    """A dissolve into a clip from the one before: both play for so many frames. Of the first clip, from black."""

    frames: int
    kind: Literal["dissolve"] = "dissolve"


@dataclass(frozen=True)
class Clip:
    """A piece of the picture track.

    With an `asset` it is pinned to that file. Without one it follows its scene, and shows the best there is. A gap has
    neither. `out` is None for all that the file has, which only a clip that follows its scene may say.
    """

    id: str
    scene: str | None = None
    asset: str | None = None
    kind: ClipKind = "take"
    start_in: int = 0
    out: int | None = None
    note: str = ""
    transition: Transition | None = None
    fit: Fit | None = None
    """None is the fit of the cut."""
    gain: float = 0.0
    """Of the take's own sound, in dB."""
    mute: bool = False

    @property
    def is_gap(self) -> bool:
        """Whether it is black and silent."""
        return self.kind == "gap"


@dataclass(frozen=True)
class Sound:
    """A piece of sound on a lane. Pieces of one lane may overlap."""

    id: str
    lane: Lane
    asset: str
    start: int
    start_in: int
    out: int
    gain: float = 0.0
    """In dB."""
    fade_in: int = 0
    fade_out: int = 0
    duck: bool = False
    """Whether it gets softer under voices and the sound of takes."""

    @property
    def end(self) -> int:
        """The frame after its last."""
        return self.start + self.out - self.start_in


@dataclass(frozen=True)
class Caption:
    """Words that are spoken, for a file of subtitles or burnt in."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Title:
    """Words in the picture."""

    start: int
    end: int
    text: str
    place: Place = "centre"


@dataclass(frozen=True)
class Marker:
    """A note at a frame of the film."""

    at: int
    text: str = ""


@dataclass(frozen=True)
class Cut:
    """The whole cut. `rate` is one of `film.document.rate.NAMES`."""

    rate: str = "24"
    width: int = 1920
    height: int = 1080
    fit: Fit = "fit"
    loudness: int = -14
    clips: tuple[Clip, ...] = ()
    sounds: tuple[Sound, ...] = ()
    captions: tuple[Caption, ...] = ()
    titles: tuple[Title, ...] = ()
    markers: tuple[Marker, ...] = ()


_NAMES = {"start_in": "in", "scene": "sceneId", "asset": "assetId", "gain": "gainDb"}
_NAMES |= {"fade_in": "fadeIn", "fade_out": "fadeOut"}
_PARTS: Mapping[str, type[Any]] = {
    "clips": Clip,
    "sounds": Sound,
    "captions": Caption,
    "titles": Title,
    "markers": Marker,
}
_TYPES: tuple[type[Any], ...] = (Cut, *_PARTS.values())
_ATTRIBUTES = {
    kind: {_NAMES.get(each.name, each.name): each.name for each in fields(kind) if each.name not in _PARTS}
    for kind in _TYPES
}
"""The attribute of each name in the JSON, found once for each type: a cut may have thousands of parts."""
_DEFAULTS = {kind: {each.name: each.default for each in fields(kind) if each.default is not MISSING} for kind in _TYPES}
_STORED = {
    kind: [(name, each, _DEFAULTS[kind].get(each, MISSING)) for name, each in _ATTRIBUTES[kind].items()]
    for kind in _TYPES
}
"""Name, attribute and default of what is stored of a part."""
_REQUIRED = {kind: _ATTRIBUTES[kind].values() - _DEFAULTS[kind].keys() for kind in _TYPES}
Part = TypeVar("Part")


def to_json(cut: Cut) -> dict[str, Any]:
    """Return the cut under the names of the JSON API, its parts without what is at its default."""
    settings = {name: getattr(cut, attribute) for name, attribute in _ATTRIBUTES[Cut].items()}
    return settings | {name: [_as_dict(part) for part in getattr(cut, name)] for name in _PARTS}


def from_json(data: Mapping[str, Any]) -> Cut:
    """Return a cut from what `to_json()` gave, or a checked request. Names that it does not know are ignored.

    Raise TypeError where a part lacks what it must have.
    """
    parts: dict[str, Any] = {
        name: tuple(_from_dict(part, each) for each in data.get(name) or ()) for name, part in _PARTS.items()
    }
    settings = {name: value for name, value in data.items() if name not in _PARTS}
    return replace(_from_dict(Cut, settings), **parts)


def _as_dict(part: Any) -> dict[str, Any]:
    # of a thousand clips most values are at their defaults: each edit would store them all again
    values = part.__dict__
    return {
        name: _plain(values[attribute])
        for name, attribute, default in _STORED[type(part)]
        if values[attribute] != default
    }


def _plain(value: Any) -> Any:
    return {"kind": value.kind, "frames": value.frames} if isinstance(value, Transition) else value


def _from_dict(kind: type[Part], data: Mapping[str, Any]) -> Part:
    known = _ATTRIBUTES[kind]
    values = {known[name]: value for name, value in data.items() if name in known}
    if isinstance(values.get("transition"), Mapping):
        values["transition"] = Transition(values["transition"]["frames"])
    if not values.keys() >= _REQUIRED[kind]:
        # which raises TypeError with the names that are missing
        return kind(**values)
    return build(kind, _DEFAULTS[kind] | values)


def build(kind: type[Part], values: dict[str, Any]) -> Part:
    """Return a frozen dataclass with these values, all of its fields, several times as quickly as its `__init__`.

    That one sets each field by itself, past the guard of the class: a film of a thousand clips has tens of thousands.
    """
    part = object.__new__(kind)
    part.__dict__.update(values)
    return part
