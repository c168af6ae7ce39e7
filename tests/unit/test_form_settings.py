"""`manage.py generate --set field=value`: how settings are read, what they cost, and which are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generation.actions.generate import find_model
from generation.forms.local_files import measure_files
from generation.forms.settings import read_settings
from projects.problems import Problem
from tests import media


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with a file of each kind."""
    monkeypatch.chdir(tmp_path)
    media.write_samples(tmp_path)
    return tmp_path


SETTINGS: list[tuple[str, str, list[str], dict[str, Any]]] = [
    (
        "text_to_speech",
        "eleven_v3",
        ["promptText=5", "voice=Maya", "speed=1.1"],
        {"promptText": "5", "voice": {"type": "runway-preset", "presetId": "Maya"}, "speed": 1.1},
    ),
    ("video_upscale", "magnific_video_upscaler_creative", ["videoUri=clip.mp4"], {"videoUri": "clip.mp4"}),
    (
        "text_to_image",
        "gen4_image_turbo",
        ["promptText=a", "ratio=1280:720", "referenceImages=a.png, b.png"],
        {"promptText": "a", "ratio": "1280:720", "referenceImages": [{"uri": "a.png"}, {"uri": "b.png"}]},
    ),
    (
        "character_performance",
        "act_two",
        ["character=a.png", "reference=clip.mp4", "bodyControl=false", "expressionIntensity=2"],
        {
            "character": {"type": "image", "uri": "a.png"},
            "reference": {"type": "video", "uri": "clip.mp4"},
            "bodyControl": False,
            "expressionIntensity": 2,
        },
    ),
    (
        "video_to_video",
        "aleph2",
        ["promptText=a", "videoUri=clip.mp4", "keyframes.0.uri=a.png", "keyframes.0.at=0.5"],
        {"promptText": "a", "videoUri": "clip.mp4", "keyframes": [{"uri": "a.png", "at": 0.5}]},
    ),
    (
        "image_to_video",
        "kling3.0_pro",
        ["promptText=ab", "promptImage=a.png", 'providerSettings={"multiPrompt": [{"prompt": "abc", "duration": 5}]}'],
        {
            "promptText": "ab",
            "promptImage": "a.png",
            "providerSettings": {"multiPrompt": [{"prompt": "abc", "duration": 5}]},
        },
    ),
]


@pytest.mark.parametrize(("kind", "model", "arguments", "parameters"), SETTINGS, ids=[case[1] for case in SETTINGS])
def test_settings_are_read_by_the_type_of_their_field(
    kind: str, model: str, arguments: list[str], parameters: dict[str, Any], folder: Path
) -> None:
    assert read_settings(find_model(kind, model), arguments) == parameters


WRONG = {
    "no value": ("duration", "duration: write it as field=value, such as duration=5."),
    "no such field": ("colour=red", "gen4_image has no setting colour. Its settings are promptText"),
    "no number": ("seed=lucky", "seed must be a whole number from 0 to 4294967295"),
    "no such place": ("contentModeration.level=low", "gen4_image has no contentModeration.level; contentModeration is"),
    "no JSON": ('referenceImages=[{"uri"', "referenceImages is not valid JSON"),
    "too many": ("referenceImages=a.png,a.png,a.png,a.png", "referenceImages must be a list of at most 3"),
    "no file": ("referenceImages=gone.png", "referenceImages.0.uri: there is no file gone.png."),
    "no picture": ("referenceImages=notes.txt", "referenceImages.0.uri, notes.txt: This file is not a picture"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_settings_are_named(case: str, folder: Path) -> None:
    setting, message = WRONG[case]
    model = find_model("text_to_image", "gen4_image")
    with pytest.raises(Problem) as caught:
        measure_files(model, read_settings(model, ["promptText=a", "ratio=1280:720", setting]))
    assert message in caught.value.message
