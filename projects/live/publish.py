"""The one publisher: a change of a job or of a storyboard goes to the group that every web process listens to.

A loop of its own, in a thread of its own, keeps one connection to Redis; a loop per message would open one each.
What cannot be published is logged and left to the hub's comparison of versions.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import threading
from collections.abc import Sequence
from functools import cache
from typing import Any

import redis.exceptions
from channels.layers import BaseChannelLayer, get_channel_layer
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from projects.models import Project, Scene

logger = logging.getLogger("dailies.events")

GROUP = "jobs"
PUBLISH_SECONDS = 2.0


def publish(messages: Sequence[dict[str, Any]]) -> None:
    """Send messages (`{"type", "data"}`, as the socket tells them), in order; a Redis that is away does not raise."""
    try:
        asyncio.run_coroutine_threadsafe(_send(messages), _loop()).result(PUBLISH_SECONDS)
    except (redis.exceptions.RedisError, OSError, concurrent.futures.TimeoutError) as error:
        logger.warning("publish messages=%d not sent: %s", len(messages), error or type(error).__name__)


def publish_on_commit(messages: Sequence[dict[str, Any]]) -> None:
    """Within the transaction that changed what is told; nothing of it can fail the caller."""

    # an inner function: Django 5.2 cannot log a failing functools.partial
    def tell() -> None:
        publish(messages)

    transaction.on_commit(tell, robust=True)


async def _send(messages: Sequence[dict[str, Any]]) -> None:
    layer = channel_layer()
    for message in messages:
        await layer.group_send(GROUP, {"type": "job.changed", "message": message})


def storyboard_changed(project: Project, scene: Scene | None = None) -> None:
    """Within the transaction that changed it: one scene's card, or without a scene the order or the number of all.

    Only sockets that asked for the storyboard hear of it.
    """
    data = {"projectId": project.slug, "sceneId": scene.folder_name if scene else None}
    publish_on_commit([{"type": "storyboard_changed", "data": data}])


def channel_layer() -> BaseChannelLayer:
    layer = get_channel_layer()
    if layer is None:
        raise ImproperlyConfigured("CHANNEL_LAYERS needs a default.")
    return layer


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="publish", daemon=True).start()
    return loop
