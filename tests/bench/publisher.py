"""A worker's part of the way to the page: publishes progress of one job, and says when it did, line by line."""

from __future__ import annotations

import os
import sys
import time

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"

import django

django.setup()

from generation.models import GenerationJob  # noqa: E402
from generation.models.job_message import job_message  # noqa: E402
from projects.live import publish  # noqa: E402

PAUSE_SECONDS = 0.3


def main(job_id: str, count: int) -> None:
    job = GenerationJob.objects.with_related().get(pk=job_id)
    publish.publish_messages([])  # its loop and its line to Redis are there before anything is timed
    for progress in range(1, count + 1):
        job.progress, job.version = progress, job.version + 1
        message = job_message(job)
        print(progress, time.time(), flush=True)
        publish.publish_messages([message])
        time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
