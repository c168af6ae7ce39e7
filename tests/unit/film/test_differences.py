"""Two states of a film in words."""

from __future__ import annotations

from dataclasses import replace

from film.document.cut import Caption, Marker, Transition
from film.document.differences import differences
from film.document.rate import Rate
from film.document.timeline import Timeline, TimelineClip, place
from tests.unit.film.handover_films import film_of, full_film, recording, shown, take


def film(*clips: TimelineClip) -> Timeline:
    return film_of(clips)


def clip(number: int, **fields: object) -> TimelineClip:
    return replace(
        shown(f"c{number}", take(number, 1), 0, 100, scene=f"scene-{number}", scene_name=f"Scene {number}"),
        **fields,  # type: ignore[arg-type]
    )


def test_the_same_film_has_no_differences() -> None:
    assert differences(full_film(), full_film()) == []


def test_trims_and_order() -> None:
    before = film(*(clip(number) for number in (1, 2, 3, 4, 5)))
    after = film(clip(1), clip(5), clip(2, out=88), clip(3, start_in=5, out=105), clip(4))
    assert differences(before, after) == [
        "Clip 5 (Scene 5) moved from 5 to 2.",
        "Clip 3 (Scene 2) is 12 frames shorter.",
        "Clip 4 (Scene 3) begins 5 frames later in its file.",
        "The film is 12 frames shorter.",
    ]


def test_new_and_removed_clips() -> None:
    assert differences(film(clip(1), clip(2)), film(clip(2), clip(3))) == [
        "Clip 1 (Scene 1) was removed.",
        "Clip 2 (Scene 3) is new.",
    ]


def test_what_a_clip_shows_and_how() -> None:
    after = clip(2, medium=take(2, 3), transition=Transition(12), fit="fill", gain=-6.0, mute=True, note="x")
    assert differences(film(clip(1), clip(2)), film_of(place((clip(1), after)))) == [
        "Clip 2 (Scene 2) shows take 3 instead of take 1.",
        "Clip 2 (Scene 2) begins with a dissolve of 12 frames instead of a cut.",
        "Clip 2 (Scene 2) is set to fill instead of fit.",
        "Clip 2 (Scene 2) has a gain of -6 dB instead of 0 dB.",
        "Clip 2 (Scene 2) is muted.",
        "Clip 2 (Scene 2) has a note.",
        "The film is 12 frames shorter.",
    ]
    assert differences(film(clip(1)), film(clip(1, is_pinned=True))) == ["Clip 1 (Scene 1) is pinned to its file."]


def test_sounds_words_and_settings() -> None:
    before = full_film()
    music, voice, *others = before.sounds
    sounds = (replace(music, start=1, gain=0.0, fade_in=0, duck=False), replace(voice, out=59), *others[1:])
    after = replace(
        before,
        sounds=(*sounds, replace(music, id="new", medium=recording(9, "rain"))),
        captions=(*before.captions[:2], Caption(0, 5, "New")),
        markers=(*before.markers, Marker(1), Marker(2)),
        titles=(),
        rate=Rate("25"),
        width=1080,
        loudness=-16,
        fit="fill",
    )
    assert differences(before, after) == [
        "The film has 25 frames a second instead of 24.",
        "The film is 1080 × 1080 instead of 1920 × 1080.",
        "Clips are set to fill instead of fit.",
        "The loudness is -16 LUFS instead of -14.",
        "Sound “voice-001.mp3” (voice) was removed.",
        "Sound “music-001.mp3” (music) begins 1 frame later.",
        "Sound “music-001.mp3” (music) has a gain of 0 dB instead of -12 dB.",
        "Sound “music-001.mp3” (music) has different fades.",
        "Sound “music-001.mp3” (music) is no longer ducked.",
        "Sound “voice-001.mp3” (voice) is 1 frame shorter.",
        "Sound “rain-001.mp3” (music) is new.",
        "1 caption is new.",
        "1 caption is no longer there.",
        "3 titles are no longer there.",
        "2 markers are new.",
    ]
