"""The heartbeat of a forked process: a moment in memory that the studio shares with it.

A process that hangs (stopped, swapped out, a blocked event loop) is not dead, so nobody would start it again. The
studio kills whoever has not beaten for `HUNG_SECONDS`.
"""

from __future__ import annotations

import mmap
import struct
import threading
import time

BEAT_SECONDS = 1.0
# longer than a claim and a lease last, so that others have taken over what it held
HUNG_SECONDS = 18.0
# from then on it is told that it hangs
LATE_SECONDS = 6.0
_MOMENT = struct.Struct("d")


class Heartbeat:
    """The moment of the last beat, in seconds of the monotonic clock; forks see and set the same one."""

    def __init__(self) -> None:
        """Share memory with forks that are made from now on."""
        self._memory = mmap.mmap(-1, _MOMENT.size)
        self.beat()

    def beat(self) -> None:
        """Note that the process is well."""
        _MOMENT.pack_into(self._memory, 0, time.monotonic())

    @property
    def age(self) -> float:
        """The seconds since the last beat."""
        return float(time.monotonic() - _MOMENT.unpack_from(self._memory)[0])

    def beat_in_thread(self) -> None:
        """Beat for as long as this process runs at all; what its main thread does may take an hour."""
        threading.Thread(target=self._beat_forever, name="heartbeat", daemon=True).start()

    def _beat_forever(self) -> None:
        while True:
            self.beat()
            time.sleep(BEAT_SECONDS)


heartbeat: Heartbeat | None = None
"""That of this process, where the studio has forked it; the web server beats in its event loop."""
