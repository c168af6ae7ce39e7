"""What the projects app tells of changed folders: `projects.mirror.followers`."""

from __future__ import annotations

from film import mirror
from film.engine.proxies import request_missing


class CutFollower:
    """A `projects.mirror.followers.Follower` that keeps cut.otio in step with the scenes, and has proxies made."""

    def note_change(self, project_pk: int) -> None:
        """Note that the cut of a project may show something else now."""
        mirror.note_change(project_pk)

    def write_behind(self) -> int:
        """Write the cuts that are behind, and have proxies made of the clips that have arrived."""
        return mirror.write_behind(request_missing)
