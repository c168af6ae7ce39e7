"""The filters of ffmpeg that turn a medium into a picture of the film, with exactly so many frames."""

from __future__ import annotations

from film.document.cut import Fit
from film.document.rate import Rate
from film.render import ffmpeg
from film.render.facts import Facts
from film.render.plan import Source

_TO_SDR = (
    "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=tonemap=hable:desat=0,"
    "zscale=t=bt709:m=bt709:r=tv,format=yuv420p"
)
# a frame before the first one that is wanted is decoded at most this many seconds earlier
_SEEK_SECONDS = 4


def can_tone_map() -> bool:
    """Return whether HDR can be shown on an ordinary screen as it is meant."""
    return ffmpeg.has_filter("zscale") and ffmpeg.has_filter("tonemap")


def seek_frames(source: Source, rate: Rate) -> int:
    """Return where reading begins, in frames: a whole number of seconds of the time code, which is exact in µs."""
    step = rate.nominal
    return max(source.start_in // step - _SEEK_SECONDS, 0) * step


def seek_arguments(source: Source, rate: Rate) -> list[str]:
    """Return the input options with which reading begins shortly before the first frame that is wanted."""
    frames = seek_frames(source, rate)
    return ["-ss", f"{float(rate.seconds(frames)):.6f}"] if frames else []


def source_filters(source: Source, facts: Facts | None, size: tuple[int, int], rate: Rate, pixel_format: str) -> str:
    """Return the filters for one input: rate, exact frames, size, and colors."""
    parts = [_frames(source, rate)] if source.is_recording else []
    if facts and facts.assumed_matrix:
        parts.append(f"setparams=colorspace={facts.assumed_matrix}")
    if facts and facts.is_hdr and can_tone_map():
        parts.append(_TO_SDR)
    parts.append(_fitted(source.fit, size, is_square=facts is None or facts.is_square))
    parts.append(f"format={pixel_format},setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv")
    if not source.is_recording:
        # one picture, fitted once, for so many frames
        parts.append(f"loop=loop=-1:size=1,setpts=N,trim=end_frame={source.frames}")
    return ",".join([*parts, f"settb={1 / rate.fps}"])


def _frames(source: Source, rate: Rate) -> str:
    """Return the filters that give exactly the source's frames: a medium that ends early stays at its last."""
    fps, first = rate.fps, source.start_in - seek_frames(source, rate)
    return (
        f"fps=fps={fps}:start_time=0:round=near,trim=start_frame={first}:end_frame={first + source.frames},"
        f"setpts=PTS-STARTPTS,tpad=stop={source.frames}:stop_mode=clone,trim=end_frame={source.frames}"
    )


def _fitted(fit: Fit, size: tuple[int, int], *, is_square: bool) -> str:
    width, height = size
    square = "setsar=1" if is_square else "scale=w=trunc(iw*sar/2+0.5)*2:h=ih,setsar=1"
    matrix = "out_color_matrix=bt709:out_range=tv:flags=bicubic"
    inside = f"scale={width}:{height}:force_original_aspect_ratio=decrease:force_divisible_by=2:{matrix}"
    outside = f"scale={width}:{height}:force_original_aspect_ratio=increase:force_divisible_by=2:{matrix}"
    if fit == "fill":
        return f"{square},{outside},crop={width}:{height},setsar=1"
    if fit == "blur":
        # the ground is blurred at an eighth of the size, which costs a sixtieth
        small = f"scale={max(width // 8, 2)}:{max(height // 8, 2)},gblur=sigma=4,scale={width}:{height}:flags=bilinear"
        return (
            f"{square},split[back][front];[back]{outside},crop={width}:{height},{small}[ground];"
            f"[front]{inside}[middle];[ground][middle]overlay=(W-w)/2:(H-h)/2,setsar=1"
        )
    return f"{square},{inside},pad={width}:{height}:(ow-iw)/2:(oh-ih)/2,setsar=1"


def dissolve_filters(total: int, offset: int, frames: int, rate: Rate) -> str:
    """Return the filters that dissolve `[a]` into `[b]`, and show `frames` of them from `offset` on."""
    seconds = f"{float(rate.seconds(total)):.6f}"
    return (
        f"[a][b]xfade=transition=fade:duration={seconds}:offset=0,"
        f"trim=start_frame={offset}:end_frame={offset + frames},setpts=PTS-STARTPTS,"
        f"tpad=stop={frames}:stop_mode=clone,trim=end_frame={frames}"
    )
