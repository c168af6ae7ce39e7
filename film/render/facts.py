"""What is known of a medium before it is rendered, as its file states it. `probe.py` reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any

HDR_TRANSFERS = ("smpte2084", "arib-std-b67")
# a picture of at least this height whose matrix is not stated is taken for bt709, as players do
_HD_HEIGHT = 576


@dataclass(frozen=True)
class Facts:
    """What a file says of itself. Sizes are in pixels, before rotation and as stored."""

    reader: str = ""
    """The name of ffmpeg's reader."""
    codec: str = ""
    width: int = 0
    height: int = 0
    pixel_shape: str = "1"
    rotation: int = 0
    rate: str = "0"
    varies: bool = False
    """Whether its frames do not come at one rate."""
    pixel_format: str = ""
    transfer: str = ""
    matrix: str = ""
    parameters: str = ""
    """A hash of the codec's own parameters, which all parts of one track must have in common."""
    channels: int = 0
    """Of its sound; 0 where it has none."""
    sample_rate: int = 0

    @property
    def is_hdr(self) -> bool:
        """Whether its brightness goes beyond that of ordinary screens."""
        return self.transfer in HDR_TRANSFERS

    @property
    def has_sound(self) -> bool:
        """Whether it has a sound track."""
        return self.channels > 0

    @property
    def fps(self) -> Fraction:
        """Its frames per second, as stated."""
        return Fraction(self.rate)

    @property
    def is_square(self) -> bool:
        """Whether its pixels are as high as they are wide."""
        return Fraction(self.pixel_shape) == 1

    @property
    def shown_size(self) -> tuple[int, int]:
        """Width and height as it is shown."""
        width = round(self.width * Fraction(self.pixel_shape))
        return (self.height, width) if self.rotation % 180 == 90 else (width, self.height)

    @property
    def assumed_matrix(self) -> str:
        """The matrix that its colors must be read with where it states none; empty where it states one."""
        if self.matrix:
            return ""
        return "bt709" if self.height > _HD_HEIGHT or self.width > _HD_HEIGHT * 2 else "smpte170m"


def facts_from_json(data: Mapping[str, Any]) -> Facts:
    """Return facts from a dict. Names that are not known are ignored."""
    known = {each.name for each in fields(Facts)}
    return Facts(**{name: value for name, value in data.items() if name in known})
