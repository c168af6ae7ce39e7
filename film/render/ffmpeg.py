"""The ffmpeg command: where it is, which version, and what it can do."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache

import imageio_ffmpeg

# without these a film cannot be made: a system's ffmpeg may be built without them
_NEEDED = ("libx264", "prores_ks")


@cache
def command() -> str:
    """Return the path of the system's ffmpeg if it has what films need, else of the one that comes with a package."""
    system = shutil.which("ffmpeg")
    if system and all(name in _ask(system, "-encoders") for name in _NEEDED):
        return system
    return str(imageio_ffmpeg.get_ffmpeg_exe())


@cache
def version() -> str:
    """Return the version as ffmpeg states it, `9.0.2`."""
    words = _ask(command(), "-version").split()
    return words[2] if len(words) > 2 else "unknown"


@cache
def has_filter(name: str) -> bool:
    """Return whether ffmpeg has a filter."""
    return f" {name} " in _ask(command(), "-filters")


def _ask(program: str, option: str) -> str:
    arguments = [program, "-hide_banner", option]
    return subprocess.run(arguments, capture_output=True, text=True, errors="replace", check=False, timeout=60).stdout
