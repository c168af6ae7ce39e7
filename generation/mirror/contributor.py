"""The answers of this app to the projects app, which knows no jobs: `projects.mirror.contributions`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from generation.mirror import activity, foreign, moved, restore, scene_files
from generation.models import Batch, GenerationJob, Mark, QualityReport, SavedPrompt
from generation.money import prices
from projects.mirror.contributions import ProjectCredits, ProjectWork, RestoredJobs, SceneActivity, SceneFiles
from projects.models import Asset, Project, Scene


class JobContributor:
    """A `projects.mirror.contributions.Contributor` over the rows of generation jobs."""

    def scene_files(self, scenes: Sequence[Scene], newest: int | None = None) -> Mapping[int, SceneFiles]:
        """Return the requests, the finished files and their records of each scene, by scene id."""
        return scene_files.load(scenes, newest)

    def restore_jobs(self, scene: Scene, folder: Path, data: Mapping[str, Any], notes: list[str]) -> RestoredJobs:
        """Bring the jobs of a scene up to its scene.json, and to the records of its files."""
        return restore.restore_jobs(scene, folder, data, notes)

    def jobs_elsewhere(self, scene: Scene, ids: Iterable[UUID]) -> set[str]:
        """Return the ids of those jobs that have a row in another scene of the project."""
        jobs = GenerationJob.objects.filter(pk__in=list(ids), project=scene.project).exclude(scene=scene)
        return {str(key) for key in jobs.values_list("pk", flat=True)}

    def follow_asset(self, asset: Asset, before: Scene) -> None:
        """Let a finished job follow its file to another scene."""
        moved.follow_asset(asset, before)

    def adopted_requests(self, generation: object) -> dict[str, Any]:
        """Return the requests of another studio's scene.json, as they may count here."""
        return foreign.adopted_requests(generation)

    def adopted_record(self, record: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the record of another studio's job, as it may count here."""
        return foreign.adopted_record(record)

    def has_any(self, keys: Sequence[UUID]) -> bool:
        """Return whether one of these ids is that of a job, a batch or a prompt here."""
        return any(model.objects.filter(pk__in=keys).exists() for model in (GenerationJob, Batch, SavedPrompt))

    def finish_rebuild(self) -> None:
        """Learn the prices again from the bills of the restored jobs."""
        prices.rebuild()

    def is_busy(self, row: Project | Scene | Asset) -> bool:
        """Return whether an unfinished job belongs to the project or scene, or needs the file."""
        # a file may be an input of a job in any scene of the project
        if isinstance(row, Asset):
            return GenerationJob.objects.unfinished().filter(input_rows__asset=row).exists()
        if isinstance(row, Scene):
            return GenerationJob.objects.unfinished().filter(scene=row).exists()
        return GenerationJob.objects.unfinished().filter(project=row).exists()

    def scene_activity(self, project: Project, scenes: Iterable[int]) -> Mapping[int, SceneActivity]:
        """Return the unfinished takes and the newest take of each scene, by scene id."""
        return activity.scene_activity(project, scenes)

    def project_work(self, projects: Iterable[int]) -> Mapping[int, ProjectWork]:
        """Return what each project cost and how many jobs are unfinished, by project id."""
        return activity.project_work(projects)

    def project_credits(self, project: Project) -> ProjectCredits:
        """Return what a project cost, and what it may still cost."""
        return activity.project_credits(project)

    def rejected_before(self, moment: datetime) -> Exists:
        """Return the condition that the outer query's asset is a take that was rejected, and left alone since."""
        jobs = GenerationJob.objects.filter(mark=Mark.REJECTED, changed_at__lt=moment, asset=OuterRef("pk"))
        return Exists(jobs.exclude(finished_at=None).order_by())

    def assets_in_use(self, project: Project) -> set[UUID]:
        """Return the ids of chosen takes, and of the files that they or unfinished jobs were made of."""
        return activity.assets_in_use(project)

    def unwanted_takes(self) -> Exists:
        """Return the condition that the outer query's asset is a take that was rejected or has failed its check."""
        unwanted = Q(mark=Mark.REJECTED) | Q(quality__verdict=QualityReport.Verdict.FAIL)
        return Exists(GenerationJob.objects.filter(unwanted, asset=OuterRef("pk")).order_by())
