"""The chosen takes of a project as one zip, in the order of the film."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from projects.disk.zip_archive import zip_parts
from projects.models import Asset, Project
from projects.problems import conflict


def selected_takes(project: Project) -> Iterator[bytes]:
    """Return the bytes of a zip with the chosen file of each scene, named by its place in the film.

    Raise Problem 409 where none is chosen.
    """
    chosen = Asset.objects.filter(scene__project=project, scene__trashed_at=None, trashed_at=None, selected=True)
    assets = list(chosen.select_related("scene__project").order_by("scene__position", "scene__number", "file_name"))
    if not assets:
        raise conflict(_("No take is chosen yet."), "no_takes")
    return zip_parts((f"{number:03}-{_name(asset)}", asset.path) for number, asset in enumerate(assets, 1))


def _name(asset: Asset) -> str:
    return f"{asset.scene.folder_name}-{asset.file_name}"
