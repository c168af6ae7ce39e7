"""Music gets softer under voices and the sound of takes while the film plays on the page, as it does in an export."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests import media
from tests.browser.cutting import Film
from tests.quality_media import save, tone
from tests.studio_process import RunningStudio

# the second gain that the mixer makes is the one of what gets softer; behind it is heard how loud the music is
LISTEN = """
const make = AudioContext.prototype.createGain;
const made = [];
AudioContext.prototype.createGain = function () {
  const node = make.call(this);
  made.push(node);
  if (made.length === 2) window.music = { gain: node.gain, heard: node.connect(this.createAnalyser()) };
  return node;
};
window.hear = () => {
  if (!window.music) return null;
  const { gain, heard } = window.music;
  const samples = new Float32Array(heard.fftSize);
  heard.getFloatTimeDomainData(samples);
  const level = Math.sqrt(samples.reduce((sum, each) => sum + each * each, 0) / samples.length);
  return { gain: gain.value, level, frame: Number(document.querySelector("#cut-seek").value) };
};
"""
# what is heard at each frame of the film while it plays to its end
PLAY = """() => new Promise((done) => {
  const all = [];
  const end = Number(document.querySelector("#cut-seek").max);
  const look = () => {
    const now = window.hear();
    if (now) all.push(now);
    if (now && now.frame >= end - 12) done(all);
    else requestAnimationFrame(look);
  };
  document.querySelector('[data-command="play"]').click();
  look();
})"""
# frames: time for the music to get softer, and to come back
SETTLING = 12


@pytest.fixture
def film(page: Page, studio: RunningStudio, token: str) -> Film:
    return Film(page, studio, token).make()


def heard(film: Film, first: int, end: int) -> None:
    """Play the film: the music is soft from frame `first` to `end`, and at its own loudness before it."""
    page = film.page
    page.add_init_script(LISTEN)
    page.goto(film.path)
    all_heard = page.evaluate(PLAY)
    before = [each for each in all_heard if 4 <= each["frame"] < first and each["level"] > 0]
    under = [each for each in all_heard if first + SETTLING <= each["frame"] < end]
    after = [each for each in all_heard if each["frame"] >= end + 2 * SETTLING]
    assert before
    assert under
    assert after
    assert min(each["gain"] for each in before) > 0.9
    # in an export the compressor takes 16 dB away under such a tone
    assert max(each["gain"] for each in under) < 0.25
    assert after[-1]["gain"] > 0.7
    loud, soft = (max(each["level"] for each in part) for part in (before, under))
    assert soft < loud / 3


def upload_sound(film: Film, name: str, seconds: float) -> str:
    file = {"file": (name, media.sound(seconds=seconds))}
    return str(film.call("POST", f"/{film.project}/folders/scene-1/assets", files=file)["id"])


def music(film: Film, frames: int) -> dict[str, object]:
    asset = upload_sound(film, "music.wav", frames / 24)
    return {"lane": "music", "assetId": asset, "start": 0, "in": 0, "out": frames, "duck": True}


def test_music_gets_softer_under_a_voice(film: Film) -> None:
    voice = {"lane": "voice", "assetId": upload_sound(film, "voice.wav", 2), "start": 36, "in": 0, "out": 48}
    sounds = [music(film, 144), voice]
    film.call("PUT", f"/{film.project}/cut", json=film.cut | {"sounds": sounds})
    heard(film, 36, 84)


def test_music_gets_softer_under_the_sound_of_a_take(film: Film, tmp_path: Path) -> None:
    save(tmp_path / "take.mp4", [Image.new("RGB", (320, 180))] * 48, sound=tone)
    file = {"file": ("take.mp4", (tmp_path / "take.mp4").read_bytes())}
    take = film.call("POST", f"/{film.project}/folders/scene-2/assets", files=file)["id"]
    gap = {"kind": "gap", "in": 0, "out": 36}
    clips = [gap, {"assetId": take, "in": 0, "out": 48}, gap | {"out": 60}]
    film.call("PUT", f"/{film.project}/cut", json=film.cut | {"clips": clips, "sounds": [music(film, 144)]})
    heard(film, 36, 84)
