"""Time codes of EDLs as frames, counted with and without dropped numbers."""

from __future__ import annotations

from film.document.rate import Rate


def drops_numbers(rate: Rate) -> bool:
    """Return whether time code of this rate can drop numbers: at 29.97 and 59.94 frames a second."""
    return rate.is_ntsc and rate.nominal % 30 == 0


def frame_at(parts: tuple[str, ...], rate: Rate, *, is_dropped: bool) -> int:
    """Return the frame of hours, minutes, seconds and frames.

    Drop-frame time code leaves out the first two numbers of each minute (four at 59.94), but of each tenth (SMPTE
    ST 12-1). Raise ValueError for a time code that does not exist.
    """
    hours, minutes, seconds, frames = map(int, parts)
    dropped = rate.nominal // 15 if is_dropped else 0
    if minutes > 59 or seconds > 59 or frames >= rate.nominal or (minutes % 10 and not seconds and frames < dropped):
        raise ValueError("no such time code")
    total = hours * 60 + minutes
    return (total * 60 + seconds) * rate.nominal + frames - dropped * (total - total // 10)
