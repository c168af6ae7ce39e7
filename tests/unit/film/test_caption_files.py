"""Captions out to SRT and VTT and back, and files that somebody else has made."""

from __future__ import annotations

import pysubs2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from film.document.cut import Caption
from film.document.rate import NAMES, Rate
from film.handover.captions import CAPTION_FORMATS, CaptionFormat, read_captions, write_captions
from projects.problems import Problem

WORDS = (Caption(0, 48, "Who's <there>?"), Caption(50, 60, "Two\nlines & {more}"), Caption(86_400, 86_401, "Ende ü"))
RATE = Rate("24000/1001")


@pytest.mark.parametrize("format", CAPTION_FORMATS)
@pytest.mark.parametrize("rate", NAMES)
@given(times=st.lists(st.tuples(st.integers(0, 5_000_000), st.integers(1, 5000)), max_size=5))
def test_every_frame_comes_back(format: CaptionFormat, rate: str, times: list[tuple[int, int]]) -> None:
    captions = tuple(Caption(start, start + length, "x") for start, length in sorted(times))
    if captions:
        assert sorted(read_captions(write_captions(captions, Rate(rate), format), Rate(rate)), key=str) == sorted(
            captions, key=str
        )


@pytest.mark.parametrize("format", CAPTION_FORMATS)
def test_words_come_back(format: CaptionFormat) -> None:
    assert read_captions(write_captions(WORDS, RATE, format), RATE) == WORDS


@pytest.mark.parametrize("format", CAPTION_FORMATS)
def test_another_program_reads_the_same(format: CaptionFormat) -> None:
    events = pysubs2.SSAFile.from_string(write_captions(WORDS, RATE, format).decode(), format_=format)
    assert [RATE.frames(event.start / 1000) for event in events] == [each.start for each in WORDS]
    assert [event.plaintext for event in events][2] == "Ende ü"
    assert len(events) == 3


def test_a_text_that_would_break_the_file_is_kept_within_its_caption() -> None:
    captions = (Caption(0, 10, "One\n\n\nTwo --> three"),)
    assert read_captions(write_captions(captions, RATE, "vtt"), RATE)[0].text == "One\nTwo --> three"
    assert read_captions(write_captions(captions, RATE, "srt"), RATE)[0].text == "One\nTwo → three"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_srt_of_other_programs(encoding: str) -> None:
    first = "1\r\n00:00:01,000 --> 00:00:02,500 X1:5\r\n<i>Hé</i> {\\an8}there\r\n\r\n"
    second = "2\r\n0:00:03.5 --> 0:00:04.0\r\nA\r\n\r\nB\r\n"
    captions = read_captions((first + second).encode(encoding), Rate("25"))
    assert captions == (Caption(25, 62, "Hé there"), Caption(88, 100, "A\nB"))


def test_vtt_of_other_programs() -> None:
    head = "WEBVTT - x\n\nSTYLE\n::cue { color: red }\n\nNOTE not\nthis\n\n"
    text = f"{head}id\n01:00.000 --> 01:01.000 line:0\n<v Ann>a &lt; b\n"
    assert read_captions(text.encode(), Rate("24")) == (Caption(1440, 1464, "a < b"),)
    assert read_captions(b"WEBVTT\n", Rate("24")) == ()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"1\n00:00:02,000 --> 00:00:01,000\nx\n", "The caption in line 2 ends at 00:00:01,000, which is not after"),
        (b"1\n00:00:xx,000 --> 00:00:01,000\nx\n", "Line 2 has a wrong time: 00:00:xx,000"),
        (b"1\n00:61:00,000 --> 00:62:01,000\nx\n", "Line 2 has a wrong time"),
        (b"1\n00:00:01,000 -->\nx\n", "wrong time: nothing"),
        (b"1\n00:00:01,000 --> 00:00:02,000\nGr\xfc\xdfe\n", "Line 3 is not UTF-8"),
        (b"{}\n", "The file has no captions. Choose an SRT or VTT file."),
        (b"%PDF-1.4\n\x00\x01", "The file has no captions. Choose an SRT or VTT file."),
        (b"Hello\n\n1\n00:00:01,000 --> 00:00:02,000\nx\n", "Line 1 has no times"),
        (b"", "no captions"),
        (b"\xff\xfe\x00", "The file has no captions"),
        (b"\xff\xd8\xff\xe0 JFIF", "The file has no captions"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(data: bytes, words: str) -> None:
    with pytest.raises(Problem, match=words) as caught:
        read_captions(data, Rate("24"))
    assert caught.value.status == 422


def test_a_huge_file_is_refused() -> None:
    with pytest.raises(Problem, match="5 MB") as caught:
        read_captions(b" " * (5 * 1024 * 1024 + 1), Rate("24"))
    assert caught.value.status == 413
