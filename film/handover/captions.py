"""Captions as files of subtitles, SRT and VTT, and such files as captions."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, get_args

from film.document.cut import Caption
from film.document.rate import Rate
from film.handover.formats import unreadable
from projects.problems import Problem
from projects.text.valid_text import replace_invalid
from projects.translation import gettext as _
from projects.translation import gettext_noop

CaptionFormat = Literal["srt", "vtt"]
CAPTION_FORMATS: tuple[CaptionFormat, ...] = get_args(CaptionFormat)
MAX_BYTES = 5 * 1024 * 1024
"""The longest file of subtitles: that of a long film has some 100 KB."""
_ARROW = "-->"
_TIME = re.compile(r"(?:(\d{1,3}):)?([0-5]?\d):([0-5]?\d)[.,](\d{1,3})", re.ASCII)
_TAGS = re.compile(r"</?(?:b|i|u|s|c|v|font|lang|ruby|rt)(?:[ .][^<>]*)?>|<\d[\d:.]*>|\{\\[^{}]*\}", re.IGNORECASE)
_NO_CAPTIONS = unreadable(gettext_noop("The file has no captions. Choose an SRT or VTT file."))


@dataclass
class _Cue:
    """A caption while its lines are read."""

    line: int
    start: int
    end: int
    words: list[str] = field(default_factory=list)


def write_captions(captions: Iterable[Caption], rate: Rate, format: CaptionFormat) -> bytes:
    """Return a file of subtitles in the order of their times, in milliseconds."""
    blocks = ["WEBVTT"] if format == "vtt" else []
    ordered = sorted(captions, key=lambda caption: (caption.start, caption.end))
    for number, caption in enumerate(ordered, 1):
        times = f" {_ARROW} ".join(_time_text(frame, rate, format) for frame in (caption.start, caption.end))
        blocks.append(f"{number}\n{times}\n{_words_text(caption.text, format)}")
    return ("\n\n".join(blocks) + "\n").encode()


def _time_text(frame: int, rate: Rate, format: CaptionFormat) -> str:
    seconds, milliseconds = divmod(round(rate.seconds(frame) * 1000), 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{'.' if format == 'vtt' else ','}{milliseconds:03}"


def _words_text(text: str, format: CaptionFormat) -> str:
    """Return the lines of a caption; an empty line would end it."""
    lines = "\n".join(line for line in text.splitlines() if line.strip())
    return html.escape(lines, quote=False) if format == "vtt" else lines.replace(_ARROW, "→")


def read_captions(data: bytes, rate: Rate) -> tuple[Caption, ...]:
    """Return the captions of an SRT or VTT file in frames.

    Raise Problem 413 for a file that is too long, 422 that names the line for one with wrong times, or that is not
    UTF-8.
    """
    if len(data) > MAX_BYTES:
        raise Problem(_("A caption file can be at most 5 MB."), code="too_large", status=413)
    text = replace_invalid(_decoded(data))
    if not (_ARROW in text or text.startswith("WEBVTT")):
        raise unreadable(_("The file has no captions. Choose an SRT or VTT file."))
    is_vtt = text.startswith("WEBVTT")
    return tuple(_caption(cue, rate, is_vtt=is_vtt) for cue in _cues(text.splitlines(), is_vtt=is_vtt))


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        if _ARROW.encode() not in data.replace(b"\0", b""):
            raise _NO_CAPTIONS from None
        line = data.count(b"\n", 0, error.start) + 1
        raise unreadable(
            _("Line {line} is not UTF-8. Save the file as UTF-8, then import it again.").format(line=line)
        ) from None


def _cues(lines: list[str], *, is_vtt: bool) -> Iterator[_Cue]:
    cue: _Cue | None = None
    is_open = False
    for number, line in enumerate(lines, 1):
        if _ARROW in line:
            if cue:
                yield cue
            cue, is_open = _begin(line, number), True
        elif not line.strip():
            is_open = False
        elif cue and (is_open or not (is_vtt or _is_identifier(lines, number))):
            # an empty line within a caption of SRT does not end it
            cue.words.append(line)
            is_open = True
        elif cue is None and not (is_vtt or _is_identifier(lines, number)):
            raise unreadable(
                _("Line {number} has no times, such as “00:00:01,000 {arrow} 00:00:02,000”.").format(
                    number=number, arrow=_ARROW
                )
            )
    if cue:
        yield cue


def _is_identifier(lines: list[str], number: int) -> bool:
    """Whether a line stands right above times."""
    return number < len(lines) and _ARROW in lines[number]


def _begin(line: str, number: int) -> _Cue:
    left, _arrow, right = line.partition(_ARROW)
    # behind the times of VTT there may be settings
    ends = [left.strip(), (right.split() or [""])[0]]
    times = [_milliseconds(text, number) for text in ends]
    if times[1] <= times[0]:
        raise unreadable(
            _("The caption in line {number} ends at {end}, which is not after its start, {start}.").format(
                number=number, end=ends[1], start=ends[0]
            )
        )
    return _Cue(number, times[0], times[1])


def _milliseconds(text: str, number: int) -> int:
    match = _TIME.fullmatch(text)
    if match is None:
        shown = text[:40] or "nothing"
        raise unreadable(
            _("Line {number} has a wrong time: {shown}. Write times like 00:00:01,000.").format(
                number=number, shown=shown
            )
        )
    hours, minutes, seconds = (int(part or 0) for part in match.groups()[:3])
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + int(match[4].ljust(3, "0"))


def _caption(cue: _Cue, rate: Rate, *, is_vtt: bool) -> Caption:
    text = _TAGS.sub("", "\n".join(cue.words)).strip()
    start, end = (round(Fraction(time, 1000) * rate.fps) for time in (cue.start, cue.end))
    return Caption(start, max(end, start + 1), html.unescape(text) if is_vtt else text)
