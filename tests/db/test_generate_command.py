"""`manage.py generate`: the price, and what is refused before anything is made."""

from __future__ import annotations

import unicodedata
from io import StringIO
from pathlib import Path

import pytest
import redis
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from generation.actions.generate import find_model
from generation.forms.local_files import store_files
from generation.forms.settings import read_settings
from generation.management.commands.generate import Command
from generation.models import GenerationJob
from projects.actions import create_project, create_scene
from projects.models import Asset, Scene
from tests import media


@pytest.fixture
def scene(db: None) -> Scene:
    return create_scene(create_project(User.objects.create_user("owner"), "Film"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with a file of each kind."""
    monkeypatch.chdir(tmp_path)
    media.write_samples(tmp_path)
    return tmp_path


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


def test_a_file_of_this_machine_is_found_in_another_spelling(db: None, folder: Path) -> None:
    (folder / "a.png").rename(folder / unicodedata.normalize("NFD", "Größe 1.05\u202fPM.PNG"))
    assert print_price("--image", "Größe 1.05 PM.png", "--prompt", "a") == "25 credits"


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
