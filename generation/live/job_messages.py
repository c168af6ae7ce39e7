"""What sockets need of the database: topics with their projects, and jobs as messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.db.models import Q

from generation.access import job_for, jobs_of
from generation.live.sockets import JOB, STORYBOARD, VIEWERS, Message, Topic
from generation.models import GenerationJob, JobQuerySet
from generation.models.job_message import job_message
from projects.access import permissions


@database_sync_to_async
def find_topic(user: User, topic: Topic) -> tuple[Topic, str]:
    """Return the topic with its own id, and the slug of its project. Raise Problem 404 if the person may not see it.

    The own id: a client may name a job by Runway's task id.
    """
    if topic.kind == JOB:
        job = job_for(user, topic.id)
        return Topic(JOB, str(job.pk)), job.project.slug
    if topic.kind == VIEWERS:
        project_id, _, scene_id = topic.id.partition("/")
        scene = permissions.scene_for(user, project_id, scene_id)
        return Topic(VIEWERS, f"{scene.project.slug}/{scene.folder_name}"), scene.project.slug
    slug = permissions.project_for(user, topic.id).slug
    return Topic(topic.kind, slug), slug


@database_sync_to_async
def current_messages(topic: Topic) -> list[Message]:
    """Return the present state of a job, or of every unfinished job of a project."""
    # its page was rendered a moment ago, and fetches the cards again when it reconnects
    if topic.kind in (STORYBOARD, VIEWERS):
        return []
    jobs = GenerationJob.objects.with_related()
    if topic.kind == JOB:
        return _messages(jobs.filter(pk=topic.id))
    return _messages(jobs.unfinished().filter(project__slug=topic.id))


@database_sync_to_async
def unfinished_messages(user: User) -> list[Message]:
    """Return the present state of every unfinished job that the person may see."""
    return _messages(jobs_of(user).unfinished())


@database_sync_to_async
def changed_messages(job_ids: Sequence[str], project_ids: Sequence[str], since: datetime) -> list[Message]:
    """Return the state of those of the jobs, and of the projects' jobs, that have changed since then."""
    if not job_ids and not project_ids:
        return []
    subscribed = Q(pk__in=job_ids) | Q(project__slug__in=project_ids)
    # with two ends, of which the second is no limit: PostgreSQL takes one end for a third of all, without statistics
    lately = Q(changed_at__gte=since, changed_at__lte=since + timedelta(days=365))
    jobs = GenerationJob.objects.with_related().filter(subscribed, lately)
    return [job_message(job) for job in jobs.order_by("changed_at")]


@database_sync_to_async
def visible_project_ids(user: User) -> list[str]:
    """Return the slugs of the projects that the person may see."""
    return list(permissions.visible_to(user).values_list("slug", flat=True))


def _messages(jobs: JobQuerySet) -> list[Message]:
    return [job_message(job) for job in jobs.order_by("created_at")]
