"""Merge the progress of a job that changes several times within a moment."""

from __future__ import annotations

import time

from generation.live.sockets import Message

MERGE_SECONDS = 0.1


class ProgressThrottle:
    """Holds back progress that follows within MERGE_SECONDS on another message of its job; the newest is kept."""

    def __init__(self) -> None:
        self._held_back: dict[str, Message] = {}
        self._sent_at: dict[str, float] = {}

    def pass_on(self, message: Message) -> list[Message]:
        """Return what to send now: nothing for progress that is held back.

        Any other message is sent at once, after the progress that was held back for its job.
        """
        job_id = message["data"]["jobId"]
        is_progress = message["type"].endswith("_generation_progress")
        if is_progress and time.monotonic() - self._sent_at.get(job_id, 0.0) < MERGE_SECONDS:
            self._held_back[job_id] = message
            return []
        # newer progress replaces what was held back; an end does not, since progress must not go missing
        held_back = self._held_back.pop(job_id, None)
        return [message] if is_progress or held_back is None else [held_back, message]

    def release(self) -> list[Message]:
        """Return what was held back. Call it every MERGE_SECONDS."""
        messages = list(self._held_back.values())
        self._held_back.clear()
        # older ones do not hold anything back any more, and would pile up
        self._sent_at.clear()
        return messages

    def note_sent(self, message: Message) -> None:
        """Note that a message of a job is sent now."""
        self._sent_at[message["data"]["jobId"]] = time.monotonic()
