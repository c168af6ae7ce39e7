"""Wave forms: loud where the sound is loud, bounded however long it is, and only for what has sound."""

from __future__ import annotations

from pathlib import Path

import pytest

from projects.disk.peaks import COUNT, sound_peaks
from projects.problems import Problem
from tests.media import clip, picture, sound


def peaks(tmp_path: Path, content: bytes) -> bytes:
    (tmp_path / "it").write_bytes(content)
    return sound_peaks(tmp_path / "it")


@pytest.mark.parametrize(("kind", "codec"), [("wav", "pcm_s16le"), ("mp3", "libmp3lame"), ("flac", "flac")])
def test_a_tone(tmp_path: Path, kind: str, codec: str) -> None:
    shown = peaks(tmp_path, sound(kind, codec, seconds=2))
    assert COUNT / 2 < len(shown) <= COUNT
    middle = shown[20:-20]
    assert min(middle) > 20
    assert max(middle) - min(middle) < 60


def test_what_has_no_sound(tmp_path: Path) -> None:
    for content in (picture(), clip(), b"words"):
        with pytest.raises(Problem, match="no sound"):
            peaks(tmp_path, content)


def test_a_damaged_one(tmp_path: Path) -> None:
    with pytest.raises(Problem) as caught:
        peaks(tmp_path, sound("flac", "flac")[:30])
    assert caught.value.status == 422
