"""What the request says about its output, as quality control compares it with the file."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class EarlierTake:
    """An earlier take of the same scene, to find duplicates; `fingerprint` is that of its clip."""

    take: int
    fingerprint: list[str]
    sha256: str = ""


@dataclass(frozen=True)
class Expectations:
    """Pixels, seconds and frames per second; None or an empty value where the request does not say.

    `first_frame` is the path of the picture with which a clip should begin, and `sha256` is that of the file itself.
    """

    width: int | None = None
    height: int | None = None
    exact: bool = True
    """False when width and height are only a shape, such as 16 and 9."""
    seconds: float | None = None
    fps: float | None = None
    sound: bool = False
    first_frame: str | None = None
    sha256: str = ""
    scene: str = ""
    """The name of the scene for which the take was made: a person may move it to another one."""
    earlier: list[EarlierTake] = field(default_factory=list)
