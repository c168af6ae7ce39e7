"""How much of a unit a request is charged for: seconds, outputs, items, characters or frames.

Each function takes the request and the names of the fields that are counted, and returns None when the amount is not
known, for example because the length of a file is not.
"""

from __future__ import annotations

from collections.abc import Callable

from generation.runway.catalog.bounds import utf16_length
from generation.runway.catalog.fields import Integer, Number
from generation.runway.catalog.priced_request import PricedRequest

Quantity = Callable[[PricedRequest, tuple[str, ...]], float | None]


def _seconds(request: PricedRequest, names: tuple[str, ...]) -> float | None:
    total = 0.0
    for name in names:
        field = request.fields.get(name)
        if isinstance(field, Integer | Number):
            seconds = _given_seconds(request, name, field)
        else:
            seconds = _file_seconds(request, name)
        if seconds is None:
            return None
        total += seconds
    return total


def _given_seconds(request: PricedRequest, name: str, field: Integer | Number) -> float | None:
    value = request.value(name)
    if value is None or any(field.check((name,), value)):
        return None
    # for "auto" Runway charges the longest output first and refunds the rest
    seconds = field.max if isinstance(value, str) else value
    return None if seconds is None else float(seconds)


def _file_seconds(request: PricedRequest, name: str) -> float | None:
    media, field = request.media.get(name, ()), request.fields.get(name)
    if len(media) < request.counts.get(name, 0):
        return None
    if not media and (field is None or field.required):
        return None
    seconds = [info.seconds for info in media if info.seconds is not None]
    return sum(seconds) if len(seconds) == len(media) else None


def _outputs(request: PricedRequest, names: tuple[str, ...]) -> float | None:
    count = request.value(names[0]) if names else 1
    return float(count) if isinstance(count, int) else 1.0


def _items(request: PricedRequest, names: tuple[str, ...]) -> float | None:
    return float(sum(request.counts.get(name, 0) for name in names))


def _characters(request: PricedRequest, names: tuple[str, ...]) -> float | None:
    return float(sum(utf16_length(str(request.parameters.get(name) or "")) for name in names))


def _frames(request: PricedRequest, names: tuple[str, ...]) -> float | None:
    media = [info for name in names for info in request.media.get(name, ())]
    if not media or any(info.seconds is None or info.fps is None for info in media):
        return None
    return sum((info.seconds or 0) * (info.fps or 0) for info in media)


QUANTITIES: dict[str, Quantity] = {
    "second": _seconds,
    "output": _outputs,
    "item": _items,
    "character": _characters,
    "frame": _frames,
}
