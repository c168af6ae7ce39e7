"""The catalogue against the official SDK's own types, its prices, and what it says about wrong input."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from runwayml.types import image_to_video_create_params

from generation.runway import catalog
from generation.runway.simulator import validation
from generation.runway.simulator.refusals import Refused

KIND = "image_to_video"
SDK_TYPES = {"gen4_turbo": "Gen4Turbo", "gen4.5": "Gen4_5"}
PICTURE = "https://example.org/a.jpg"
GOOD = {"promptText": "slow push in", "ratio": "1280:720", "duration": 5, "seed": 7}


def model(name: str) -> catalog.CatalogModel:
    found = catalog.find(KIND, name)
    assert found is not None
    return found


def wrong(name: str, parameters: dict[str, Any]) -> dict[str, str]:
    return {problem.field: problem.message for problem in model(name).check(parameters)}


def test_the_default_model_comes_first() -> None:
    assert [found.name for found in catalog.models(KIND)] == ["gen4_turbo", "gen4.5"]
    assert catalog.kinds() == [KIND]


@pytest.mark.parametrize(("kind", "name"), [(KIND, "gen5"), ("text_to_image", "gen4_turbo"), ("", "")])
def test_what_is_not_there_is_not_found(kind: str, name: str) -> None:
    assert catalog.find(kind, name) is None
    assert catalog.models("nothing") == []


@pytest.mark.parametrize(("name", "sdk_name"), SDK_TYPES.items())
def test_fields_are_those_of_the_official_sdk(name: str, sdk_name: str) -> None:
    hints = get_type_hints(getattr(image_to_video_create_params, sdk_name), include_extras=True)
    required = {field for field, hint in hints.items() if str(hint).startswith("typing.Required")}
    ours = model(name)
    assert sdk_literals(hints["ratio"]) == set(ours.ratios)
    assert ours.ratio_required == ("ratio" in required)
    assert ours.duration_required == ("duration" in required)
    assert ours.prompt_text.required == ("prompt_text" in required)
    assert ours.prompt_image.required == ("prompt_image" in required)
    assert ("seed" in hints) == (ours.seed is not None)
    assert ("content_moderation" in hints) == ours.content_moderation
    assert sdk_literals(hints.get("output_format")) == set(ours.options.get("outputFormat", ()))
    assert sdk_literals(hints.get("prores_profile")) == set(ours.options.get("proresProfile", ()))


def sdk_literals(hint: Any) -> set[str]:
    while hint is not None and not all(isinstance(value, str) for value in get_args(hint)):
        hint = get_args(hint)[0]
    return set(get_args(hint))


@pytest.mark.parametrize(
    ("name", "parameters", "credits"),
    [
        ("gen4_turbo", {"duration": 5}, "25"),
        ("gen4_turbo", {"duration": 10}, "50"),
        ("gen4_turbo", {}, "25"),
        ("gen4_turbo", {"duration": None, "outputFormat": None}, "25"),
        ("gen4.5", {"duration": 2}, "24"),
        ("gen4.5", {"duration": 5, "outputFormat": "mp4"}, "60"),
        ("gen4.5", {"duration": 5, "outputFormat": "prores"}, "85"),
        ("gen4.5", {"duration": 2, "outputFormat": "hdr10"}, "64"),
    ],
)
def test_prices(name: str, parameters: dict[str, Any], credits: str) -> None:
    assert model(name).credits(parameters) == Decimal(credits)


@pytest.mark.parametrize("duration", [1, 11, 2.5, "5", True, [5]])
def test_no_price_for_a_duration_that_is_none(duration: object) -> None:
    assert model("gen4_turbo").credits({"duration": duration}) is None


def test_every_surcharge_is_for_a_value_that_can_be_asked_for() -> None:
    for found in catalog.models(KIND):
        for option, rates in found.price.surcharges.items():
            assert set(rates) <= set(found.options[option])


@pytest.mark.parametrize("name", SDK_TYPES)
def test_good_input_has_no_problems(name: str) -> None:
    assert wrong(name, GOOD) == {}
    assert wrong(name, {**GOOD, "seed": None}) == {}


def test_every_wrong_field_is_listed_with_what_it_may_be() -> None:
    found = wrong("gen4.5", {"promptText": "", "ratio": "16:9", "duration": 11, "seed": -1, "outputFormat": "gif"})
    assert list(found) == ["promptText", "ratio", "duration", "seed", "outputFormat"]
    assert "1 to 1000 characters" in found["promptText"]
    assert "1280:720, 720:1280, 1104:832, 960:960, 832:1104, 1584:672" in found["ratio"]
    assert "2, 3, 4, 5, 6, 7, 8, 9, 10" in found["duration"]
    assert "0 to 4294967295" in found["seed"]
    assert "mp4, prores" in found["outputFormat"]


def test_what_is_required_is_asked_for() -> None:
    assert set(wrong("gen4.5", {})) == {"promptText", "ratio", "duration"}
    assert set(wrong("gen4_turbo", {})) == {"ratio"}


@pytest.mark.parametrize(
    ("text", "fits"), [("a" * 1000, True), ("a" * 1001, False), ("🎬" * 500, True), ("🎬" * 501, False)]
)
def test_prompts_are_counted_in_utf16(text: str, fits: bool) -> None:
    assert ("promptText" not in wrong("gen4_turbo", {**GOOD, "promptText": text})) == fits


def test_half_a_character_is_no_crash() -> None:
    assert wrong("gen4_turbo", {**GOOD, "promptText": "\ud83c"}) == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("duration", True),
        ("duration", 5.5),
        ("duration", "5"),
        ("seed", True),
        ("seed", 1.0),
        ("seed", 4294967296),
        ("ratio", ["1280:720"]),
        ("ratio", 1280),
        ("promptText", 7),
        ("promptText", ["a"]),
    ],
)
def test_wrong_types(field: str, value: object) -> None:
    assert set(wrong("gen4_turbo", {**GOOD, field: value})) == {field}


def test_the_page_can_have_it_as_json() -> None:
    told = json.loads(json.dumps(model("gen4.5").as_dict()))
    assert told["creditsPerSecond"] == 12
    assert told["durations"] == list(range(2, 11))
    assert told["promptText"] == {"required": True, "min": 1, "max": 1000}
    assert told["seed"] == [0, 4294967295]
    assert told["defaultRatio"] in told["ratios"]
    assert told["defaultDuration"] in told["durations"]


anything = st.one_of(
    st.text(max_size=3),
    st.integers(-2, 12),
    st.booleans(),
    st.just(5.5),
    st.sampled_from(["1280:720", "mp4", "x" * 1001]),
)


@settings(deadline=None)
@given(
    name=st.sampled_from(sorted(SDK_TYPES)),
    parameters=st.dictionaries(st.sampled_from(["promptText", "ratio", "duration", "seed"]), anything),
)
def test_catalogue_and_simulator_refuse_the_same_fields(name: str, parameters: dict[str, Any]) -> None:
    try:
        validation.read(KIND, {"model": name, "promptImage": PICTURE, **parameters})
        refused: set[str] = set()
    except Refused as error:
        refused = {issue["path"][0] for issue in error.issues}
    assert refused == set(wrong(name, parameters))
