"""Ours: a real RQ worker on the poll queue, with N rows at Runway, on SQLite and a Redis of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from datetime import timedelta
from pathlib import Path

URL, FOLDER, COUNT = sys.argv[1], sys.argv[2], int(sys.argv[3])
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "DATA_DIR": FOLDER,
    "PROJECTS_ROOT": "",
    "DATABASE_URL": "",
    "REDIS_URL": "",
    "RUNWAY_API_URL": URL,
    "RUNWAY_API_KEY": "key_test",
    "RUNWAY_POLL_SECONDS": "5",
}

import django  # noqa: E402

django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from config.studio import redis as studio_redis  # noqa: E402
from generation.engine import queues  # noqa: E402
from generation.models import GenerationJob  # noqa: E402
from generation.models.status import Status  # noqa: E402
from projects import actions  # noqa: E402


def make_jobs() -> None:
    """As they stand after their submits: spread over the five seconds, those of one second together."""
    scene = actions.create_scene(actions.create_project(User.objects.create(username="owner"), "Bench"))
    now = timezone.now()
    GenerationJob.objects.bulk_create(
        GenerationJob(
            project=scene.project,
            scene=scene,
            model="gen4_turbo",
            take=number,
            status=Status.RUNNING,
            running_at=now,
            runway_task_id=str(uuid.uuid4()),
            due_at=now + timedelta(seconds=5 * number // COUNT),
        )
        for number in range(COUNT)
    )


def main() -> None:
    call_command("migrate", verbosity=0)
    with subprocess.Popen(studio_redis.create_child(Path(FOLDER)).command) as server:
        try:
            make_jobs()
            while not queues.is_redis_up():
                time.sleep(0.05)
            queues.nudge("poll")
            print("polling", flush=True)
            call_command("rqworker", "poll", serializer="rq.serializers.JSONSerializer", verbosity=0)
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
