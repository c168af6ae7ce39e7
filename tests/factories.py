"""Small makers of rows and of real media."""

from __future__ import annotations

import io
import itertools
import math
import tempfile
from array import array
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from django.contrib.auth.models import User
from PIL import Image, ImageDraw

from generation import references
from generation.engine import outputs
from generation.mirror import restore
from generation.models import GenerationJob
from projects import actions
from projects.models import Asset, Membership, Project, Scene

_numbers = itertools.count(1)
_colours = ("#7a1f1f", "#1f4d7a", "#2f6b3a", "#806020", "#503070")


def make_user(name: str | None = None, *, password: str | None = None, is_staff: bool = False) -> User:
    name = name or f"person-{next(_numbers)}"
    user = User(username=name, is_staff=is_staff)
    if password is None:
        user.set_unusable_password()
    else:
        user.set_password(password)
    user.save()
    return user


def make_project(owner: User | None = None, name: str = "My film") -> Project:
    return actions.create_project(owner or make_user(), name)


def owner_of(project: Project) -> User:
    return User.objects.get(memberships__project=project, memberships__role=Membership.Role.OWNER)


def make_scene(project: Project | None = None, name: str | None = None) -> Scene:
    return actions.create_scene(project or make_project(), name)


def make_job(scene: Scene, *, first_frame: Asset | None = None, **values: Any) -> GenerationJob:
    """A job as its creation leaves it: entered in the ledger, its files noted. `values`: columns; take 1 by default."""
    parameters = dict(values.pop("parameters", {}))
    if first_frame:
        parameters.setdefault("promptImage", references.to_asset(first_frame))
    if asset := values.get("asset"):
        values.setdefault("outputs", [outputs.output_entry(asset)])
    columns = {"project": scene.project, "take": 1, "model": "gen4_turbo", "parameters": parameters, **values}
    job = GenerationJob.objects.create(scene=scene, **columns)
    restore.add_inputs(job, scene.project)
    job.record_credits("Requested.", new=True)
    return job


def picture(width: int = 64, height: int = 36, kind: str = "JPEG", **options: object) -> bytes:
    """A drawn picture; each one differs from the last in its bytes."""
    number = next(_numbers)
    image = Image.new("RGB", (width, height), _colours[number % len(_colours)])
    ImageDraw.Draw(image).text((2, 2), str(number), fill="white")
    return encoded(image, kind, **options)


def view(width: int, height: int) -> bytes:
    """A JPEG with something to see everywhere: a camera that moves over it is seen to move, as one over a plain colour
    is not. Each one differs from the last."""
    number = next(_numbers)
    image = Image.new("RGB", (width, height), "#d8d2c4")
    draw, across = ImageDraw.Draw(image), width / 16
    for at in range(16 * 9):
        left, top = at % 16 * across, at // 16 * height / 9
        draw.ellipse((left, top, left + across * (1 + at * 7 % 5) / 5, top + height / 9), _colours[at * number % 5])
    return encoded(image)


def encoded(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def clip(
    width: int = 64,
    height: int = 36,
    frames: int = 12,
    fps: int = 12,
    kind: str = "mp4",
    codec: str = "libx264",
    rotation: int = 0,
    options: dict[str, str] | None = None,
) -> bytes:
    """A small real video; each one differs from the last."""
    shift = next(_numbers)
    # a file: the index can be moved to the front (movflags=faststart) only in one
    with (
        tempfile.NamedTemporaryFile() as file,
        av.open(file.name, "w", format=kind, options=options or {}) as container,
    ):
        stream: Any = container.add_stream(codec, rate=fps)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.time_base = Fraction(1, fps)
        if rotation:
            stream.set_display_rotation(rotation)
        for number in range(frames):
            shade = (number * 9 + shift * 31) % 256
            image = Image.new("RGB", (width, height), (shade, 90, 255 - shade))
            frame: av.VideoFrame = av.VideoFrame.from_image(image)  # type: ignore[no-untyped-call]
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        container.close()
        return Path(file.name).read_bytes()


def sound(kind: str = "wav", codec: str = "pcm_s16le", seconds: float = 1.0, rate: int = 44100) -> bytes:
    """A quiet tone."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=kind) as container:
        stream: Any = container.add_stream(codec, rate=rate, layout="mono")
        wave = array("h", (int(8000 * math.sin(n * 440 * math.tau / rate)) for n in range(int(rate * seconds))))
        for start in range(0, len(wave), 1024):
            samples = wave[start : start + 1024]
            frame = av.AudioFrame(format="s16", layout="mono", samples=len(samples))
            frame.planes[0].update(samples.tobytes().ljust(frame.planes[0].buffer_size, b"\0"))
            frame.sample_rate, frame.pts = rate, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return buffer.getvalue()
