"""A finished take in another scene of its film, too: a take of its own there, for 0 credits."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from generation.actions.job_request import next_number
from generation.engine import claims, holders, queues
from generation.engine.claims import Claim
from generation.engine.output_files import OutputUnavailable, output_files
from generation.engine.reuse import ReuseAttempt
from generation.models import GenerationJob, JobEvent, JobInput
from generation.models.status import Status
from projects.models import Scene
from projects.problems import conflict, wrong_field


def copy_take(user: User, source: GenerationJob, scene: Scene) -> GenerationJob:
    """Return a new take of `scene` with the files and the request of a finished one; nothing is sent or charged.

    Problem 409 where the take is not finished or its files are gone, 422 for its own scene or one of another film.
    """
    if scene.project_id != source.project_id or scene.pk == source.scene_id:
        raise wrong_field("scene", _("Choose another scene of this film."))
    if source.status != Status.COMPLETED:
        raise conflict(_("Only a finished take can be copied."), "unfinished")
    copy = _new_row(user, source, scene)
    attempt = ReuseAttempt(Claim(copy, copy.claimed_by))
    try:
        files = output_files(source)
        # linked before the transaction begins, which a copy of gigabytes would hold up
        with attempt.linked_files(files) as parts, transaction.atomic():
            _create(copy, source)
            attempt.complete_from(source, files, parts)
    except OutputUnavailable as error:
        raise conflict(_("The take cannot be copied. {error}").format(error=error), "file_missing") from error
    queues.nudge_on_commit("check", str(copy.pk))
    return copy


def _new_row(user: User, source: GenerationJob, scene: Scene) -> GenerationJob:
    return GenerationJob(
        project=scene.project,
        scene=scene,
        created_by=user,
        kind=source.kind,
        makes=source.makes,
        model=source.model,
        parameters=source.parameters,
        cache_key=source.cache_key,
        credits_estimated=0,
        # nobody sees it before it is completed, in the same transaction
        claimed_by=holders.new_token(),
        claim_expires_at=timezone.now() + claims.LEASE,
    )


def _create(copy: GenerationJob, source: GenerationJob) -> None:
    copy.take = next_number(copy.scene, source.output_kind)
    copy.save(force_insert=True)
    copy.record_credits("Requested.", new=True)
    rows = source.input_rows.values_list("asset", "place")
    JobInput.objects.bulk_create(JobInput(job=copy, asset_id=asset, place=place) for asset, place in rows)
    name = gettext_noop("take {take} of {name}").format(take=source.take, name=source.scene.name)
    copy.add_event(
        JobEvent.Kind.MOVE,
        gettext_noop("Copied from {name} by {created_by}.").format(name=name, created_by=copy.created_by),
        status=Status.QUEUED,
    )
