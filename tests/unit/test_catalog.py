"""The catalog against the official SDK's types, its prices, and its messages about wrong input."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.runway import catalog
from generation.runway.catalog import MediaInfo, loader
from generation.simulator import validation
from generation.simulator.api_errors import ApiError
from tests import catalog_requests
from tests.unit import sdk_types

KIND = "image_to_video"
PICTURE = "https://example.org/a.jpg"
GOOD = {"promptText": "slow push in", "promptImage": PICTURE, "ratio": "1280:720", "duration": 5, "seed": 7}
EVERY = [(kind, model.name) for kind in catalog.kinds() for model in catalog.models(kind)]
# models, as (kind, name), that the installed SDK has no types for yet; a test fails once it has them
NEWER_THAN_SDK: set[tuple[str, str]] = set()
IN_SDK = [each for each in EVERY if each not in NEWER_THAN_SDK]
# fields that the SDK types as `object` and specifies only in its descriptions
UNTYPED = {
    ("image_to_video", "hailuo3", "promptImage"),
    ("image_to_video", "wan3", "promptImage"),
    ("image_to_video", "wan3_prime", "promptImage"),
    ("image_to_video", "kling_4", "promptImage"),
    ("image_to_video", "kling_4", "referenceVideos"),
    ("text_to_video", "kling_4", "referenceVideos"),
}


def model(name: str, kind: str = KIND) -> catalog.CatalogModel:
    known = catalog.find(kind, name)
    assert known is not None
    return known


def problems(name: str, parameters: dict[str, Any], kind: str = KIND) -> dict[str, str]:
    return {problem.field: problem.message for problem in model(name, kind).check(parameters)}


def test_the_default_kind_and_model_come_first() -> None:
    assert catalog.kinds()[0] == KIND
    assert [known.name for known in catalog.models(KIND)][:2] == ["gen4_turbo", "gen4.5"]


def test_every_model_has_a_name_for_people() -> None:
    names = {model.name for kind in catalog.kinds() for model in catalog.models(kind)}
    titles = {catalog.model_title(name) for name in names}
    assert len(titles) == len(names)
    assert not titles & names
    assert all(5 < len(catalog.good_at(name)) <= 60 for name in names)
    assert (catalog.model_title("model_x"), catalog.good_at("model_x")) == ("model_x", "")


@pytest.mark.parametrize(("kind", "name"), [(KIND, "gen5"), ("text_to_image", "gen4_turbo"), ("", "")])
def test_unknown_kind_or_model_is_not_found(kind: str, name: str) -> None:
    assert catalog.find(kind, name) is None
    assert catalog.models("nothing") == []


def test_models_and_fields_are_those_of_the_official_sdk() -> None:
    in_sdk = {(kind, name) for kind in catalog.kinds() for name in sdk_types.models(kind)}
    assert set(IN_SDK) - in_sdk == set(), "Not in the SDK: correct the name, or add it to NEWER_THAN_SDK."
    assert in_sdk - set(IN_SDK) == set(), "In the SDK: add it to the catalog, or remove it from NEWER_THAN_SDK."
    different = set()
    for kind, name in IN_SDK:
        theirs = sdk_types.fields(sdk_types.models(kind)[name])
        ours = sdk_types.our_fields(model(name, kind).fields)
        del theirs["model"]
        names = {field for field in {*theirs, *ours} if theirs.get(field) != ours.get(field)}
        different |= {(kind, name, field) for field in names}
    assert different == UNTYPED


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_entry_is_consistent(kind: str, name: str) -> None:
    entry = model(name, kind)
    for field_name, field in entry.fields.items():
        for value in (field.default, field.usual):
            assert value is None or not list(field.check((field_name,), value)), field_name
    names = set(entry.fields) | {"output"}
    for part in entry.price.parts:
        assert set(part.of) <= names
        conditions = {key.partition(".")[0] for tier in part.tiers for key in tier.when}
        assert conditions <= names
    for rule in entry.rules:
        assert {key.partition(".")[0] for key in rule.when} <= names
        assert {*rule.needs, *rule.needs_one_of, *rule.forbids, *rule.allows, *rule.at_least} <= names
    assert entry.price.certainty in ("high", "medium", "low", "unknown")
    assert (entry.price.certainty == "unknown") == (not entry.price.parts)
    assert json.loads(json.dumps(entry.as_dict()))["name"] == name


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
    assert model(name).max_credits(parameters) == Decimal(credits)


@pytest.mark.parametrize("duration", [1, 11, 2.5, "5", True, [5]])
def test_invalid_duration_has_no_price(duration: object) -> None:
    assert model("gen4_turbo").max_credits({"duration": duration}) is None


CLIP, LARGE = MediaInfo(5.7, 1280, 720, 24), MediaInfo(10, 3840, 2160, 24)


@pytest.mark.parametrize(
    ("kind", "name", "parameters", "measures", "credits"),
    [
        (KIND, "veo3.1", {"duration": 4}, {}, "160"),
        (KIND, "veo3.1", {"duration": 4, "audio": False}, {}, "80"),
        (KIND, "seedance2", {"ratio": "1920:1080", "duration": 5}, {}, "200"),
        (KIND, "seedance2", {"ratio": "1920:1080", "duration": "auto"}, {}, "600"),
        (KIND, "seedance2_mini", {"duration": 4}, {}, "64"),
        (KIND, "hailuo3", {"duration": 5, "promptImage": [{"uri": "a"}, {"uri": "b"}]}, {}, "54"),
        (KIND, "kling_4", {"duration": 5}, {}, None),
        (KIND, "kling3.0_pro", {"duration": 5, "audio": True}, {}, "85"),
        (KIND, "kling3.0_pro", {"duration": 5}, {}, None),
        ("video_to_video", "aleph2", {"videoUri": "a"}, {"videoUri": [MediaInfo(1)]}, "56"),
        ("video_to_video", "aleph2", {"videoUri": "a"}, {"videoUri": [MediaInfo(10)]}, "280"),
        ("video_to_video", "aleph2", {"videoUri": "a"}, {}, None),
        ("video_to_hdr", "ruby", {"videoUri": "a"}, {"videoUri": [CLIP]}, "114"),
        ("video_to_hdr", "ruby", {"videoUri": "a"}, {"videoUri": [LARGE]}, "400"),
        ("video_upscale", "magnific_video_upscaler_creative", {"videoUri": "a"}, {"videoUri": [LARGE]}, "216"),
        ("video_upscale", "enhance_frame_rate", {"videoUri": "a"}, {"videoUri": [LARGE]}, None),
        ("text_to_image", "gen4_image", {"ratio": "1280:720"}, {}, "5"),
        ("text_to_image", "gen4_image", {"ratio": "1920:1080"}, {}, "8"),
        ("text_to_image", "gpt_image_2", {"ratio": "auto", "quality": "low", "outputCount": 3}, {}, "6"),
        ("text_to_image", "gemini_image3_pro", {"ratio": "4096:4096", "outputCount": 4}, {}, "160"),
        ("text_to_image", "grok_imagine_image_2", {"referenceImages": [{"uri": "a"}], "quality": "low"}, {}, "5"),
        ("image_upscale", "magnific_precision_upscaler_v2", {"imageUri": "a"}, {"imageUri": [CLIP]}, "25"),
        (
            "image_upscale",
            "magnific_precision_upscaler_v2",
            {"imageUri": "a", "scaleFactor": 4},
            {"imageUri": [CLIP]},
            "150",
        ),
        ("text_to_speech", "eleven_v3", {"promptText": "a" * 51}, {}, "2"),
        ("text_to_speech", "eleven_v3", {"promptText": "a"}, {}, "1"),
        ("text_to_speech", "seed_audio", {"promptText": "a"}, {}, None),
        ("sound_effect", "eleven_text_to_sound_v2", {}, {}, "2"),
        ("sound_effect", "eleven_text_to_sound_v2", {"duration": 7.5}, {}, "7.5"),
        ("voice_isolation", "eleven_voice_isolation", {"audioUri": "a"}, {"audioUri": [MediaInfo(13)]}, "3"),
    ],
)
def test_prices_by_unit(
    kind: str, name: str, parameters: dict[str, Any], measures: dict[str, Any], credits: str | None
) -> None:
    assert model(name, kind).max_credits(parameters, measures) == (None if credits is None else Decimal(credits))


@pytest.mark.parametrize("name", ["gen4_turbo", "gen4.5"])
def test_valid_input_has_no_problems(name: str) -> None:
    assert problems(name, GOOD) == {}
    assert problems(name, {**GOOD, "seed": None}) == {}


def test_every_wrong_field_is_listed_with_what_is_allowed() -> None:
    parameters = {"promptText": "", "ratio": "16:9", "duration": 11, "seed": -1, "outputFormat": "gif"}
    messages = problems("gen4.5", {**parameters, "promptImage": PICTURE, "camera": "in"})
    assert set(messages) == {"promptText", "ratio", "duration", "seed", "outputFormat", "camera"}
    assert "1 to 1000 characters" in messages["promptText"]
    assert "1280:720, 720:1280, 1104:832, 960:960, 832:1104, 1584:672" in messages["ratio"]
    assert "2, 3, 4, 5, 6, 7, 8, 9, 10" in messages["duration"]
    assert "0 to 4294967295" in messages["seed"]
    assert "mp4, prores" in messages["outputFormat"]


def test_missing_required_fields_are_listed() -> None:
    assert set(problems("gen4.5", {})) == {"promptText", "promptImage", "ratio", "duration"}
    assert set(problems("gen4_turbo", {})) == {"promptImage", "ratio"}


@pytest.mark.parametrize(
    ("kind", "name", "parameters", "field", "words"),
    [
        (KIND, "veo3.1", {"promptImage": [{"uri": "a", "position": "last"}]}, "promptImage", "needs a first one"),
        (KIND, "veo3.1", {"promptImage": [{"uri": "a"}]}, "promptImage.0.position", "first, last"),
        (KIND, "gen4.5", {"promptImage": [{"uri": "a", "position": "last"}]}, "promptImage.0.position", "one of first"),
        (KIND, "gen4.5", {"promptImage": []}, "promptImage", "a list of 1"),
        (KIND, "gen4.5", {"promptImage": 7}, "promptImage", "a picture"),
        (KIND, "gen4.5", {"outputFormat": "mp4", "proresProfile": "422"}, "outputFormat", "prores or hdr_prores"),
        (KIND, "gen4.5", {"contentModeration": {"level": 1}}, "contentModeration", "no level"),
        (KIND, "seedance2", {"promptImage": [{"uri": "a"}, {"uri": "b", "position": "last"}]}, "promptImage", "all"),
        (KIND, "wan3", {"promptImage": [{"uri": "a", "position": "first"}], "ratio": "832:480"}, "ratio", "auto_480p"),
        (KIND, "kling3.0_pro", {"providerSettings": {"shotType": "intelligence"}}, "promptText", "is needed"),
        (
            KIND,
            "kling3.0_pro",
            {"providerSettings": {"multiPrompt": [{"prompt": "abc", "duration": 2}]}},
            "providerSettings.multiPrompt",
            "add up to 3 to 15",
        ),
        ("text_to_image", "gen4_image_turbo", {"referenceImages": []}, "referenceImages", "a list of 1 to 3"),
        (
            "text_to_image",
            "gen4_image",
            {"referenceImages": [{"uri": "a", "tag": "a b"}]},
            "referenceImages.0.tag",
            "3 to 16",
        ),
        (
            "text_to_image",
            "gpt_image_2",
            {"referenceImages": [{"uri": "a", "tag": "cat"}, {"uri": "b", "tag": "cat"}]},
            "referenceImages",
            "same tag",
        ),
        (
            "text_to_image",
            "gemini_image3_pro",
            {"referenceImages": [{"uri": "a", "subject": "human"}] * 6},
            "referenceImages",
            "at most 5",
        ),
        ("text_to_image", "seedream5_lite", {"ratio": "100:100"}, "ratio", "3686400 to 16777216 pixels"),
        ("text_to_image", "ideogram_4_5", {"maskUri": "a", "ratio": "auto"}, "referenceImages", "is needed"),
        ("video_to_video", "seedance2_5", {"mode": "edit", "promptText": "a"}, "duration", "is needed"),
        (
            "text_to_speech",
            "eleven_v3",
            {"voice": {"type": "runway-preset", "presetId": "Nobody"}},
            "voice.presetId",
            "Maya",
        ),
        ("character_performance", "act_two", {"character": {"type": "sound", "uri": "a"}}, "character.type", "one of"),
        ("video_to_video", "aleph2", {"keyframes": [{"uri": "a", "at": 2}]}, "keyframes.0.at", "from 0 to 1"),
    ],
)
def test_rules_within_and_between_fields(
    kind: str, name: str, parameters: dict[str, Any], field: str, words: str
) -> None:
    parameters = catalog_requests.least(model(name, kind)) | parameters
    assert words in problems(name, parameters, kind)[field]


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_least_request_is_valid_and_of_the_sdk_type(kind: str, name: str) -> None:
    parameters = catalog_requests.least(model(name, kind))
    assert problems(name, parameters, kind) == {}
    if (kind, name) in IN_SDK:
        types = sdk_types.fields(sdk_types.models(kind)[name])
        assert sdk_types.fits_fields(types, {"model": name, **parameters})


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_every_field_accepts_a_value_of_the_sdk_type(kind: str, name: str) -> None:
    types = sdk_types.fields(sdk_types.models(kind)[name]) if (kind, name) in IN_SDK else {}
    for field_name, field in model(name, kind).fields.items():
        value = catalog_requests.value(field, catalog_requests.ADDRESSES)
        assert not list(field.check((field_name,), value)), field_name
        assert not types or sdk_types.fits(types[field_name][1], value), field_name


@pytest.mark.parametrize(
    ("text", "fits"), [("a" * 1000, True), ("a" * 1001, False), ("🎬" * 500, True), ("🎬" * 501, False)]
)
def test_prompt_length_is_in_utf16_units(text: str, fits: bool) -> None:
    assert ("promptText" not in problems("gen4_turbo", {**GOOD, "promptText": text})) == fits


def test_lone_surrogate_is_accepted() -> None:
    assert problems("gen4_turbo", {**GOOD, "promptText": "\ud83c"}) == {}


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
    assert set(problems("gen4_turbo", {**GOOD, field: value})) == {field}


def test_model_as_json() -> None:
    body = json.loads(json.dumps(model("gen4.5").as_dict()))
    assert body["creditsPerSecond"] == 12
    assert body["durations"] == list(range(2, 11))
    assert body["promptText"] == {"required": True, "min": 1, "max": 1000}
    assert body["seed"] == [0, 4294967295]
    assert body["defaultRatio"] in body["ratios"]
    assert body["defaultDuration"] in body["durations"]


anything = st.one_of(
    st.text(max_size=3),
    st.integers(-2, 12),
    st.booleans(),
    st.just(5.5),
    st.sampled_from(["1280:720", "mp4", "x" * 1001]),
)


@given(
    name=st.sampled_from([known.name for known in catalog.models(KIND)]),
    parameters=st.dictionaries(st.sampled_from(["promptText", "ratio", "duration", "seed", "audio"]), anything),
)
def test_catalog_and_simulator_refuse_the_same_fields(name: str, parameters: dict[str, Any]) -> None:
    request = {"promptImage": PICTURE, **parameters}
    try:
        validation.validate(KIND, {"model": name, **request})
        refused: set[str] = set()
    except ApiError as error:
        refused = {key for issue in error.issues for key in (issue["path"][:1] or issue["keys"])}
    known = model(name).fields if not model(name).strict else {**request}
    assert refused == {field for field in problems(name, request) if field in known or field in model(name).fields}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            {"fields": {"duration": {"type": "whole", "maximum": 8}}},
            "duration: unknown key maximum; known are ",
        ),
        ({"fields": {"promptText": {"type": "txt"}}}, "promptText: unknown type txt; known are text, choice,"),
        ({"fields": {"list": {"type": "list", "items": {"type": "text", "least": 1}}}}, "list: unknown key least;"),
        ({"fields": {"image": {"type": "media"}}}, "image: the key 'kind' is missing"),
        ({"rules": [{"when": {}, "need": ["seed"]}]}, "unknown key need; known are allows,"),
        ({"price": {"certainty": "high", "parts": [], "min": 5}}, "unknown key min;"),
        ({"price": {"certainty": "high", "parts": [{"per": "item", "of": [], "tiers": [{"rates": 1}]}]}}, "key rates;"),
        ({"strct": True}, "unknown key strct;"),
    ],
)
def test_a_mistake_in_the_catalog_is_named(change: dict[str, Any], expected: str) -> None:
    entry = {"strict": True, "fields": {}, "price": {"certainty": "unknown", "parts": []}} | change
    with pytest.raises(loader.CatalogError, match=re.escape(expected)) as caught:
        loader.load_model(KIND, "video", "gen5_turbo", entry)
    assert str(caught.value).startswith(f"{KIND} gen5_turbo: ")
