"""What goes on in scenes and projects, for the storyboard and the wall of projects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Count, OuterRef, Q, Subquery, Sum

from generation.models import GenerationJob
from generation.models.ledger import ZERO
from generation.models.status import UNFINISHED
from generation.money import job_credits
from projects.mirror.contributions import ProjectCredits, ProjectWork, SceneActivity
from projects.models import Project, Scene


def scene_activity(project: Project, scenes: Iterable[int]) -> dict[int, SceneActivity]:
    """Return the progress of unfinished takes, and the newest take with its status, by scene id; one query."""
    # without an order, which SQLite refuses in a part of a union
    takes = GenerationJob.objects.takes().filter(project=project).order_by()
    newest = takes.filter(scene=OuterRef("pk")).order_by("-take").values("pk")[:1]
    newest_of_scenes = Scene.objects.filter(pk__in=list(scenes)).order_by().annotate(newest=Subquery(newest))
    columns = ("scene_id", "take", "status", "progress")
    unfinished = takes.unfinished().values_list(*columns)
    # two questions with an index each; one with OR would look at every take of the project
    rows = unfinished.union(takes.filter(pk__in=newest_of_scenes.values("newest")).values_list(*columns))
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
    """Return what was charged and how many jobs are unfinished, by project id; the index `jobs_by_end` has it all."""
    rows = GenerationJob.objects.filter(project__in=list(projects)).order_by().values("project")
    # of the status, not of the key, which is not in the index
    unfinished = Count("status", filter=Q(status__in=UNFINISHED))
    rows = rows.annotate(spent=Sum("credits_charged"), unfinished=unfinished)
    return {row["project"]: ProjectWork(row["spent"] or ZERO, row["unfinished"]) for row in rows}


def project_credits(project: Project) -> ProjectCredits:
    """Return what was charged for a project, and what may still be charged."""
    credits = job_credits.add_up(GenerationJob.objects.filter(project=project))
    return ProjectCredits(credits.spent, credits.held)
