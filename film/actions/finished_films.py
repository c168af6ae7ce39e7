"""What the disclosure sheet hears of films: `generation.provenance.films`."""

from __future__ import annotations

from film.models import Export
from film.models.export import EXPORTS
from generation.provenance.films import Film, Medium

MOST = 200
"""The newest; a sheet with more of them helps nobody."""


def finished_films(project_pk: int) -> list[Film]:
    """Return the newest finished exports of a project with the files that are in them."""
    columns = ("pk", "file_name", "sha256", "finished_at", "media")
    finished = Export.objects.filter(project_id=project_pk, status=Export.Status.COMPLETED).only(*columns)
    return [
        Film(
            str(export.pk),
            f"{EXPORTS}/{export.file_name}",
            export.sha256,
            export.finished_at,
            [Medium(each["assetId"], each["path"], each["sha256"]) for each in export.media],
        )
        for export in finished[:MOST]
    ]
