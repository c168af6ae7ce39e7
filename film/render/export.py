"""An export by its profile: a film, a preview, its sound, a contact sheet, or stills."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from film.document.cut import Caption
from film.document.timeline import Timeline, TimelineClip
from film.handover.captions import write_captions
from film.render import ffmpeg
from film.render.cache import SegmentCache
from film.render.children import Child, ask_child
from film.render.film import Render, Rendered, Request
from film.render.keys import RENDERER_VERSION
from film.render.options import check_options
from film.render.plan import Plan
from film.render.process import Control, run_ffmpeg
from film.render.profiles import PREVIEW_FPS
from projects.disk.room import is_out_of_room
from projects.problems import disk_full
from projects.translation import gettext as _

_WAV = ("-c:a", "pcm_s24le", "-f", "wav")


def export(request: Request, segments: Path, control: Control, max_bytes: int | None = None) -> Rendered:
    """Write the export to `request.target`, which may exist and be empty.

    Raise Problem for what cannot be exported, Cancelled, RenderFailed.
    """
    check_options(request.options, request.timeline)
    cache = SegmentCache(segments) if max_bytes is None else SegmentCache(segments, max_bytes)
    try:
        with cache, cache.work_folder() as work, Child() as child:
            render = Render(request, cache, child, work, control)
            _KINDS[request.profile.kind](render, request.target)
            control.check()
            return render.result
    except OSError as error:
        if is_out_of_room(error):
            raise disk_full() from error
        raise


def tool_versions() -> dict[str, Any]:
    """Return what the manifest says of the tools."""
    return {"ffmpeg": ffmpeg.version(), "renderer": RENDERER_VERSION}


def subtitles(timeline: Timeline, plan: Plan) -> str:
    """Return the captions of what is exported as SRT; empty where there are none."""
    places = [
        Caption(max(plan.place(caption.start), plan.lead), min(plan.place(caption.end), plan.frames), caption.text)
        for caption in timeline.captions
    ]
    shown = [caption for caption in places if caption.start < caption.end]
    return write_captions(shown, timeline.rate, "srt").decode() if shown else ""


def _film(render: Render, target: Path) -> None:
    render.film(target)


def _preview(render: Render, target: Path) -> None:
    """Write a small picture that moves, without sound."""
    film = render.work / "film.mp4"
    render.film(film, with_sound=False)
    small = f"fps={PREVIEW_FPS}"
    source = ["-i", f"file:{film}"]
    if render.profile.suffix == "webp":
        codec = ["-c:v", "libwebp_anim", "-q:v", "70", "-loop", "0", "-f", "webp"]
        run_ffmpeg([*source, "-vf", small, *codec, f"file:{target}"], render.control)
        return
    # in two passes: in one, ffmpeg keeps all pictures in memory until it has the colors
    palette = render.work / "palette.png"
    run_ffmpeg(
        [*source, "-vf", f"{small},palettegen=stats_mode=diff", "-update", "1", f"file:{palette}"], render.control
    )
    graph = f"[0:v]{small}[a];[a][1:v]paletteuse=dither=bayer:bayer_scale=4"
    run_ffmpeg([*source, "-i", f"file:{palette}", "-lavfi", graph, "-f", "gif", f"file:{target}"], render.control)


def _sound(render: Render, target: Path) -> None:
    """Write the sound alone; silence of the film's length where there is none."""
    mixed = render.mixed_sound()
    if mixed:
        render.encode_sound(mixed, _WAV, target)
        return
    render.result.report.append(_("The film has no sound: the file is silent."))
    silence = ["-f", "lavfi", "-i", "anullsrc=r=48000:cl=stereo", "-af", f"atrim=end_sample={render.samples}"]
    run_ffmpeg([*silence, *_WAV, f"file:{target}"], render.control)


def _sheet(render: Render, target: Path, layout: str = "contact_sheet") -> None:
    timeline = render.timeline
    title = f"{timeline.name} · {timeline.rate.timecode(timeline.length)}"
    clips = [_clip_entry(render, number, clip) for number, clip in _exported(render) if clip.kind != "gap"]
    values = {"target": str(target), "title": title, "clips": clips, "shape": _shape(render), "layout": layout}
    ask_child("contact_sheet", render.control, **values)


def _stills(render: Render, target: Path) -> None:
    clips = [_clip_entry(render, number, clip) for number, clip in _exported(render)]
    ask_child("stills", render.control, target=str(target), clips=clips, shape=_shape(render))


def _exported(render: Render) -> Iterator[tuple[int, TimelineClip]]:
    """Yield the clips that play in the exported part, with their numbers in the film."""
    plan = render.result.plan
    for number, clip in enumerate(render.timeline.clips, 1):
        if plan.lead < plan.place(clip.end) and plan.place(clip.start) < plan.frames:
            yield number, clip


def _shape(render: Render) -> list[int]:
    return [render.timeline.width, render.timeline.height]


def _clip_entry(render: Render, number: int, clip: TimelineClip) -> dict[str, Any]:
    """Return a clip as the child takes it."""
    rate, medium = render.timeline.rate, clip.medium
    is_there = medium is not None and medium.path in render.result.media
    kind = medium.kind if medium and is_there else "gap" if clip.kind == "gap" else "card"
    name = clip.scene_name or clip.scene or ("Black" if clip.kind == "gap" else "Clip")
    return {
        "kind": kind,
        "start": rate.timecode(clip.start),
        "note": clip.note,
        "path": str(render.request.folder / medium.path) if medium and is_there else "",
        "seconds": float(rate.seconds(clip.start_in + clip.length // 2)),
        "number": number,
        "name": name,
        "prompt": clip.prompt,
        "length": f"{float(rate.seconds(clip.length)):.1f} s",
        "file_name": f"{number:03}-{clip.scene or clip.kind}",
    }


_KINDS: Mapping[str, Callable[[Render, Path], None]] = {
    "film": _film,
    "preview": _preview,
    "sound": _sound,
    "sheet": _sheet,
    "storyboard": partial(_sheet, layout="storyboard"),
    "stills": _stills,
}
