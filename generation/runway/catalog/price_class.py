"""The class of a request: what its price can depend on, so that the bill of one request tells the price of another.

Requests of one class have the same kind, model and settings. Within it the price can still depend on one amount, such
as seconds or characters: `per` names its unit. Prompts, seeds, voices, languages, moderation and numbers on a scale
change no price of https://docs.dev.runwayml.com/guides/pricing, so they are left out. Whatever else a request can say
is kept: too many classes only ask once more, one too few would tell a wrong price.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from generation.runway.catalog.base_field import Field
from generation.runway.catalog.bounds import is_integer, utf16_length
from generation.runway.catalog.composite_fields import AnyOf, List, Object
from generation.runway.catalog.fields import PIXELS, Boolean, Choice, Integer
from generation.runway.catalog.media import MediaReference
from generation.runway.catalog.model import CatalogModel, Parameters
from generation.runway.catalog.priced_request import MediaInfo

MAX_SETTINGS_LENGTH = 500
FREE_FIELDS = ("contentModeration", "languageCode", "targetLang", "voice")
COUNT_FIELDS = ("outputCount", "numVariants")
# a longer side below this is a shape such as 16:9, not a size
LEAST_PIXELS = 64
# sizes of a model that differ by less are one; gen4_image has two prices for sizes that differ by 1.037
SAME_SIZE = 1.03
# to hundredths of a second or frame
DECIMALS = 2

Media = Mapping[str, Sequence[MediaInfo]]


@dataclass(frozen=True)
class PriceClass:
    """Where a bill counts. `settings` is JSON with sorted keys, of at most `MAX_SETTINGS_LENGTH` characters."""

    kind: str
    model: str
    settings: str
    amount: Decimal
    """How much of the unit `per` in the settings; 1 where there is none."""


def price_class(model: CatalogModel, parameters: Parameters, media: Media) -> PriceClass | None:
    """Return the class of a request; `media` is as for `CatalogModel.max_credits()`.

    None for a wrong request, and where the price depends on what nobody knows: the length that Runway chooses for
    "auto", or a file that only Runway has seen.
    """
    values = {name: value for name, value in parameters.items() if value is not None}
    references = model.media_references(values)
    counts = Counter(f"{reference.path[0]} ({reference.field.kind})" for reference in references)
    try:
        settings: dict[str, Any] = {**dict(_settings_of(model, values)), **counts}
        settings |= _measures(model, references, media)
        settings["per"], amount = _take_amount(model, values, settings)
    except LookupError:
        return None
    return PriceClass(model.kind, model.name, _as_text(settings), round(Decimal(str(amount)), 3))


def _settings_of(model: CatalogModel, values: Parameters) -> Iterator[tuple[str, Any]]:
    """Yield the settings of a request; one that it leaves out has Runway's default, not ours, which is not sent.

    Raise LookupError for a wrong value, which a form may still have.
    """
    for name, field in model.fields.items():
        value = values.get(name, field.default)
        if value is None or name in FREE_FIELDS:
            continue
        if any(field.check((name,), value)):
            raise LookupError(name)
        yield from _settings(field, name, value)


def _settings(field: Field, path: str, value: Any) -> Iterator[tuple[str, Any]]:
    match field:
        case Choice():
            if (size := _size(field, str(value))) is not None:
                yield path, size
        case Boolean():
            yield path, value
        case Integer() if field.values and path not in COUNT_FIELDS and path != "duration":
            yield path, value
        case Object():
            for name, part in field.fields.items():
                if name in value:
                    yield from _settings(part, f"{path}.{name}", value[name])
        case List():
            for key in field.total:
                yield f"{path}.{key}", sum(item.get(key) or 0 for item in value)
        case AnyOf() if option := field.closest(value):
            yield from _settings(option, path, value)


def _size(field: Choice, value: str) -> str | None:
    """Return the size for which a choice such as a ratio stands, the choice itself, or None for a mere shape."""
    pixels = _pixels(value)
    if pixels is None:
        return value
    if pixels < LEAST_PIXELS**2:
        return None
    return f"{_least_like(pixels, (size for name in field.values if (size := _pixels(name))))} pixels"


def _least_like(pixels: int, sizes: Iterable[int]) -> int:
    """Return the least of the sizes that count as the same."""
    least = 0
    for size in sorted({*sizes, pixels}):
        if size > least * SAME_SIZE:
            least = size
        if size == pixels:
            break
    return least


def _pixels(value: str) -> int | None:
    match = PIXELS.fullmatch(value)
    return int(match[1]) * int(match[2]) if match else None


def _measures(model: CatalogModel, references: Sequence[MediaReference], media: Media) -> Iterator[tuple[str, Any]]:
    """Yield what a price can depend on of each file: the length of recordings, the size where the output has it too.

    Raise LookupError where it is not known.
    """
    kinds = {str(reference.path[0]): reference.field.kind for reference in references}
    counts = Counter(str(reference.path[0]) for reference in references)
    has_own_size = any(isinstance(model.fields.get(name), Choice) for name in ("ratio", "resolution"))
    for name, kind in kinds.items():
        files = list(media.get(name, ()))
        is_timed = kind == "video" or (kind == "audio" and model.output_kind == "audio")
        is_sized = kind == model.output_kind and kind != "audio" and not has_own_size
        if (is_timed or is_sized) and len(files) < counts[name]:
            raise LookupError(name)
        if is_timed:
            yield f"{name}.seconds", round(sum(_known(file.seconds) for file in files), DECIMALS)
        if is_sized:
            yield f"{name}.size", sorted(_sides(file) for file in files)
        if kind == "video" and (rates := [round(file.fps, DECIMALS) for file in files if file.fps]):
            yield f"{name}.fps", rates


def _known(seconds: float | None) -> float:
    if seconds is None:
        raise LookupError("seconds")
    return seconds


def _sides(file: MediaInfo) -> str:
    if not file.width or not file.height:
        raise LookupError("size")
    return "x".join(map(str, sorted((file.width, file.height), reverse=True)))


def _take_amount(model: CatalogModel, values: Parameters, settings: dict[str, Any]) -> tuple[str, float]:
    """Return the unit and the amount on which the price depends most; what is an amount is no setting.

    Raise LookupError for a length that Runway chooses.
    """
    duration = _runways_value(model, values, "duration")
    if isinstance(duration, str):
        raise LookupError("duration")
    counts = {name: _count(values.get(name)) for name in COUNT_FIELDS if name in model.fields}
    lengths = [name for name in _by_price(model) if f"{name}.seconds" in settings]
    if duration is not None:
        return "second", _rest(settings, counts, float(duration))
    if lengths:
        return f"second of {lengths[0]}", _rest(settings, counts, settings.pop(f"{lengths[0]}.seconds"))
    if model.kind == "text_to_speech":
        return "character", _rest(settings, counts, utf16_length(str(values.get("promptText", ""))))
    if counts:
        return "output", counts.popitem()[1]
    return "take", 1


def _rest(settings: dict[str, Any], counts: Mapping[str, int], amount: float) -> float:
    """Return the amount, and keep other counts as settings."""
    settings |= counts
    return amount


def _by_price(model: CatalogModel) -> list[str]:
    """Return the names of the fields, those first that the published price counts, then those that are required."""
    priced = {name for part in model.price.parts for name in part.of}
    return sorted(model.fields, key=lambda name: (name not in priced, not model.fields[name].required))


def _runways_value(model: CatalogModel, values: Parameters, name: str) -> Any:
    field = model.fields.get(name)
    return None if field is None else values.get(name, field.default)


def _count(value: object) -> int:
    return value if isinstance(value, int) and is_integer(value) else 1


def _as_text(settings: Mapping[str, Any]) -> str:
    text = json.dumps(settings, sort_keys=True)
    # only a request that sets nearly everything is longer
    return text if len(text) <= MAX_SETTINGS_LENGTH else hashlib.sha256(text.encode()).hexdigest()
