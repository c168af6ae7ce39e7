"""Media of unlike kinds in films by the real ffmpeg."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import av
import pytest
from av.container import InputContainer

from film.render import ffmpeg
from film.render.headers import open_headers
from film.render.process import Control, run_ffmpeg
from tests.film_media import SAMPLE_RATE, Shape, medium, read_codes, sound_samples, take, timeline, write_clip
from tests.integration.test_exports import Studio


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path)


def has_encoder(name: str) -> bool:
    command = [ffmpeg.command(), "-hide_banner", "-encoders"]
    return f" {name} " in subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    "muxed",
    [
        [],
        ["-use_editlist", "0"],
        ["-movflags", "frag_keyframe+empty_moov"],
        ["-output_ts_offset", "1.5"],
        ["-movflags", "negative_cts_offsets"],
    ],
    ids=["plain", "no edit list", "fragments", "begins late", "negative offsets"],
)
def test_headers_say_the_same_as_an_analysis(tmp_path: Path, muxed: list[str]) -> None:
    source, target = write_clip(tmp_path / "source.mp4", 1, 24, Shape(hertz=440)), tmp_path / "muxed.mp4"
    run_ffmpeg(["-i", f"file:{source}", "-c", "copy", *muxed, f"file:{target}"], Control())

    def read(opened: Callable[[], InputContainer]) -> tuple[object, ...]:
        with opened() as container:
            stream = container.streams.video[0]
            packets = [(packet.pts, packet.dts, packet.is_keyframe, packet.size) for packet in container.demux(stream)]
            return container.start_time, stream.average_rate, stream.codec_context.extradata, packets

    assert read(lambda: open_headers(str(target), "mov")) == read(lambda: av.open(str(target)))


@pytest.mark.parametrize(("transfer", "name"), [("smpte2084", "HDR10"), ("arib-std-b67", "HLG")])
def test_hdr_is_brought_to_sdr_and_told(studio: Studio, transfer: str, name: str) -> None:
    if not has_encoder("libx265"):
        pytest.skip("this ffmpeg has no libx265 to make HDR with")
    path = studio.folder / f"scene-1/videos/{name}.mp4"
    path.parent.mkdir(parents=True)
    colors = f"format=yuv420p10le,setparams=color_primaries=bt2020:color_trc={transfer}:colorspace=bt2020nc:range=tv"
    source = ["-f", "lavfi", "-i", "color=c=0x949494:s=128x72:r=24:d=0.25"]
    codec = ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error:pools=1", "-tag:v", "hvc1"]
    run_ffmpeg([*source, "-vf", colors, *codec, f"file:{path}"], Control())
    result = studio.export(timeline([take("1", medium(studio.folder, path, 6))]))
    assert f"{name}.mp4: HDR was converted to SDR." in result.report
    with av.open(str(studio.target)) as container:
        stream = container.streams.video[0]
        frames = list(container.decode(stream))
        context = stream.codec_context
    assert len(frames) == 6
    # bt709, 8 bits
    assert (context.pix_fmt, context.color_trc, context.colorspace, context.color_primaries) == ("yuv420p", 1, 1, 1)
    picture = frames[3].to_image()  # type: ignore[no-untyped-call]
    # as it is stored it is 0x94: a little lighter from PQ, a little darker from HLG, and still gray
    red, green, blue = picture.getpixel((64, 36))
    assert max(red, green, blue) - min(red, green, blue) < 4
    assert abs(green - 0x94) > 2
    assert (green > 0x94) == (transfer == "smpte2084")


@pytest.mark.parametrize("layout", ["mono", "stereo", "5.1"])
def test_every_layout_of_sound_is_heard_in_stereo(studio: Studio, layout: str) -> None:
    film = timeline([take("1", studio.clip(24, Shape(hertz=440, layout=layout)))])
    result = studio.export(film)
    samples = sound_samples(studio.target)
    assert abs(len(samples) - film.rate.samples(24)) <= SAMPLE_RATE / 24
    assert max(samples[8000:16000]) > 0.05
    with av.open(str(studio.target)) as container:
        assert container.streams.audio[0].codec_context.channels == 2
    assert any("6 channels were mixed to stereo" in line for line in result.report) == (layout == "5.1")


def test_a_varying_rate_is_put_on_the_grid_and_told(studio: Studio) -> None:
    result = studio.export(timeline([take("1", studio.clip(24, Shape(varies=True)))]))
    assert [frame for _, frame in read_codes(studio.target)] == [*range(24)]
    assert any("its frame rate varies" in line for line in result.report)
