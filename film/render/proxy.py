"""Proxies: small copies of clips with a key frame every few frames, in which a browser finds any frame at once."""

from __future__ import annotations

from pathlib import Path

from film.render.process import Control, run_ffmpeg
from projects.disk.sniff import sniff_file
from projects.problems import not_found
from projects.translation import gettext as _

HEIGHT = 540
KEY_FRAME_DISTANCE = 6
# raised with every change of what a proxy looks like: those of earlier versions are made again
VERSION = 1


def proxy_name(sha256: str) -> str:
    """Return the name of the proxy of a file with this hash: copies of a clip share it."""
    return f"{sha256}-{VERSION}.mp4"


def sha256_of_proxy(name: str) -> str:
    """Return the hash of the file of which something in the folder of proxies was made."""
    return name.partition("-")[0]


def make_proxy(source: Path, target: Path, control: Control) -> None:
    """Write the proxy of a video to `target`, with its sound.

    Raise Problem 404 for what is no video, RenderFailed, and Cancelled.
    """
    format = sniff_file(source)
    if format is None or format.kind != "video":
        raise not_found(_("proxy: only clips have one"))
    # its reader by content, never by name; one thread, since whoever edits goes first
    reading = ["-protocol_whitelist", "file,pipe", "-threads", "1", "-f", format.reader, "-i", f"file:{source}"]
    # no B-frames: a frame that others follow is shown as soon as it is decoded
    picture = ["-vf", rf"scale=-2:min({HEIGHT}\,ceil(ih/2)*2),format=yuv420p", "-c:v", "libx264", "-preset", "veryfast"]
    picture += ["-crf", "25", "-g", str(KEY_FRAME_DISTANCE), "-bf", "0", "-threads", "1"]
    sound = ["-c:a", "aac", "-b:a", "96k", "-ac", "2"]
    maps = ["-map", "0:v:0", "-map", "0:a:0?", "-map_metadata", "-1"]
    run_ffmpeg([*reading, *maps, *picture, *sound, "-movflags", "+faststart", "-f", "mp4", f"file:{target}"], control)
