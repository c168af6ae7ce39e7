"""Which requests have one price: the class that a bill is counted for."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from generation.runway import catalog
from generation.runway.catalog import CatalogModel, MediaInfo
from generation.runway.catalog.fields import Boolean, Choice
from generation.runway.catalog.price_class import MAX_SETTINGS_LENGTH, PriceClass, price_class
from generation.simulator.hidden_prices import hidden_credits
from generation.simulator.inputs import Input
from generation.simulator.validation import CreateRequest
from tests import catalog_requests

EVERY = [(kind, model.name) for kind in catalog.kinds() for model in catalog.models(kind)]
# of a second one of these fields the price of an image or a video often depends too
SECOND_FIELDS = ("quality", "audio", "resolution")
PICTURE = "asset:picture"


def find(name: str, kind: str = "image_to_video") -> CatalogModel:
    model = catalog.find(kind, name)
    assert model is not None
    return model


def class_of(name: str, kind: str = "image_to_video", media: Mapping[str, Any] | None = None, **values: Any) -> Any:
    return price_class(find(name, kind), values, media or {})


def measured(model: CatalogModel, parameters: Mapping[str, Any], seconds: float = 5.2) -> dict[str, list[MediaInfo]]:
    media = defaultdict(list)
    for medium in model.media_references(parameters):
        media[str(medium.path[0])].append(MediaInfo(seconds, 1280, 720))
    return media


KLING: dict[str, Any] = {"promptImage": PICTURE, "ratio": "1920:1080", "duration": 5, "audio": True}


@pytest.mark.parametrize(
    ("changes", "is_same"),
    [
        ({"promptText": "the camera pushes in"}, True),
        ({"cfgScale": 0.9}, True),
        ({"promptImage": "asset:other"}, True),
        ({"promptImage": [{"uri": PICTURE, "position": "first"}]}, True),
        ({"ratio": "1080:1920"}, True),
        ({"ratio": "1440:1440"}, True),
        ({"duration": 10}, True),
        ({"audio": False}, False),
        ({"audio": None}, False),
        ({"promptImage": [{"uri": PICTURE, "position": "first"}, {"uri": "asset:2", "position": "last"}]}, False),
        ({"providerSettings": {"multiPrompt": [{"prompt": "one", "duration": 5}]}}, False),
    ],
)
def test_what_changes_the_class(changes: dict[str, Any], is_same: bool) -> None:
    one, other = class_of("kling3.0_pro", **KLING), class_of("kling3.0_pro", **KLING | changes)
    assert (one.settings == other.settings) is is_same


def test_the_length_is_the_amount() -> None:
    assert class_of("kling3.0_pro", **KLING).amount == 5
    assert json.loads(class_of("kling3.0_pro", **KLING).settings)["per"] == "second"


def test_characters_of_speech_are_the_amount_and_not_the_voice() -> None:
    maya, arjun = ({"type": "runway-preset", "presetId": name} for name in ("Maya", "Arjun"))
    short = class_of("eleven_v4", "text_to_speech", promptText="Quiet on set.", voice=maya)
    long = class_of("eleven_v4", "text_to_speech", promptText="Quiet on set, please.", voice=arjun)
    assert (short.amount, long.amount, short.settings) == (13, 21, long.settings)


def test_the_number_of_outputs_is_the_amount() -> None:
    values: dict[str, Any] = {"promptText": "fog", "ratio": "1344:768"}
    one, four = (class_of("recraft_v4_1_flash", "text_to_image", outputCount=count, **values) for count in (1, 4))
    left_out = class_of("recraft_v4_1_flash", "text_to_image", **values)
    assert (one.amount, four.amount, one.settings) == (1, 4, four.settings)
    assert left_out == one


def test_seconds_and_size_of_a_video_count_where_they_are_known() -> None:
    values: dict[str, Any] = {"videoUri": "asset:clip", "targetFramerate": "60"}
    kind = "video_upscale"
    small, large = ({"videoUri": [MediaInfo(5.239, *size, 24.0)]} for size in ((1280, 720), (3840, 2160)))
    one, other = (class_of("enhance_frame_rate", kind, media, **values) for media in (small, large))
    assert one.amount == other.amount == Decimal("5.24")
    assert one.settings != other.settings
    turned = {"videoUri": [MediaInfo(5.239, 720, 1280, 24.0)]}
    assert class_of("enhance_frame_rate", kind, turned, **values) == one
    assert class_of("enhance_frame_rate", kind, **values) is None
    assert class_of("enhance_frame_rate", kind, {"videoUri": [MediaInfo(5.2)]}, **values) is None


@pytest.mark.parametrize("values", [{"duration": "auto"}, {"duration": "five"}, {"ratio": "1:2:3"}, {"audio": "yes"}])
def test_what_nobody_can_know_or_is_wrong_has_no_class(values: dict[str, Any]) -> None:
    assert class_of("seedance2", promptImage=PICTURE, **values) is None


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_every_model_has_classes_that_fit_the_table(kind: str, name: str) -> None:
    model = find(name, kind)
    for parameters in (catalog_requests.least(model), catalog_requests.most(model, lambda kind, n: f"asset:{kind}{n}")):
        found = price_class(model, parameters, measured(model, parameters))
        if not model.check(parameters):
            assert isinstance(found, PriceClass)
            assert len(found.settings) <= MAX_SETTINGS_LENGTH


def variants(model: CatalogModel) -> Iterator[dict[str, Any]]:
    """Requests that differ in one setting, and in one that often counts too."""
    least = catalog_requests.least(model)
    options = {name: _options(field) for name, field in model.fields.items()}
    second = [[(name, value) for value in options[name]] for name in SECOND_FIELDS if options.get(name)]
    for name, values in options.items():
        for value, *others in product(values, *second):
            yield least | dict(others) | {name: value}


def _options(field: object) -> tuple[Any, ...]:
    if isinstance(field, Choice):
        return field.values
    return (True, False) if isinstance(field, Boolean) else ()


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_no_class_has_two_published_prices(kind: str, name: str) -> None:
    """Where Runway publishes prices, it can be checked that the class has all that they depend on."""
    model = find(name, kind)
    prices = defaultdict(set)
    for parameters in variants(model):
        media = measured(model, parameters)
        if (found := price_class(model, parameters, media)) is not None:
            prices[found].add(model.max_credits(parameters, media))
    assert [found for found, credits in prices.items() if len(credits) > 1] == []


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_no_class_has_two_hidden_prices(kind: str, name: str) -> None:
    """The simulator's hidden prices depend on what such prices depend on, and know nothing of classes."""
    model = find(name, kind)
    prices = defaultdict(set)
    for parameters in variants(model):
        media = model.media_references(parameters)
        inputs = [Input(medium, MediaInfo(5.2, 1280, 720), None) for medium in media]
        if (found := price_class(model, parameters, measured(model, parameters))) is not None:
            prices[found].add(hidden_credits(7, CreateRequest(model, parameters, media), inputs))
    assert [found for found, credits in prices.items() if len(credits) > 1] == []
