"""The pictures that the takes of a batch begin with: shown on the preview, and exchanged there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from generation import references
from generation.actions.scene_pictures import ScenePictures
from generation.batches.plan import Plan
from generation.batches.row import Row
from generation.pages.picture_choice import PictureChoice, picture_choice
from projects.models import Asset, Project, Scene


@dataclass(frozen=True)
class PictureUse:
    """A picture that some takes of one scene begin with, and what may take its place in all of them."""

    scene: Scene
    takes: int
    picture: PictureChoice


def picture_uses(project: Project, plan: Plan) -> list[PictureUse]:
    """Return the first frames of a plan, in the order of its rows; files that come by an address are not among them."""
    uses: Counter[tuple[Scene, UUID]] = Counter()
    for item in plan.items:
        if picture := references.frame_id(item.parameters, "first"):
            uses[item.scene, picture] += 1
    pictures = ScenePictures(list({scene.pk: scene for scene, _ in uses}.values()))
    files = _pictures(project, [picture for _, picture in uses])
    return [
        PictureUse(scene, takes, _choice(scene, files[picture], pictures.of(scene)))
        for (scene, picture), takes in uses.items()
        if picture in files
    ]


def replace_pictures(project: Project, rows: Sequence[Row], data: Mapping[str, str]) -> list[Row]:
    """Return the rows with the pictures that were chosen on the preview, as its form sends them.

    What is no picture of the project is left out: the row keeps the one that it has.
    """
    chosen = {name: references.asset_id(f"{references.PREFIX}{value}") for name, value in data.items()}
    pictures = _pictures(project, [picture for name, picture in chosen.items() if picture and name.startswith("use-")])
    return [_with_picture(row, chosen, pictures) for row in rows]


def _with_picture(row: Row, chosen: Mapping[str, UUID | None], pictures: Mapping[UUID, Asset]) -> Row:
    first = references.frame_id(row.values, "first")
    wanted = chosen.get(_field(row.values.get("scene"), first)) if first else None
    if first is None or wanted is None or wanted == first or wanted not in pictures:
        return row
    return replace(row, values=references.with_first_frame(row.values, wanted))


def _choice(scene: Scene, picture: Asset, pictures: Sequence[Asset]) -> PictureChoice:
    offered = pictures if picture in pictures else [picture, *pictures]
    return picture_choice(_field(scene.folder_name, picture.pk), scene.name, offered, picture.pk, picture)


def _field(scene: object, picture: UUID) -> str:
    """Return the name of the field for the picture that takes its place in the rows of a scene."""
    return f"use-{scene}-{picture}"


def _pictures(project: Project, keys: Sequence[UUID]) -> dict[UUID, Asset]:
    images = Asset.objects.filter(kind=Asset.Kind.IMAGE, trashed_at=None, scene__project=project)
    return images.select_related("scene__project").in_bulk(list(keys))
