"""The pictures of scenes, and which of them a new take would begin with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from uuid import UUID

from generation.models import JobInput
from generation.runway import catalog
from projects.models import Asset, Scene


class ScenePictures:
    """The pictures of some scenes, read in two queries, however many scenes there are."""

    def __init__(self, scenes: Sequence[Scene]) -> None:
        self._scenes = scenes

    def of(self, scene: Scene) -> list[Asset]:
        """Return the pictures of a scene, the oldest first."""
        return self._pictures.get(scene.pk, [])

    def proposed(self, scene: Scene) -> Asset | None:
        """Return the picture that the scene's last take begins with, else its newest; None without any."""
        pictures = self.of(scene)
        last_used = self._last_used.get(scene.pk)
        return next((picture for picture in pictures if picture.pk == last_used), pictures[-1] if pictures else None)

    @cached_property
    def _pictures(self) -> dict[int, list[Asset]]:
        pictures: defaultdict[int, list[Asset]] = defaultdict(list)
        rows = Asset.objects.filter(scene__in=self._scenes, kind=Asset.Kind.IMAGE, trashed_at=None)
        for picture in rows.select_related("scene__project").order_by("created_at", "id"):
            pictures[picture.scene_id].append(picture)
        return pictures

    @cached_property
    def _last_used(self) -> dict[int, UUID]:
        """Return the first frame of the newest take of each scene that had one."""
        frames = JobInput.objects.filter(
            place__in=JobInput.FIRST_FRAME, job__scene__in=self._scenes, job__kind=catalog.DEFAULT_KIND
        )
        return dict(frames.order_by("job__take").values_list("job__scene_id", "asset_id"))
