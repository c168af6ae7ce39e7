"""`manage.py generate --set field=value`: how settings are read, what they cost, and which are refused."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import redis
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from generation.actions.generate import find_model
from generation.forms.local_files import measure_files, store_files
from generation.forms.settings import read_settings
from generation.management.commands.generate import Command
from generation.models import GenerationJob
from projects.actions import create_project, create_scene
from projects.models import Asset, Scene
from projects.problems import Problem
from tests import factories


@pytest.fixture
def scene(db: None) -> Scene:
    return create_scene(create_project(User.objects.create_user("owner"), "Film"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with a file of each kind."""
    monkeypatch.chdir(tmp_path)
    for name, data in (
        ("a.png", factories.picture(640, 360, "PNG")),
        ("b.png", factories.picture(640, 362, "PNG")),
        ("clip.mp4", factories.clip(64, 36, frames=40, fps=12)),
        ("voice.wav", factories.sound(seconds=3.5)),
        ("notes.txt", b"no picture"),
    ):
        tmp_path.joinpath(name).write_bytes(data)
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


def print_price(*arguments: str) -> str:
    out = StringIO()
    call_command("generate", "film", "scene-1", *arguments, "--price", stdout=out)
    return out.getvalue().strip()


def test_no_option_of_the_command_has_the_name_of_one_of_djangos() -> None:
    # call_command() does not read Django's own options, so it would not fail for that
    options = Command().create_parser("manage.py", "generate").parse_args(["film", "scene-1", "--set", "voice=Maya"])
    assert (options.field_values, options.settings) == (["voice=Maya"], None)


def test_the_price_is_printed_and_nothing_is_made(db: None, folder: Path) -> None:
    assert print_price("--image", "a.png", "--prompt", "a") == "25 credits"
    wide = ("--kind", "text_to_image", "--model", "gen4_image", "--prompt", "a", "--ratio", "1920:1080")
    assert print_price(*wide) == "8 credits"
    assert print_price("--kind", "text_to_speech", "--prompt", "Ahoy.", "--set", "voice=Maya") == "1 credit"
    # the price depends on the frames of the file
    assert print_price("--kind", "video_upscale", "--set", "videoUri=clip.mp4") == "36 credits"
    for arguments, message in (
        (["--kind", "text_to_dance"], "kind must be one of image_to_video, "),
        (["--kind", "sound_effect", "--model", "gen9"], "model must be one of eleven_text_to_sound_v2"),
        (["--prompt", "a"], "gen4_turbo needs promptImage"),
        (["--kind", "sound_effect", "--image", "a.png", "--prompt", "a"], "has no setting promptImage"),
    ):
        with pytest.raises(CommandError, match=message):
            print_price(*arguments)
    assert not GenerationJob.objects.exists()
    assert not Asset.objects.exists()


def test_a_file_is_stored_in_the_scene_once(scene: Scene, folder: Path) -> None:
    model = find_model("voice_isolation", "eleven_voice_isolation")
    for _ in range(2):
        parameters = read_settings(model, ["audioUri=voice.wav"])
        store_files(scene, model, parameters)
        assert parameters == {"audioUri": f"asset:{scene.assets.get().pk}"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--image", "missing.jpg"], "there is no file"),
        (["--image", "no.jpg"], "not a picture"),
        (["--image", "a.png", "--ratio", "16:9"], "1280:720"),
    ],
)
def test_wrong_input_is_refused_before_anything_is_made(
    db: None, redis_server: redis.Redis, folder: Path, arguments: list[str], message: str
) -> None:
    (folder / "no.jpg").write_text("no picture")
    out = StringIO()
    with pytest.raises(CommandError, match=message):
        call_command("generate", "Wrong things", "scene-1", "--prompt", "x", *arguments, stdout=out)
    assert out.getvalue() == ""
    assert not GenerationJob.objects.exists()
