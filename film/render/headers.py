"""Opens media for what their headers say and for their packets. It uses FFmpeg: only the rendering child imports it."""

from __future__ import annotations

from collections.abc import Mapping

import av
from av.container import InputContainer

# without these ffmpeg decodes a picture of each file that it opens, which takes longer than all the rest
_NO_PICTURES: Mapping[str, str] = {"skip_frame": "all", "probesize": "32"}


def open_headers(path: str, reader: str) -> InputContainer:
    """Open a file without decoding any of it, where its headers say all that matters: most MP4 and MOV.

    The format of its pixels is not known then.
    """
    if reader == "mov":
        container: InputContainer = av.open(path, format=reader, options=dict(_NO_PICTURES))
        if container.start_time == 0:
            return container
        # the first packet is not always of the track that begins first
        container.close()
    whole: InputContainer = av.open(path, format=reader)
    return whole
