"""The answers of this app to the projects app, which knows no jobs: `projects.mirror.contributions`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db.models import Exists, OuterRef

from generation.mirror import activity, restore, scene_files
from generation.models import GenerationJob, Mark
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

    def rejected_takes(self) -> Exists:
        """Return the condition that the outer query's asset is a take that a person has rejected."""
        return Exists(GenerationJob.objects.filter(asset=OuterRef("pk"), mark=Mark.REJECTED))
