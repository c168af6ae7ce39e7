"""Videos and sounds in requests: the place where they were recorded stays here, and nothing else changes."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

import av
import pytest

from generation.runway.recording import without_place
from projects.disk import probe
from tests.media import clip, sound
from tests.media_parts import GPS_XMP, box

PLACE = "+52.5083+013.4000/"
KEYS = {"location": PLACE, "com.apple.quicktime.location.ISO6709": PLACE}
XMP_ID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")


def with_place(content: bytes, kind: str, **options: str) -> bytes:
    """Return a recording with its place in it, as ffmpeg copies it from a phone's."""
    # a file: the index can be moved to the front only in one
    with tempfile.NamedTemporaryFile() as file:
        with (
            av.open(io.BytesIO(content), "r") as source,
            av.open(file.name, "w", format=kind, options=options) as copy,
        ):
            copy.metadata.update(KEYS)
            track: Any = copy.add_stream_from_template(source.streams[0])
            for packet in source.demux(source.streams[0]):
                if packet.dts is not None:
                    packet.stream = track
                    copy.mux(packet)
        return Path(file.name).read_bytes()


PLACES = {
    "mp4, loci": with_place(clip(96, 54), "mp4"),
    "mov, ©xyz": with_place(clip(96, 54), "mov"),
    "mp4, a key": with_place(clip(96, 54), "mp4", movflags="use_metadata_tags"),
    "mov, a key, index before": with_place(clip(96, 54), "mov", movflags="use_metadata_tags+faststart"),
    "XMP": clip(96, 54, unique=False) + box(b"uuid", XMP_ID + GPS_XMP),
    "sound": with_place(sound("ipod", "aac"), "ipod"),
}


@pytest.mark.parametrize("name", PLACES)
def test_a_place_stays_here(tmp_path: Path, name: str) -> None:
    path, content = tmp_path / "a.mp4", PLACES[name]
    path.write_bytes(content)
    with without_place(path, "video/mp4") as file:
        sent = file.path.read_bytes()
        assert (file.path != path, file.size, file.mime_type) == (True, len(content), "video/mp4")
        before, after = probe.inspect(path), probe.inspect(file.path)
    assert (after.mime_type, after.width, after.duration) == (before.mime_type, before.width, before.duration)
    for sign in (b"+52.5", b"loci", b"\xa9xyz", b"ISO6709", b"GPSLatitude"):
        assert sign not in sent
    assert packets(sent) == packets(content)
    assert path.read_bytes() == content
    assert not file.path.exists()


def packets(content: bytes) -> list[bytes]:
    with av.open(io.BytesIO(content), "r") as container:
        return [bytes(packet) for packet in container.demux(container.streams[0])]


@pytest.mark.parametrize("content", [clip(96, 54), clip(96, 54, kind="webm", codec="libvpx"), sound(), b"no recording"])
def test_a_file_without_a_place_is_sent_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    with without_place(path, "video/mp4") as file:
        assert (file.path, file.size) == (path, len(content))


@pytest.mark.parametrize("stated", [0, 4, 9, 2**31])
def test_a_box_of_a_wrong_size_is_no_trap(tmp_path: Path, stated: int) -> None:
    path = tmp_path / "a"
    path.write_bytes(clip(96, 54) + box(b"udta", PLACE.encode() + b"\xa9xyz", stated=stated))
    with without_place(path, "video/mp4") as file:
        assert file.size == path.stat().st_size
        assert probe.inspect(file.path).width == 96
