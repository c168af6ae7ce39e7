"""Films for the tests of the hand-over: one with everything in it, and films at random."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from film.document.cut import Caption, Clip, ClipKind, Cut, Lane, Marker, Sound, Title, Transition
from film.document.rate import NAMES, Rate
from film.document.timeline import Medium, Timeline, TimelineClip, TimelineSound, longest_dissolve, place


def take(scene: int, number: int, frames: int = 120, width: int = 1280, height: int = 720) -> Medium:
    path = f"scene-{scene}/videos/take-{number:03}.mp4"
    return Medium(f"asset-{scene}-{number}", "video", path, f"{scene:032x}{number:032x}", frames, width, height, number)


def still(scene: int) -> Medium:
    return Medium(f"still-{scene}", "image", f"scene-{scene}/images/image-001.png", f"{scene:064x}", 0, 1024, 1024)


def recording(scene: int, name: str, frames: int = 240) -> Medium:
    return Medium(f"{name}-{scene}", "audio", f"scene-{scene}/audio/{name}-001.mp3", f"{name}{scene}", frames)


def shown(id: str, medium: Medium | None, start_in: int, out: int, dissolve: int = 0, **fields: Any) -> TimelineClip:
    kind: ClipKind = "card" if medium is None else "still" if medium.is_endless else "take"
    transition = Transition(dissolve) if dissolve else None
    return TimelineClip(id, fields.pop("kind", kind), 0, start_in, out, medium, transition=transition, **fields)


def film_of(clips: tuple[TimelineClip, ...], rate: str = "24", **fields: Any) -> Timeline:
    return Timeline("film-1", "Night Train", 7, Rate(rate), 1920, 1080, "fit", -14, clips=place(clips), **fields)


def full_film(rate: str = "24") -> Timeline:
    """A film with each kind of clip, sound on all lanes, dissolves, words and alternates."""
    kitchen: dict[str, Any] = {
        "scene": "scene-1",
        "scene_name": "Kitchen",
        "alternates": (take(1, 1), take(1, 2), take(1, 3, 30)),
    }
    clips = (
        shown("c1", take(1, 2), 5, 100, 24, note='Best <take> & "light"', gain=-3.5, **kitchen),
        shown("c2", take(2, 1, 90), 0, 90, 13, scene="scene-2", scene_name="Train, exterior", fit="fill"),
        shown("c3", None, 0, 72, 12, scene="scene-3", scene_name="Station", prompt="A station at night — fog", gain=2),
        shown("c4", still(4), 0, 72, 7, scene="scene-4", scene_name="Letter", note="Hold\nlonger"),
        shown("c5", None, 0, 24, kind="gap"),
        shown("c6", take(1, 2), 100, 120, is_pinned=True, mute=True, **kitchen),
        shown("c7", take(5, 1, 40), 1, 40, 1, scene="scene-5", scene_name="Ende ü", fit="blur"),
    )
    sounds = (
        TimelineSound("s1", "music", 0, 0, 200, recording(1, "music"), -12.0, 24, 48, True),
        TimelineSound("s2", "voice", 30, 10, 60, recording(2, "voice"), 3.25),
        TimelineSound("s3", "voice", 40, 0, 20, recording(3, "voice")),
        TimelineSound("s4", "effects", 150, 5, 25, take(2, 1, 90), 1.0),
        TimelineSound("s5", "effects", 390, 0, 60, recording(1, "door"), 15.0),
    )
    return film_of(
        clips,
        rate,
        sounds=sounds,
        captions=(Caption(30, 60, "Who's <there>?"), Caption(50, 80, "Two\nlines"), Caption(400, 410, "Late")),
        titles=(Title(0, 48, "Night Train", "top"), Title(24, 72, "A film"), Title(60, 90, "© 2026", "bottom")),
        markers=(Marker(12, "Look here"), Marker(12, "And here"), Marker(200, ""), Marker(500, "Behind the end")),
    )


def cut_of(film: Timeline) -> Cut:
    """The cut that plays as this film: clips that are not pinned follow their scenes."""
    return Cut(
        film.rate.name,
        film.width,
        film.height,
        film.fit,
        film.loudness,
        tuple(_clip(clip) for clip in film.clips),
        tuple(_sound(sound) for sound in film.sounds),
        film.captions,
        film.titles,
        film.markers,
    )


def _clip(clip: TimelineClip) -> Clip:
    asset = clip.medium.asset if clip.medium and (clip.is_pinned or not clip.scene) else None
    times = (clip.start_in, clip.out)
    return Clip(clip.id, clip.scene, asset, clip.kind, *times, clip.note, clip.transition, None, clip.gain, clip.mute)


def _sound(sound: TimelineSound) -> Sound:
    place_ = (sound.start, sound.start_in, sound.out, sound.gain, sound.fade_in, sound.fade_out, sound.duck)
    return Sound(sound.id, sound.lane, sound.medium.asset, *place_)


TEXTS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=20)
LANES: list[Lane] = ["voice", "music", "effects"]


@st.composite
def films(draw: st.DrawFn) -> Timeline:
    """Any film whose clips have at least two frames: one frame alone may lie within dissolves on both sides."""
    media: list[Medium | None] = [take(1, 1), take(1, 2, 37), take(2, 1, 500), still(3), None]
    clips: list[TimelineClip] = []
    for number in range(draw(st.integers(1, 8))):
        clips.append(_any_clip(draw, number, draw(st.sampled_from(media)), clips[-1] if clips else None))
    sounds = tuple(_any_sound(draw, number) for number in range(draw(st.integers(0, 5))))
    times = st.tuples(st.integers(0, 900), st.integers(1, 90), TEXTS)
    captions = tuple(Caption(start, start + length, text) for start, length, text in draw(st.lists(times, max_size=4)))
    titles = tuple(Title(start, start + length, text) for start, length, text in draw(st.lists(times, max_size=4)))
    markers = tuple(Marker(at, text) for at, _, text in draw(st.lists(times, max_size=4)))
    rate = draw(st.sampled_from(NAMES))
    return film_of(tuple(clips), rate, sounds=sounds, captions=captions, titles=titles, markers=markers)


def _any_clip(draw: st.DrawFn, number: int, medium: Medium | None, before: TimelineClip | None) -> TimelineClip:
    frames = medium.frames if medium and medium.frames else 200
    start_in = draw(st.integers(0, frames - 2)) if medium and medium.frames else 0
    out = draw(st.integers(start_in + 2, frames))
    kind = draw(st.sampled_from(["card", "gap"])) if medium is None else None
    fields: dict[str, Any] = {"scene": "scene-1", "scene_name": "One"} if kind != "gap" else {"kind": "gap"}
    clip = shown(f"clip{number}", medium, start_in, out, note=draw(TEXTS).strip() if kind != "gap" else "", **fields)
    room = longest_dissolve(before, clip)
    dissolve = draw(st.integers(0, room))
    return shown(f"clip{number}", medium, start_in, out, dissolve, note=clip.note, **fields)


def _any_sound(draw: st.DrawFn, number: int) -> TimelineSound:
    medium = recording(draw(st.integers(1, 2)), "voice")
    start_in = draw(st.integers(0, 200))
    length = draw(st.integers(1, medium.frames - start_in))
    fade_in = draw(st.integers(0, length))
    fade_out = draw(st.integers(0, length - fade_in))
    gain = draw(st.integers(-400, 110)) / 10
    lane, start = draw(st.sampled_from(LANES)), draw(st.integers(0, 900))
    return TimelineSound(f"sound{number}", lane, start, start_in, start_in + length, medium, gain, fade_in, fade_out)
