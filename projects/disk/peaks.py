"""The peaks of a sound, from which a page draws its wave form. It decodes the file."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from pathlib import Path

import av

from projects.disk.media_errors import decoding, unsupported_media
from projects.disk.sniff import sniff_file
from projects.translation import gettext as _

COUNT = 240
"""How many peaks there are, whatever the sound's length; fewer for the shortest."""
# enough for what is seen, and an hour of it is 14 million samples
_RATE = 4000
_LOUDEST = 32768


def sound_peaks(path: Path) -> bytes:
    """Return at most `COUNT` bytes, each the loudest sample of its part: 0 for silence, 255 for as loud as it can be.

    Raise Problem 415 for a file without sound, 422 for a damaged one.
    """
    format = sniff_file(path)
    if format is None or format.kind == "image":
        raise unsupported_media(_("This file has no sound."))
    with decoding("sound"):
        samples = array("h")
        for piece in _samples(path, format.reader):
            samples.frombytes(piece)
    step = max(1, -(-len(samples) // COUNT))
    parts = (samples[start : start + step] for start in range(0, len(samples), step))
    return bytes(min(255, max(max(part), -min(part)) * 256 // _LOUDEST) for part in parts)


def _samples(path: Path, reader: str) -> Iterator[bytes]:
    """Yield the sound as one channel of 16 bits."""
    with av.open(str(path), format=reader) as container:
        if not container.streams.audio:
            raise unsupported_media(_("This file has no sound."))
        resampler = av.AudioResampler(format="s16", layout="mono", rate=_RATE)
        for frame in container.decode(audio=0):
            for small in resampler.resample(frame):
                # a plane is longer than its samples
                yield bytes(small.planes[0])[: small.samples * 2]
        for small in resampler.resample(None):
            yield bytes(small.planes[0])[: small.samples * 2]
