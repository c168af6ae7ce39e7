"""In a migration of its own: PostgreSQL does not fill a table and change it in one transaction."""

from django.db import migrations

HOLDING = ("queued", "submitting", "pending", "throttled", "running", "downloading", "unconfirmed")


def enter_jobs(apps, schema_editor):
    """Jobs from before the ledger: what is held for them, or what they have cost, so that the sums agree."""
    entries = apps.get_model("generation", "LedgerEntry").objects
    known = apps.get_model("generation", "GenerationJob").objects.select_related("project", "scene", "created_by")
    batch = []
    for job in known.order_by("created_at", "id").iterator(1000):
        batch += [entries.model(**line) for line in lines_of(job)]
        if len(batch) >= 1000:
            entries.bulk_create(batch)
            batch = []
    entries.bulk_create(batch)


def lines_of(job):
    held = job.status in HOLDING or (job.status == "failed" and job.clip_may_come)
    estimated, charged = job.credits_estimated, job.credits_charged
    found = []
    if estimated:
        found.append(("estimate", estimated, job.created_at))
    if charged is None and held and estimated:
        found.append(("reservation", estimated, job.created_at))
    if charged:
        found.append(("charge", charged, job.finished_at or job.changed_at))
    for kind, credits, at in found:
        yield {
            "kind": kind,
            "credits": credits,
            "at": at,
            "day": at.date(),
            "reason": "From before the ledger was kept.",
            "job": job,
            "model": job.model,
            "project_id": job.project_id,
            "scene_id": job.scene_id,
            "person_id": job.created_by_id,
            "project_name": job.project.name,
            "scene_name": job.scene.name,
            "person_name": job.created_by.username if job.created_by else "",
        }


class Migration(migrations.Migration):

    dependencies = [('generation', '0002_ledger')]

    operations = [migrations.RunPython(enter_jobs, migrations.RunPython.noop)]
