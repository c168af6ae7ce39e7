"""The one dict of a cut: for the API, for the page, and for whoever made a change."""

from __future__ import annotations

from typing import Any

from film.document.timeline import Timeline, TimelineClip, TimelineSound


def cut_dict(timeline: Timeline) -> dict[str, Any]:
    """Return a cut as the JSON API gives it, which a PUT takes back."""
    return {
        "version": timeline.version,
        "automatic": timeline.automatic,
        "rate": timeline.rate.name,
        "width": timeline.width,
        "height": timeline.height,
        "fit": timeline.fit,
        "loudness": timeline.loudness,
        "clips": [clip_dict(clip, timeline) for clip in timeline.clips],
        "sounds": [sound_dict(sound) for sound in timeline.sounds],
        "captions": [{"start": each.start, "end": each.end, "text": each.text} for each in timeline.captions],
        "titles": [
            {"start": each.start, "end": each.end, "text": each.text, "place": each.place} for each in timeline.titles
        ],
        "markers": [{"at": each.at, "text": each.text} for each in timeline.markers],
        "length": timeline.length,
        "warnings": list(timeline.warnings),
    }


def clip_dict(clip: TimelineClip, timeline: Timeline) -> dict[str, Any]:
    """Return one clip: `shows` is the id of the file that it shows now, `assetId` that of the one it is pinned to."""
    shows = clip.medium.asset if clip.medium else None
    transition = clip.transition
    return {
        "id": clip.id,
        "sceneId": clip.scene,
        "sceneName": clip.scene_name,
        "assetId": shows if clip.is_pinned else None,
        "shows": shows,
        "kind": clip.kind,
        "start": clip.start,
        "in": clip.start_in,
        "out": clip.out,
        "note": clip.note,
        "transition": {"kind": transition.kind, "frames": transition.frames} if transition else None,
        "fit": clip.fit if clip.fit != timeline.fit else None,
        "gainDb": clip.gain,
        "mute": clip.mute,
    }


def sound_dict(sound: TimelineSound) -> dict[str, Any]:
    """Return one sound."""
    return {
        "id": sound.id,
        "lane": sound.lane,
        "assetId": sound.medium.asset,
        "start": sound.start,
        "in": sound.start_in,
        "out": sound.out,
        "gainDb": sound.gain,
        "fadeIn": sound.fade_in,
        "fadeOut": sound.fade_out,
        "duck": sound.duck,
    }
