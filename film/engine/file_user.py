"""Which files of a project its film needs, and which of the film's own files nobody has used for long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from film.engine.proxies import proxy_folder
from film.models import CutRevision, Export, ProjectCut
from film.render.cache import SegmentCache
from film.render.proxy import sha256_of_proxy
from projects.actions.file_uses import CacheFile
from projects.models import Asset, Project


class FilmFiles:
    """A `projects.actions.file_uses.FileUser`: cuts with all their versions, and exports that have not ended."""

    def assets_in_use(self, project: Project) -> set[UUID]:
        """Return the files to which any version of the cut is pinned, and those of unfinished exports.

        The film of a project that was deleted needs nothing.
        """
        if project.trashed_at:
            return set()
        revisions = CutRevision.objects.filter(project=project).values_list("document", flat=True)
        used = {key for document in revisions.iterator(100) for key in _pinned(document)}
        return {UUID(key) for key in used | _in_exports(project)}

    def needs_now(self, asset: Asset) -> bool:
        """Return whether an export that has not ended has the file in its film."""
        return str(asset.pk) in _in_exports(asset.scene.project)

    def note_on_deletion(self, asset: Asset) -> str:
        """Tell whether the cut as it is now is pinned to the file."""
        cut = ProjectCut.objects.filter(project=asset.scene.project).select_related("revision").first()
        is_pinned = cut and cut.revision and str(asset.pk) in _pinned(cut.revision.document)
        return _("The cut uses it, and goes without it until you restore it.") if is_pinned else ""

    def old_cache_files(self, before: datetime, *, remove: bool) -> Iterator[CacheFile]:
        """Yield segments that no export has used since, and proxies of clips that no cut is pinned to."""
        data = Path(settings.DATA_DIR)
        for cache, is_kept in ((SegmentCache(data / "segments"), _never), (SegmentCache(proxy_folder()), _is_pinned)):
            for path, size in cache.unused_since(before.timestamp()):
                if not is_kept(path) and (not remove or cache.remove(path)):
                    yield CacheFile(path.relative_to(data).as_posix(), size)


def _in_exports(project: Project) -> set[str]:
    """Return the ids of the files of exports that have not ended."""
    exports = Export.objects.unfinished().filter(project=project)
    return {medium.asset for export in exports for medium in export.timeline.media}


def _pinned(document: dict[str, object]) -> Iterator[str]:
    """Yield the ids of the files that a stored cut names."""
    for name in ("clips", "sounds"):
        parts = document.get(name)
        for part in parts if isinstance(parts, list) else ():
            if part.get("assetId"):
                yield str(part["assetId"])


def _never(path: Path) -> bool:
    return False


def _is_pinned(path: Path) -> bool:
    """Return whether a proxy is of a clip to which a cut is pinned."""
    assets = Asset.objects.filter(sha256=sha256_of_proxy(path.name)).select_related("scene__project")
    files = FilmFiles()
    return any(asset.pk in files.assets_in_use(asset.scene.project) for asset in assets)
