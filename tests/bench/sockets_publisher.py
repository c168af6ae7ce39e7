"""Publishes a change of each job once a second, evenly spread, and prints job, version and time of each.

The time is that of the monotonic clock, which all processes of a machine share.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"

import django

django.setup()

import redis  # noqa: E402

from generation.models import GenerationJob  # noqa: E402
from generation.models.job_message import job_message  # noqa: E402
from projects.live import publish  # noqa: E402

Message = dict[str, Any]
BARE = "BARE_REDIS"
"""Where the bare server listens; without it the studio's own way is taken."""


def main(seconds: int, job_ids: list[str]) -> None:
    bare = os.environ.get(BARE, "")
    messages = _bare_messages(job_ids) if bare else _messages(job_ids)
    send = _bare_sender(bare) if bare else publish.publish_messages
    send([])  # the line to Redis is there before anything is timed
    due, lines = time.monotonic(), []
    for _ in range(seconds):
        for message in messages:
            due += 1 / len(messages)
            time.sleep(max(due - time.monotonic(), 0))
            message["data"]["version"] += 1
            lines.append(f"{message['data']['jobId']} {message['data']['version']} {time.monotonic()}")
            send([message])
    print("\n".join(lines))


def _messages(job_ids: list[str]) -> list[Message]:
    jobs = GenerationJob.objects.with_related().filter(pk__in=job_ids)
    return [job_message(job) | {"type": "video_generation_progress"} for job in jobs]


def _bare_messages(job_ids: list[str]) -> list[Message]:
    data = {"projectId": "bench", "sceneId": "scene-1", "progress": 50, "status": "running", "version": 1}
    return [{"type": "video_generation_progress", "data": {"jobId": job, **data}} for job in job_ids]


def _bare_sender(url: str) -> Callable[[list[Message]], object]:
    client = redis.Redis.from_url(url)
    client.ping()
    return lambda messages: [client.publish("bench", json.dumps(message)) for message in messages]


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
