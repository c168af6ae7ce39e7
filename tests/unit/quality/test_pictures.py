"""Verdicts on pictures and sounds: each fault is found, and files without faults pass."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from generation.quality.expectations import Expectations
from generation.quality.verdict import judge
from tests import media, quality_media

EXPECTED = Expectations(width=quality_media.WIDTH, height=quality_media.HEIGHT)


def verdict(path: Path, content: bytes, expected: Expectations = EXPECTED) -> tuple[str, list[str]]:
    path.write_bytes(content)
    judgment = judge(path, expected)
    return judgment.verdict, [reason.finding.code for reason in judgment.reasons]


def test_good_picture_passes(tmp_path: Path) -> None:
    assert verdict(tmp_path / "a.png", media.encode(quality_media.place(), "PNG")) == ("pass", [])


@pytest.mark.parametrize(
    ("color", "code"), [("black", "black"), ("teal", "flat"), ("white", "flat")], ids=["black", "teal", "white"]
)
def test_single_color_picture_fails(tmp_path: Path, color: str, code: str) -> None:
    image = Image.new("RGB", (quality_media.WIDTH, quality_media.HEIGHT), color)
    assert verdict(tmp_path / "a.png", media.encode(image, "PNG")) == ("fail", [code])


@pytest.mark.parametrize(("size", "code"), [((160, 90), "size"), ((180, 320), "shape")])
def test_picture_of_another_size_fails(tmp_path: Path, size: tuple[int, int], code: str) -> None:
    assert verdict(tmp_path / "a.png", media.encode(quality_media.place(0, *size), "PNG")) == ("fail", [code])


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_damaged_picture_fails(tmp_path: Path, kind: str) -> None:
    whole = media.encode(quality_media.place(), kind)
    assert verdict(tmp_path / "a", whole[: len(whole) // 2]) == ("fail", ["unreadable"])


def test_unknown_format_fails(tmp_path: Path) -> None:
    assert verdict(tmp_path / "a", b"no picture, no sound") == ("fail", ["unreadable"])


def test_sounds(tmp_path: Path) -> None:
    tone = media.sound(seconds=1)
    assert verdict(tmp_path / "a.wav", tone, Expectations(seconds=1)) == ("pass", [])
    assert verdict(tmp_path / "b.wav", tone, Expectations(seconds=3)) == ("fail", ["short"])
    head = tone.index(b"data") + 8
    silent = tone[:head] + bytes(len(tone) - head)
    assert verdict(tmp_path / "c.wav", silent, Expectations(seconds=1)) == ("fail", ["silent"])
