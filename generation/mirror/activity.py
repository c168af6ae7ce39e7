"""What goes on in scenes and projects, for the storyboard and the wall of projects."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import OuterRef, Subquery

from generation.models import GenerationJob, JobInput
from generation.models.status import UNFINISHED
from generation.money.totals import CreditTotals, totals_of_projects
from projects.mirror.contributions import ProjectCredits, ProjectWork, SceneActivity
from projects.models import Asset, Project, Scene


def scene_activity(project: Project, scenes: Iterable[int]) -> dict[int, SceneActivity]:
    """Return the progress of unfinished takes, and the newest take with its status, by scene id; one query."""
    # without an order, which SQLite refuses in a part of a union
    takes = GenerationJob.objects.takes().order_by()
    newest = takes.filter(scene=OuterRef("pk")).order_by("-take").values("pk")[:1]
    newest_of_scenes = Scene.objects.filter(pk__in=list(scenes)).order_by().annotate(newest=Subquery(newest))
    columns = ("scene_id", "take", "status", "progress")
    unfinished = takes.filter(project=project).unfinished().values_list(*columns)
    # two questions with an index each; one with OR would look at every take of the project. The second by keys alone:
    # beside any other condition SQLite would look for the keys in all of the project's takes, without statistics
    keys = newest_of_scenes.values("newest")
    rows = unfinished.union(GenerationJob.objects.order_by().filter(pk__in=keys).values_list(*columns))
    by_scene: defaultdict[int, list[tuple[int, str, int]]] = defaultdict(list)
    for scene, take, status, progress in rows:
        by_scene[scene].append((take, status, progress))
    return {scene: _activity(takes) for scene, takes in by_scene.items()}


def _activity(takes: list[tuple[int, str, int]]) -> SceneActivity:
    """Sum up a scene; `takes` are number, status and progress of its unfinished takes and of the newest."""
    progress = tuple(percent for _, status, percent in takes if status in UNFINISHED)
    number, status, _ = max(takes)
    return SceneActivity(progress, number, status)


def project_work(projects: Iterable[int]) -> dict[int, ProjectWork]:
    """Return what was charged and how many jobs are unfinished, by project id."""
    keys = list(projects)
    totals, unfinished = totals_of_projects(keys), _count_unfinished(keys)
    return {key: ProjectWork(totals.get(key, CreditTotals()).spent, unfinished[key]) for key in keys}


def _count_unfinished(projects: Collection[int]) -> Counter[int]:
    # counted here: grouped by project, SQLite would walk all jobs by an index of projects
    keys = GenerationJob.objects.unfinished().order_by().values_list("project_id", flat=True)
    return Counter(key for key in keys if key in projects)


def assets_in_use(project: Project) -> set[UUID]:
    """Return the ids of chosen takes, and of the files that they or unfinished jobs were made of."""
    chosen = Asset.objects.filter(
        scene__project=project,
        selected=True,
        trashed_at=None,
        scene__trashed_at=None,
        scene__project__trashed_at=None,
    ).order_by()
    # two questions with an index each
    of_chosen = JobInput.objects.filter(job__asset__in=chosen)
    of_unfinished = JobInput.objects.filter(job__in=GenerationJob.objects.unfinished().filter(project=project))
    outputs = GenerationJob.objects.unfinished().filter(project=project, asset__isnull=False).order_by()
    used = set(chosen.values_list("pk", flat=True)) | set(outputs.values_list("asset", flat=True))
    for rows in (of_chosen, of_unfinished):
        used |= set(rows.order_by().values_list("asset", flat=True))
    return {key for key in used if key}


def project_credits(project: Project) -> ProjectCredits:
    """Return what was charged for a project, and what may still be charged."""
    totals = totals_of_projects([project.pk]).get(project.pk, CreditTotals())
    return ProjectCredits(totals.spent, totals.held)
