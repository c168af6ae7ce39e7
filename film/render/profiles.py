"""The profiles of exports: which size, codec and kind of file each has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from film.document.timeline import Timeline
from projects.problems import wrong_field
from projects.translation import gettext as _

Kind = Literal["film", "preview", "sound", "sheet", "storyboard", "stills"]
ON_PAPER: tuple[Kind, ...] = ("sheet", "storyboard")
"""Kinds that show the prompts of takes."""
PREVIEW_WIDTH = 480
PREVIEW_FPS = 12


@dataclass(frozen=True)
class Codec:
    """How the picture of a film is encoded, and in which container."""

    name: str
    container: Literal["mp4", "mov"]
    sound: tuple[str, ...]
    """The arguments of ffmpeg that encode the sound."""
    pixel_format: str = "yuv420p"
    quality: tuple[str, ...] = ()


# crf 18: no difference to the takes can be seen. A search for motion that is simpler than that of veryfast takes off a
# third of the time, and costs no quality that is measured; see docs/decisions.md
_FAST = ("-preset", "veryfast", "-crf", "18", "-x264-params", "me=dia:subme=1")
H264 = Codec("libx264", "mp4", ("-c:a", "aac", "-b:a", "256k"), quality=_FAST)
_HQ = ("-profile:v", "3", "-vendor", "apl0", "-bits_per_mb", "8000")
PRORES = Codec("prores_ks", "mov", ("-c:a", "pcm_s24le"), "yuv422p10le", _HQ)


@dataclass(frozen=True)
class Profile:
    """One profile. `size` is None for the size of the cut."""

    name: str
    kind: Kind
    suffix: str
    mime_type: str
    codec: Codec = H264
    size: tuple[int, int] | None = None

    @property
    def is_played(self) -> bool:
        """Whether it has times, so that captions can go beside it."""
        return self.kind in ("film", "preview", "sound")

    def size_of(self, timeline: Timeline) -> tuple[int, int]:
        """Return width and height of the picture, both even, as its codecs want them."""
        width, height = self.size or (timeline.width, timeline.height)
        if self.kind == "preview" and width > PREVIEW_WIDTH:
            width, height = PREVIEW_WIDTH, height * PREVIEW_WIDTH // width
        return max(width // 2 * 2, 2), max(height // 2 * 2, 2)


def _films() -> list[Profile]:
    mp4 = ("film", "mp4", "video/mp4", H264)
    return [
        Profile("h264-1080p", *mp4, size=(1920, 1080)),  # type: ignore[arg-type]
        Profile("h264-4k", *mp4, size=(3840, 2160)),  # type: ignore[arg-type]
        Profile("h264-source", *mp4),  # type: ignore[arg-type]
        Profile("vertical-1080x1920", *mp4, size=(1080, 1920)),  # type: ignore[arg-type]
        Profile("square-1080", *mp4, size=(1080, 1080)),  # type: ignore[arg-type]
        Profile("prores-422-hq", "film", "mov", "video/quicktime", PRORES),
    ]


PROFILES: Mapping[str, Profile] = {
    profile.name: profile
    for profile in (
        *_films(),
        Profile("preview-webp", "preview", "webp", "image/webp"),
        Profile("preview-gif", "preview", "gif", "image/gif"),
        Profile("audio-wav", "sound", "wav", "audio/wav"),
        Profile("contact-sheet-pdf", "sheet", "pdf", "application/pdf"),
        Profile("storyboard-pdf", "storyboard", "pdf", "application/pdf"),
        Profile("stills-png", "stills", "zip", "application/zip"),
    )
}


def profile_named(name: str) -> Profile:
    """Return a profile by its name. Raise Problem 422 that lists all of them."""
    try:
        return PROFILES[name]
    except KeyError:
        raise wrong_field(
            "profile", _("profile must be one of {profiles}.").format(profiles=", ".join(PROFILES))
        ) from None
