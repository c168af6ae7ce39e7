"""A film from its timeline to its file: pieces are rendered or copied, the sound is mixed, and both are joined."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from film.document.timeline import Medium, Timeline
from film.render import copies, keys, mix
from film.render.cache import SegmentCache
from film.render.children import Child
from film.render.facts import Facts
from film.render.graphs import can_tone_map
from film.render.media import check_clips, find_wrong_media, keep_facts, read_facts, report_changes, used_media
from film.render.options import Options
from film.render.pictures import Frame, render_picture
from film.render.plan import Card, Piece, Plan, make_plan
from film.render.process import Cancelled, Control, RenderFailed
from film.render.profiles import Profile
from film.render.sound import Decoder
from projects.problems import Problem, conflict
from projects.translation import gettext as _

T = TypeVar("T")
# one is hardly ever busy on all cores: it starts, decodes and ends, too
AT_ONCE = 2
# parts of the progress, beside the pictures
_SOUND_SHARE, _JOIN_SHARE = 0.05, 0.03
_AAC_PACKET = 1024


@dataclass(frozen=True)
class Request:
    """What is to be rendered."""

    timeline: Timeline
    profile: Profile
    options: Options
    folder: Path
    """The project's folder."""
    target: Path
    slate: Card | None = None


@dataclass
class Rendered:
    """What became of it."""

    plan: Plan
    total: int = 0
    """How many pieces the picture has."""
    reused: int = 0
    """How many of them were there already, or were copied."""
    report: list[str] = field(default_factory=list)
    media: dict[str, Medium] = field(default_factory=dict)
    """What it was made from, by path."""


class Render:
    """One export while it is made."""

    def __init__(self, request: Request, cache: SegmentCache, child: Child, work: Path, control: Control) -> None:
        """Use `cache` for the segments and `work` for temporary files, on one disk; `child` reads headers and joins."""
        self.request, self.cache, self.child, self.work = request, cache, child, work
        self.timeline, self.profile, self.options = request.timeline, request.profile, request.options
        self.size = request.profile.size_of(request.timeline)
        self._outer, self._failed = control, threading.Event()
        self.control = Control(lambda: self._failed.is_set() or control.is_cancelled())
        self._lock = threading.Lock()
        self._frames_done: dict[int, int] = {}
        self.result = self._prepare()

    def _prepare(self) -> Rendered:
        """Check the media, and plan. Raise Problem for what cannot be exported."""
        request = self.request
        plan = make_plan(self.timeline, self.options, (), request.slate)
        if not plan.frames:
            raise conflict(_("The cut is empty: there is nothing to export."), "empty_cut")
        media = used_media(plan, self.timeline)
        gone, self.facts = self._look_at(media)
        if gone and self.options.missing != "card":
            raise self._missing(gone)
        present = {path: medium for path, medium in media.items() if path not in gone}
        plan = make_plan(self.timeline, self.options, gone, request.slate)
        recordings = {path: medium for path, medium in present.items() if medium.kind != "image"}
        keep_facts(self.facts, recordings, self.cache)
        check_clips(self.timeline, self.facts)
        report = [
            _("{name} {words}: a card or silence takes its place.").format(name=media[path].name, words=words)
            for path, words in gone.items()
        ]
        shown_size = self.size if self.profile.kind in ("film", "preview") else None
        report += report_changes(present, self.facts, self.timeline.rate, shown_size, can_tone_map())
        return Rendered(plan, len(plan.pieces), 0, report, present)

    def _look_at(self, media: Mapping[str, Medium]) -> tuple[dict[str, str], dict[str, Facts]]:
        """Return what is wrong with the files, and what they say of themselves, which is read meanwhile."""
        folder = self.request.folder
        recordings = {path: medium for path, medium in media.items() if medium.kind != "image"}
        with ThreadPoolExecutor(1, thread_name_prefix="hash") as pool:
            wrong = pool.submit(find_wrong_media, media.values(), folder, self.control)
            facts = read_facts(recordings, folder, self.cache, partial(self.child.ask, control=self.control))
        return wrong.result(), facts

    def _missing(self, gone: Mapping[str, str]) -> Problem:
        scenes = {clip.medium.path: clip.scene_name or clip.scene or "" for clip in self.timeline.clips if clip.medium}
        parts = [f"{scenes.get(path) or 'sound'}: {Path(path).name} {words}" for path, words in gone.items()]
        listed = "; ".join(parts[:5])
        if len(parts) > 5:
            listed = _("{names}, and {count} more").format(names=listed, count=len(parts) - 5)
        advice = _("Put it back, or ask for cards in the place of missing files.")
        return Problem(f"{listed}. {advice}", code="file_missing", status=409)

    def film(self, target: Path, *, with_sound: bool = True) -> None:
        """Write the film to `target`: copied where all clips fit as they are, else encoded in segments."""
        frame = Frame(self.size, self.timeline.rate, self.profile.codec, self.request.folder, self.facts)
        can_copy = copies.can_copy(self.result.plan, frame)
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="render") as pool:
            sound = pool.submit(self._guard, self.sound) if with_sound else None
            pictures = [] if can_copy else self._render_pieces(pool, frame)
            self._wait([*([sound] if sound else []), *pictures])
            track = sound.result() if sound else None
            if can_copy:
                try:
                    self._join(copies.segments(self.result.plan, frame), track, target)
                    self.result.reused = self.result.total
                    self.result.report.append(_("All clips were copied as they are, without encoding."))
                    return
                except Problem as problem:
                    if problem.code != "not_joinable":
                        raise
                pictures = self._render_pieces(pool, frame)
                self._wait(pictures)
        self._join([self._segment(piece, frame) for piece in self.result.plan.pieces], track, target)

    def sound(self) -> Path | None:
        """Write the sound as the profile wants it, and return its path; None where there is nothing to be heard."""
        mixed = self.mixed_sound()
        if mixed is None:
            return None
        suffix = "m4a" if self.profile.codec.container == "mp4" else "mov"
        target = self.work / f"sound.{suffix}"
        self.encode_sound(mixed, self.profile.codec.sound, target)
        return target

    def mixed_sound(self) -> Path | None:
        """Write all sounds as one raw file; None for silence."""
        plan, rate = self.result.plan, self.timeline.rate
        decoder = Decoder(self.cache, rate, self.request.folder, self.facts, self.control)
        takes = [placed for piece in plan.pieces if (placed := decoder.piece(piece))]
        lanes = [(sound, placed) for sound in self.timeline.sounds if (placed := decoder.lane(sound, plan))]
        voices = [placed for sound, placed in lanes if sound.lane == "voice"]
        ducked = [placed for sound, placed in lanes if sound.lane != "voice" and sound.duck]
        other = [placed for sound, placed in lanes if sound.lane != "voice" and not sound.duck]
        tracks = mix.Tracks([*takes, *voices], ducked, other)
        return None if tracks.is_silent else mix.mix(tracks, self.samples, self.work, self.control)

    def encode_sound(self, mixed: Path, codec: tuple[str, ...], target: Path) -> None:
        """Bring mixed sound to the loudness of the film, and encode it."""
        loudness = self.options.loudness or self.timeline.loudness
        filters, sentence = mix.loudness_filters(mixed, loudness, self.control)
        if sentence:
            self.result.report.append(sentence)
        mix.encode(mixed, filters, self.samples, codec, target, self.control)

    @property
    def samples(self) -> int:
        """The length of the sound."""
        return self.timeline.rate.samples(self.result.plan.frames)

    def _render_pieces(self, pool: ThreadPoolExecutor, frame: Frame) -> list[Future[Any]]:
        suffix = f".{frame.codec.container}"
        futures: list[Future[Any]] = []
        for number, piece in enumerate(self.result.plan.pieces):
            key = self._key(piece, frame)
            if self.cache.find(key, suffix):
                self.result.reused += 1
                self._note(number, piece.frames)
            else:
                task = partial(self._render, number, piece, key, frame)
                futures.append(pool.submit(self._guard, task))
        return futures

    def _render(self, number: int, piece: Piece, key: str, frame: Frame) -> None:
        def make(target: Path) -> None:
            render_picture(piece, frame, target, self.control, lambda count: self._note(number, count))

        try:
            self.cache.get(key, f".{frame.codec.container}", make)
        except RenderFailed as error:
            names = " and ".join(dict.fromkeys(source.label or _("the slate") for source in piece.sources))
            last = str(error).strip().splitlines()[-1][:300] if str(error).strip() else _("no reason was given")
            raise Problem(
                _("{names} could not be rendered: {last}").format(names=names, last=last),
                code="render_failed",
                status=422,
            ) from error
        self._note(number, piece.frames)

    def _segment(self, piece: Piece, frame: Frame) -> dict[str, object]:
        path = self.cache.path(self._key(piece, frame), f".{frame.codec.container}")
        return {"path": str(path), "first": 0, "frames": piece.frames, "reader": "mov"}

    def _key(self, piece: Piece, frame: Frame) -> str:
        return keys.picture_key(piece, frame.codec, frame.size, frame.rate)

    def _join(self, segments: list[dict[str, object]], sound: Path | None, target: Path) -> None:
        self.control.check()
        self.child.ask(
            "join",
            self.control,
            segments=segments,
            sound=str(sound) if sound else None,
            target=str(target),
            container=self.profile.codec.container,
            fps=str(self.timeline.rate.fps),
            sound_packets=self.samples // _AAC_PACKET + 2 if sound else 0,
        )

    def _note(self, number: int, frames: int) -> None:
        with self._lock:
            self._frames_done[number] = frames
            done = sum(self._frames_done.values()) / self.result.plan.frames
        self._outer.on_progress(min(done, 1.0) * (1 - _SOUND_SHARE - _JOIN_SHARE))

    def _guard(self, task: Callable[[], T]) -> T:
        """Run a task; when it fails, the others stop too."""
        try:
            return task()
        except BaseException:
            self._failed.set()
            raise

    def _wait(self, futures: list[Future[Any]]) -> None:
        """Wait for all, and raise what the first failure was, not the stop that followed it."""
        wait(futures, return_when=FIRST_EXCEPTION)
        wait(futures)
        errors = [error for future in futures if (error := future.exception())]
        errors.sort(key=lambda error: isinstance(error, Cancelled))
        if errors:
            raise errors[0]
        self._outer.on_progress(1 - _JOIN_SHARE)
