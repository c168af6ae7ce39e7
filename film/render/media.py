"""The media of a film: whether they are there as they were, and what they are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

from film.document.rate import Rate
from film.document.timeline import Medium, Timeline, TimelineClip
from film.render.cache import SegmentCache
from film.render.facts import Facts, facts_from_json
from film.render.keys import facts_key
from film.render.plan import Plan
from film.render.process import Control
from projects.problems import Problem
from projects.translation import gettext as _

_FACTS_SUFFIX = ".json"
_THREADS = 2
Asking = Callable[..., Any]
"""Asks the rendering child for a task with its arguments."""


def used_media(plan: Plan, timeline: Timeline) -> dict[str, Medium]:
    """Return the media of what is exported, by path."""
    shown = (source.medium for piece in plan.pieces for source in piece.sources)
    heard = (
        sound.medium
        for sound in timeline.sounds
        if plan.lead < plan.place(sound.end) and plan.place(sound.start) < plan.frames
    )
    return {medium.path: medium for medium in (*shown, *heard) if medium}


def find_wrong_media(media: Iterable[Medium], folder: Path, control: Control) -> dict[str, str]:
    """Return by path, in words, what is wrong with the files that are gone or have other bytes than they had."""

    def reason(medium: Medium) -> tuple[str, str]:
        control.check()
        try:
            with (folder / medium.path).open("rb") as file:
                # without the lock of the interpreter, so that several are read at once
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except (FileNotFoundError, NotADirectoryError):
            return medium.path, _("is missing")
        return medium.path, "" if digest == medium.sha256 else _("has changed on disk")

    with ThreadPoolExecutor(_THREADS) as pool:
        return {path: words for path, words in pool.map(reason, media) if words}


def read_facts(media: Mapping[str, Medium], folder: Path, cache: SegmentCache, ask: Asking) -> dict[str, Facts]:
    """Return the facts of those media by path that can be read. Those of a file that was read before are kept."""
    facts: dict[str, Facts] = {}
    for path, medium in media.items():
        if known := _kept_facts(cache, facts_key(medium.sha256)):
            facts[path] = known
    unread = [path for path in media if path not in facts]
    answers = ask("probe", paths=[str(folder / path) for path in unread]) if unread else []
    return facts | {path: facts_from_json(answer) for path, answer in zip(unread, answers, strict=True) if answer}


def keep_facts(facts: Mapping[str, Facts], media: Mapping[str, Medium], cache: SegmentCache) -> None:
    """Keep the facts of media that have the bytes that they had. Raise Problem 422 for one that could not be read."""
    for path, medium in media.items():
        if path not in facts:
            raise Problem(
                _("{name} cannot be read: it is damaged.").format(name=medium.name),
                code="unreadable_medium",
                status=422,
            )
        text = json.dumps(asdict(facts[path]))
        _keep(cache, facts_key(medium.sha256), text)


def _kept_facts(cache: SegmentCache, key: str) -> Facts | None:
    kept = cache.find(key, _FACTS_SUFFIX)
    try:
        return facts_from_json(json.loads(kept.read_bytes())) if kept else None
    except ValueError:
        # spoiled by a power cut
        cache.discard(key, _FACTS_SUFFIX)
        return None


def _keep(cache: SegmentCache, key: str, text: str) -> None:
    # to wait for the disk would take longer than to read them again
    cache.get(key, _FACTS_SUFFIX, lambda target: target.write_text(text), flush=False)


def check_clips(timeline: Timeline, facts: Mapping[str, Facts]) -> None:
    """Raise Problem 422 for a clip whose file has no picture, or fewer frames than the clip plays."""
    for number, clip in enumerate(timeline.clips, 1):
        medium = clip.medium
        if medium is None or medium.path not in facts or medium.is_endless:
            continue
        if not facts[medium.path].width or medium.frames <= 0:
            raise _wrong_clip(number, clip, _("{name} has no frames").format(name=medium.name))
        if clip.start_in < 0 or clip.out > medium.frames or clip.length <= 0:
            raise _wrong_clip(
                number,
                clip,
                _("frames {start_in} to {out} are not among the {frames} of {name}").format(
                    start_in=clip.start_in, out=clip.out, frames=medium.frames, name=medium.name
                ),
            )


def _wrong_clip(number: int, clip: TimelineClip, words: str) -> Problem:
    name = f" ({clip.scene_name})" if clip.scene_name else ""
    return Problem(
        _("Clip {number}{name}: {words}.").format(number=number, name=name, words=words), code="wrong_clip", status=422
    )


def report_changes(
    media: Mapping[str, Medium], facts: Mapping[str, Facts], rate: Rate, size: tuple[int, int] | None, tone_maps: bool
) -> list[str]:
    """Return a sentence for each file that is not shown or heard as it is stored."""
    sentences: list[str] = []
    for path, medium in media.items():
        if path in facts:
            changes = _picture_changes(facts[path], size, rate, tone_maps) if size else []
            changes += _sound_changes(facts[path])
            sentences += [f"{medium.name}: {change}" for change in changes]
    return list(dict.fromkeys(sentences))


def _picture_changes(facts: Facts, size: tuple[int, int], rate: Rate, tone_maps: bool) -> list[str]:
    if not facts.width:
        return []
    changes, shown = [], facts.shown_size
    if shown != size:
        changes.append(
            _("{width} × {height} was fitted into {film_width} × {film_height}.").format(
                width=shown[0], height=shown[1], film_width=size[0], film_height=size[1]
            )
        )
    if facts.rotation:
        changes.append(_("it was turned upright."))
    if not facts.is_square:
        changes.append(_("its pixels were made square."))
    if facts.varies:
        changes.append(_("its frame rate varies; it was converted to {name} frames a second.").format(name=rate.name))
    elif facts.fps != rate.fps:
        changes.append(
            _("{rate:.5g} frames a second became {film_rate:.5g}; its speed stays.").format(
                rate=float(facts.fps), film_rate=float(rate.fps)
            )
        )
    if facts.is_hdr and tone_maps:
        changes.append(_("HDR was converted to SDR."))
    elif facts.is_hdr:
        changes.append(_("it is HDR, which this ffmpeg cannot convert to SDR: its colors are pale."))
    return changes


def _sound_changes(facts: Facts) -> list[str]:
    return (
        [_("{channels} channels were mixed to stereo.").format(channels=facts.channels)] if facts.channels > 2 else []
    )
