"""Pictures and sounds with something wrong, and with nothing wrong; and one report over several files."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from generation.engine import check
from generation.quality.rules import Asked
from generation.quality.verdict import judge
from generation.serializers import job_dict
from projects.actions import assets
from projects.disk import probe
from tests import factories, quality_media
from tests.db.quality.takes import finish, look

ASKED = Asked(width=quality_media.WIDTH, height=quality_media.HEIGHT)


def verdict(path: Path, content: bytes, asked: Asked = ASKED) -> tuple[str, list[str]]:
    path.write_bytes(content)
    found = judge(path, asked)
    return found.verdict, [reason.finding.code for reason in found.reasons]


def test_a_good_picture(tmp_path: Path) -> None:
    assert verdict(tmp_path / "a.png", factories.encoded(quality_media.place(), "PNG")) == ("pass", [])


@pytest.mark.parametrize(
    ("colour", "code"), [("black", "black"), ("teal", "flat"), ("white", "flat")], ids=["black", "teal", "white"]
)
def test_a_picture_that_shows_nothing(tmp_path: Path, colour: str, code: str) -> None:
    image = Image.new("RGB", (quality_media.WIDTH, quality_media.HEIGHT), colour)
    assert verdict(tmp_path / "a.png", factories.encoded(image, "PNG")) == ("fail", [code])


@pytest.mark.parametrize(("size", "code"), [((160, 90), "size"), ((180, 320), "shape")])
def test_a_picture_of_another_size(tmp_path: Path, size: tuple[int, int], code: str) -> None:
    assert verdict(tmp_path / "a.png", factories.encoded(quality_media.place(0, *size), "PNG")) == ("fail", [code])


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_damaged_picture(tmp_path: Path, kind: str) -> None:
    whole = factories.encoded(quality_media.place(), kind)
    assert verdict(tmp_path / "a", whole[: len(whole) // 2]) == ("fail", ["unreadable"])


def test_no_file_at_all(tmp_path: Path) -> None:
    assert verdict(tmp_path / "a", b"no picture, no sound") == ("fail", ["unreadable"])


def test_sounds(tmp_path: Path) -> None:
    tone = factories.sound(seconds=1)
    assert verdict(tmp_path / "a.wav", tone, Asked(seconds=1)) == ("pass", [])
    assert verdict(tmp_path / "b.wav", tone, Asked(seconds=3)) == ("fail", ["short"])
    head = tone.index(b"data") + 8
    silent = tone[:head] + bytes(len(tone) - head)
    assert verdict(tmp_path / "c.wav", silent, Asked(seconds=1)) == ("fail", ["silent"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("redis_server")
def test_one_report_over_several_files(tmp_path: Path) -> None:
    scene = factories.make_scene()
    good, black = tmp_path / "good.png", tmp_path / "black.png"
    quality_media.place(0, 128, 72).save(good)
    Image.new("RGB", (128, 72)).save(black)
    job = finish(scene, good, kind="text_to_image", parameters={"promptText": "sea", "ratio": "16:9"})
    second = assets.add_generated(scene, black, probe.inspect(black), "image-001-2.png", 1)
    job.outputs = [{"assetId": str(job.asset_id)}, {"assetId": str(second.pk)}]
    job.save()
    check.check(str(job.pk))
    told = job_dict(look(job))["quality"]
    assert told["verdict"] == "fail"
    assert [reason["message"] for reason in told["reasons"]] == [f"{second.file_name}: The picture is black."]
