"""What a format cannot carry of a film, one sentence each."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from film.document.timeline import Timeline, TimelineSound
from film.handover import edit
from film.handover.edl.writer import CHANNELS
from film.handover.fcp7.facts import MAX_GAIN
from film.handover.formats import Format
from projects.translation import gettext as _
from projects.translation import gettext_noop

_IGNORED = gettext_noop("stored in the file's metadata, which editing programs ignore")


def losses_of(film: Timeline, format: Format, handles: int | None = None) -> list[str]:
    """Return the sentences of the report for a film in a format."""
    return [*_SENTENCES[format](film), *_about_all(film, handles)]


def _about_all(film: Timeline, handles: int | None) -> Iterator[str]:
    left_out = len(film.clips) - len(edit.pieces(film))
    if left_out:
        yield _("Clips that lie wholly within two dissolves ({left_out}): left out.").format(left_out=left_out)
    cut = [clip for clip in film.clips if clip.medium and clip.out > (clip.medium.frames or clip.out)]
    if cut:
        yield _("Clips trimmed past the end of their files ({count}): shortened.").format(count=len(cut))
    if any(clip.fit == "blur" for clip in film.clips):
        yield _("Blurred borders: only Dailies draws them. Those clips get black bars.")
    if handles:
        yield _("Media are whole files, with at least {handles} frames of handles where a file has them.").format(
            handles=handles
        )
    yield from film.warnings


def _otio(film: Timeline) -> Iterator[str]:
    if film.captions:
        yield _("Captions ({count}): {ignored}. Import them as an SRT or VTT file.").format(
            count=len(film.captions), ignored=_(_IGNORED)
        )
    if film.titles:
        yield _("Titles ({count}): {ignored}.").format(count=len(film.titles), ignored=_(_IGNORED))
    if _has_levels(film):
        yield _("Gain, fades, and ducking: {ignored}.").format(ignored=_(_IGNORED))
    if _has_notes(film):
        yield _("Notes on clips: {ignored}.").format(ignored=_(_IGNORED))
    yield from _cards_as(film, _("named gaps"))
    if _has_other_fit(film):
        yield _("How clips fit the frame: {ignored}.").format(ignored=_(_IGNORED))
    yield from _loudness(film)


def _fcpxml(film: Timeline) -> Iterator[str]:
    yield from _cards_as(film, _("titles in the storyline"))
    yield from _ducking(film)
    if any(clip.gain or clip.mute for clip in film.clips if clip.medium and clip.medium.is_endless):
        yield _("Gain and mute on pictures: left out, since pictures have no sound.")
    yield from _loudness(film)


def _fcp7(film: Timeline) -> Iterator[str]:
    if film.captions:
        yield _("Captions ({count}): left out. Import them as an SRT or VTT file.").format(count=len(film.captions))
    yield from _cards_as(film, _("text generators"))
    if any(clip.kind == "gap" for clip in film.clips):
        yield _("Gaps: written as slugs.")
    if _has_other_fit(film):
        yield _("How clips fit the frame: the editing program's own setting applies.")
    if any(gain > MAX_GAIN for gain in [clip.gain for clip in film.clips] + [sound.gain for sound in film.sounds]):
        yield _("Gain over {max_gain:g} dB: written as {max_gain:g} dB.").format(max_gain=MAX_GAIN)
    yield from _ducking(film)
    yield from _loudness(film)


def _edl(film: Timeline) -> Iterator[str]:
    if film.captions:
        yield _("Captions ({count}): left out. Import them as an SRT or VTT file.").format(count=len(film.captions))
    if film.titles:
        yield _("Titles ({count}): left out.").format(count=len(film.titles))
    if any(edit.other_takes(clip) for clip in film.clips):
        yield _("Other takes of a scene: left out.")
    yield from _cards_as(film, _("black events with the scene's name"))
    if any(clip.kind == "still" for clip in film.clips):
        yield _("Pictures: written as clips. Have the editing program hold their only frame.")
    if _has_levels(film):
        yield _("Gain, fades, and ducking: left out.")
    if _has_other_fit(film):
        yield _("How clips fit the frame: left out.")
    if missing := len(film.sounds) - len(_in_channels(film)):
        yield _("Sounds that overlap others in their lane ({missing}): left out.").format(missing=missing)
    if film.rate.is_ntsc:
        yield _("Frame rate: set the editing program to {rate:.5g} fps, non-drop frame.").format(
            rate=float(film.rate.fps)
        )
    yield from _loudness(film)


def _in_channels(film: Timeline) -> list[TimelineSound]:
    """Return the sounds that have a place in the one channel of their lane."""
    tracks = [track for track in edit.sound_tracks(film) if track.number == 1 and track.lane in CHANNELS]
    return [sound for track in tracks for sound in track.sounds]


def _cards_as(film: Timeline, what: str) -> Iterator[str]:
    cards = sum(clip.kind == "card" for clip in film.clips)
    if cards:
        yield _("Cards of scenes without a take ({cards}): written as {what}.").format(cards=cards, what=what)


def _has_levels(film: Timeline) -> bool:
    sounds = any(each.gain or each.fade_in or each.fade_out or each.duck for each in film.sounds)
    return sounds or any(clip.gain for clip in film.clips)


def _has_notes(film: Timeline) -> bool:
    return any(clip.note for clip in film.clips)


def _has_other_fit(film: Timeline) -> bool:
    return any(clip.fit == "fill" for clip in film.clips if clip.medium)


def _ducking(film: Timeline) -> Iterator[str]:
    ducked = sum(sound.duck for sound in film.sounds)
    if ducked:
        yield _("Ducking under voices ({ducked}): left out. Set it in the editing program.").format(ducked=ducked)


def _loudness(film: Timeline) -> Iterator[str]:
    if film.clips or film.sounds:
        yield _("Loudness of {loudness} LUFS: set it in the editing program.").format(loudness=film.loudness)


_SENTENCES: dict[Format, Callable[[Timeline], Iterator[str]]] = {
    "otio": _otio,
    "fcpxml": _fcpxml,
    "fcp7": _fcp7,
    "edl": _edl,
}
