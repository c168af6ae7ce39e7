"""What an export may be asked for besides its profile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

from film.document.cut import LOUDNESSES
from film.document.timeline import Timeline
from projects.problems import FieldProblem, wrong_fields
from projects.translation import gettext as _

Captions = Literal["none", "burn", "sidecar"]
Missing = Literal["fail", "card"]
_NAMES = {"start_in": "in"}


@dataclass(frozen=True)
class Options:
    """Settings of one export. Those that are None follow the cut."""

    loudness: int | None = None
    """In LUFS."""
    captions: Captions = "none"
    """Whether captions are drawn into the picture, or written as a file of subtitles beside the film."""
    timecode: bool = False
    slate: bool = False
    start_in: int | None = None
    """The first frame of the film that is exported."""
    out: int | None = None
    """The frame after the last one."""
    missing: Missing = "fail"
    """What is done about a file that is gone: the export fails, or shows a card in its place."""

    def to_json(self) -> dict[str, Any]:
        """Return the options under their names in the JSON API."""
        return {_NAMES.get(each.name, each.name): getattr(self, each.name) for each in fields(self)}

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Options:
        """Return options from what `to_json()` gave. Names that are not known are ignored."""
        known = {_NAMES.get(each.name, each.name): each.name for each in fields(Options)}
        return Options(**{known[name]: value for name, value in data.items() if name in known})


def check_options(options: Options, timeline: Timeline) -> None:
    """Raise Problem 422 with every option that this film cannot have."""
    problems = [*_wrong_choices(options), *_wrong_range(options, timeline.length)]
    if problems:
        raise wrong_fields(*problems)


def _wrong_choices(options: Options) -> list[FieldProblem]:
    allowed: dict[str, tuple[object, ...]] = {
        "loudness": (None, *LOUDNESSES),
        "captions": get_args(Captions),
        "missing": get_args(Missing),
    }
    return [
        FieldProblem(
            name,
            _("{name} must be one of {names}.").format(
                name=name, names=", ".join(str(value) for value in values if value is not None)
            ),
        )
        for name, values in allowed.items()
        if getattr(options, name) not in values
    ]


def _wrong_range(options: Options, length: int) -> list[FieldProblem]:
    first, end = options.start_in or 0, length if options.out is None else options.out
    if not 0 <= first < max(length, 1):
        return [
            FieldProblem(
                "in", _("in must be a frame of the film, from 0 to {length}.").format(length=max(length - 1, 0))
            )
        ]
    if not first < end <= length and length:
        return [
            FieldProblem(
                "out", _("out must be after in, and at most {length}, the length of the film.").format(length=length)
            )
        ]
    return []
