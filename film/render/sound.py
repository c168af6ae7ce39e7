"""The sound of pieces and of lanes, each decoded once to raw samples of exactly the right number.

All positions come from frames by `Rate.samples()`, from the start of the film, so that nothing drifts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from film.document.rate import Rate
from film.document.timeline import TimelineSound
from film.render.cache import SegmentCache
from film.render.facts import Facts
from film.render.keys import lane_key, sound_key
from film.render.plan import Piece, Plan, Source
from film.render.process import Control, run_ffmpeg

SAMPLE_RATE = 48_000
BYTES_PER_SAMPLE = 8
"""Two channels of 32 bits: a gain may go over full scale and come back later."""
SUFFIX = ".pcm"
RAW = ("-f", "f32le", "-ar", str(SAMPLE_RATE), "-ac", "2")


@dataclass(frozen=True)
class Placed:
    """Raw samples at their place in the file, in samples."""

    start: int
    samples: int
    path: Path

    @property
    def end(self) -> int:
        """The sample after the last."""
        return self.start + self.samples


@dataclass(frozen=True)
class Decoder:
    """Decodes sound into the cache."""

    cache: SegmentCache
    rate: Rate
    folder: Path
    facts: Mapping[str, Facts]
    control: Control

    def piece(self, piece: Piece) -> Placed | None:
        """Return the takes' own sound of a piece; None for silence."""
        if not any(self._is_heard(source) for source in piece.sources):
            return None
        start, end = self.rate.samples(piece.start), self.rate.samples(piece.end)
        begin = self.rate.samples(piece.start - piece.offset)
        whole = self.rate.samples(piece.start - piece.offset + piece.source.frames) - begin
        key = sound_key(piece, end - start, whole if piece.into else 0, start - begin)

        def make(target: Path) -> None:
            self._decode_piece(piece, end - start, whole, start - begin, target)

        return Placed(start, end - start, self.cache.get(key, SUFFIX, make))

    def lane(self, sound: TimelineSound, plan: Plan) -> Placed | None:
        """Return a sound of a lane with its gain and fades, cut to what is exported; None when it is not heard."""
        facts = self.facts.get(sound.medium.path)
        whole = plan.place(sound.start), plan.place(sound.end)
        first, last = max(whole[0], plan.lead), min(whole[1], plan.frames)
        if first >= last or not facts or not facts.has_sound:
            return None
        start, end = self.rate.samples(first), self.rate.samples(last)
        begin, stop = (self.rate.samples(frame) for frame in whole)
        values = {
            "sha256": sound.medium.sha256,
            "in": self.rate.samples(sound.start_in),
            "whole": stop - begin,
            "skipped": start - begin,
            "samples": end - start,
            "gain": sound.gain,
            "fades": (self.rate.samples(sound.fade_in), self.rate.samples(sound.fade_out)),
        }

        def make(target: Path) -> None:
            filters = [_part(self.rate.samples(sound.start_in), stop - begin), *_gain(sound.gain)]
            filters += _fades(stop - begin, *values["fades"])  # type: ignore[misc]
            filters += [_exactly(start - begin, end - start)]
            self._run([*self._input(sound.medium.path)], f"[0:a:0]{','.join(filters)}[out]", target)

        return Placed(start, end - start, self.cache.get(lane_key(**values), SUFFIX, make))

    def _is_heard(self, source: Source) -> bool:
        if not source.is_recording or source.medium is None or source.mute:
            return False
        facts = self.facts.get(source.medium.path)
        return bool(facts and facts.has_sound)

    def _decode_piece(self, piece: Piece, samples: int, whole: int, skipped: int, target: Path) -> None:
        heard = [source for source in piece.sources if self._is_heard(source)]
        inputs = [part for source in heard if source.medium for part in self._input(source.medium.path)]
        length = whole if piece.into else samples
        chains = []
        for index, source in enumerate(heard):
            filters = [_part(self.rate.samples(source.start_in), length), *_gain(source.gain)]
            if piece.into:
                # one gets softer while the other gets louder, together as loud as each
                filters.append(f"afade=type={'out' if source is piece.source else 'in'}:nb_samples={length}")
            chains.append(f"[{index}:a:0]{','.join(filters)}[s{index}]")
        names = "".join(f"[s{index}]" for index in range(len(heard)))
        exact = _exactly(skipped if piece.into else 0, samples)
        graph = ";".join([*chains, f"{names}amix=inputs={len(heard)}:normalize=0,{exact}[out]"])
        self._run(inputs, graph, target)

    def _input(self, path: str) -> list[str]:
        reader = self.facts[path].reader
        return ["-protocol_whitelist", "file,pipe", "-f", reader, "-i", f"file:{self.folder / path}"]

    def _run(self, inputs: list[str], graph: str, target: Path) -> None:
        run_ffmpeg([*inputs, "-filter_complex", graph, "-map", "[out]", *RAW, f"file:{target}"], self.control)


def _part(first: int, samples: int) -> str:
    """Return the filters that give so many samples from `first` on, in stereo; silence where the file has none."""
    return (
        f"aresample={SAMPLE_RATE}:async=1:first_pts=0,aformat=sample_fmts=flt:channel_layouts=stereo,"
        f"atrim=start_sample={first}:end_sample={first + samples},asetpts=N/SR/TB,apad=whole_len={samples}"
    )


def _exactly(skipped: int, samples: int) -> str:
    return f"atrim=start_sample={skipped}:end_sample={skipped + samples},asetpts=N/SR/TB,apad=whole_len={samples}"


def _gain(gain: float) -> list[str]:
    return [f"volume={gain:.3f}dB"] if gain else []


def _fades(samples: int, fade_in: int, fade_out: int) -> list[str]:
    filters = [f"afade=type=in:nb_samples={fade_in}"] if fade_in else []
    if fade_out:
        filters.append(f"afade=type=out:start_sample={max(samples - fade_out, 0)}:nb_samples={fade_out}")
    return filters
