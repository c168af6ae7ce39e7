"""What a socket has sent of each job."""

from __future__ import annotations

from generation.live.sockets import Message
from generation.models.status import ENDED


class SentJobs:
    """The newest version of each job that was sent, and the end that the client heard of."""

    def __init__(self) -> None:
        self._versions: dict[str, int] = {}
        self._ends: dict[str, str] = {}

    def versions(self) -> dict[str, int]:
        """Return the versions that were sent so far, by job."""
        return self._versions.copy()

    def is_newest(self, message: Message) -> bool:
        """Return whether the client has exactly this version of the job."""
        return bool(self._versions.get(message["data"]["jobId"]) == message["data"]["version"])

    def next_message(self, message: Message) -> Message | None:
        """Return the message as it is to be sent; None if the client has this version or a newer one.

        A change after an end, such as a report or a mark, is sent as progress: the end itself is sent once.
        """
        data = message["data"]
        if "jobId" not in data:
            return message
        job_id, version, status = data["jobId"], data["version"], data["status"]
        # messages come by two ways, from Redis and from the comparison, and may overtake each other
        if version <= self._versions.get(job_id, 0):
            return None
        self._versions[job_id] = version
        # a retry at no cost takes a failed job out of its end, so that a second end is sent as one
        previous_end = self._ends.pop(job_id, None)
        if status not in ENDED:
            return message
        self._ends[job_id] = status
        return _as_progress(message) if previous_end == status else message


def _as_progress(message: Message) -> Message:
    return message | {"type": message["type"].rpartition("_")[0] + "_progress"}
