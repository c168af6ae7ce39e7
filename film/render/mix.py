"""The sound of the whole film: layers of placed samples, ducking, and loudness by two passes."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from film.render.process import Control, RenderFailed, run_ffmpeg
from film.render.sound import BYTES_PER_SAMPLE, RAW, SAMPLE_RATE, Placed
from projects.translation import gettext as _

# dBTP: below the promised -1, since AAC may go over the samples that it was given
TRUE_PEAK = -1.5
TOLERANCE = 0.3
"""In LU."""
# of music under a voice: from -34 dB on it is pressed to an eighth, within a tenth of a second, and comes back slowly
_DUCKING = "sidechaincompress=threshold=0.02:ratio=8:attack=80:release=600"
_CORRECTIONS = 4
_COPY_BYTES = 1024 * 1024
# below this nothing is there to be made louder
_SILENCE = -69.0


@dataclass(frozen=True)
class Tracks:
    """What is heard: the sound of takes and voices, music that gets softer under it, and everything else."""

    speech: Sequence[Placed]
    ducked: Sequence[Placed]
    other: Sequence[Placed]

    @property
    def is_silent(self) -> bool:
        """Whether there is nothing to be heard."""
        return not (self.speech or self.ducked or self.other)


@dataclass(frozen=True)
class Loudness:
    """What was measured: in LUFS over all, and the true peak in dB."""

    integrated: float
    peak: float

    @property
    def is_silent(self) -> bool:
        """Whether it is too soft or too short to be measured."""
        return not math.isfinite(self.integrated) or self.integrated < _SILENCE


def mix(tracks: Tracks, samples: int, work: Path, control: Control) -> Path:
    """Write all tracks as one raw file of exactly `samples`, and return its path."""
    inputs: list[str] = []
    names: dict[str, str] = {}
    for name, placed in (("speech", tracks.speech), ("ducked", tracks.ducked), ("other", tracks.other)):
        paths = _write_layers(placed, samples, work / name)
        names[name] = "".join(f"[{len(inputs) // 8 + index}:a:0]" for index in range(len(paths)))
        for path in paths:
            inputs += [*RAW, "-i", f"file:{path}"]
    target = work / "mix.pcm"
    end = f"apad=whole_len={samples},atrim=end_sample={samples}"
    graph = f"{_graph(names)},{end}[out]"
    run_ffmpeg([*inputs, "-filter_complex", graph, "-map", "[out]", *RAW, f"file:{target}"], control)
    return target


def _graph(names: dict[str, str]) -> str:
    """Return the graph up to the sum of all; each of `names` has the labels of the layers of one kind."""
    chains, heard = [], []
    for name, labels in names.items():
        if labels:
            chains.append(f"{labels}amix=inputs={labels.count('[')}:normalize=0[{name}]")
            heard.append(name)
    if {"speech", "ducked"} <= set(heard):
        chains.append(f"[speech]asplit[voice][key];[ducked][key]{_DUCKING}[music]")
        heard = ["voice", "music", *(name for name in heard if name == "other")]
    labels = "".join(f"[{name}]" for name in heard)
    return ";".join([*chains, f"{labels}amix=inputs={len(heard)}:normalize=0"])


def _write_layers(placed: Iterable[Placed], samples: int, stem: Path) -> list[Path]:
    """Write sounds that do not overlap into one file each, with holes for silence; return the files."""
    layers: list[tuple[int, list[Placed]]] = []
    for sound in sorted(placed, key=lambda each: each.start):
        for index, (end, sounds) in enumerate(layers):
            if end <= sound.start:
                layers[index] = (sound.end, [*sounds, sound])
                break
        else:
            layers.append((sound.end, [sound]))
    paths = []
    for number, (_layer, sounds) in enumerate(layers):
        path = stem.with_name(f"{stem.name}-{number}.pcm")
        _write_layer(path, sounds, samples)
        paths.append(path)
    return paths


def _write_layer(path: Path, sounds: list[Placed], samples: int) -> None:
    with path.open("wb") as file:
        for sound in sounds:
            file.seek(sound.start * BYTES_PER_SAMPLE)
            with sound.path.open("rb") as source:
                while chunk := source.read(_COPY_BYTES):
                    file.write(chunk)
        file.truncate(samples * BYTES_PER_SAMPLE)


def measure(path: Path, control: Control, filters: str = "anull") -> Loudness:
    """Return the loudness of raw samples behind some filters: the first of the two passes."""
    graph = f"{filters},loudnorm=print_format=json"
    text = run_ffmpeg([*RAW, "-i", f"file:{path}", "-af", graph, "-f", "null", "-"], control)
    try:
        report = json.loads(text[text.rindex("{") : text.rindex("}") + 1])
        return Loudness(float(report["input_i"]), float(report["input_tp"]))
    except (ValueError, KeyError) as error:
        raise RenderFailed(_("the loudness was not measured: {error}").format(error=error)) from error


def loudness_filters(path: Path, target: int, control: Control) -> tuple[str, str]:
    """Return the filters that bring raw samples to a loudness, and a sentence for the report; empty for silence.

    One gain for the whole film, as loudnorm's linear pass gives it, where the peaks allow it. Where they do not, they
    are limited, and the gain is corrected until the measured loudness is right.
    """
    first = measure(path, control)
    if first.is_silent:
        return "anull", _("The sound is too soft or too short for its loudness to be measured. It was left as it is.")
    gain = target - first.integrated
    if first.peak + gain <= TRUE_PEAK:
        return f"volume={gain:.2f}dB", ""
    for _round in range(_CORRECTIONS):
        filters = _limited(gain)
        reached = measure(path, control, filters)
        if abs(reached.integrated - target) <= TOLERANCE:
            break
        gain += target - reached.integrated
    # told only where a listener could hear it
    return filters, _(
        "Peaks were limited so that the film is at {target} LUFS with a true peak of at most -1 dBTP."
    ).format(target=target)


def _limited(gain: float) -> str:
    """Return a gain with a limiter, at four times the rate, where the peaks between samples are samples."""
    ceiling = 10 ** ((TRUE_PEAK - 0.5) / 20)
    limiter = f"alimiter=limit={ceiling:.4f}:attack=5:release=80:level=0:latency=1"
    return f"volume={gain:.2f}dB,aresample={4 * SAMPLE_RATE},{limiter},aresample={SAMPLE_RATE}"


def encode(path: Path, filters: str, samples: int, codec: Sequence[str], target: Path, control: Control) -> None:
    """Write the film's sound: the second pass."""
    exact = f"{filters},aformat=sample_rates={SAMPLE_RATE}:channel_layouts=stereo,apad=whole_len={samples}"
    graph = f"{exact},atrim=end_sample={samples}"
    fixed = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact"]
    run_ffmpeg([*RAW, "-i", f"file:{path}", "-af", graph, *codec, *fixed, f"file:{target}"], control)
