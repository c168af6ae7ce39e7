"""The one publisher: a change of a job or of a storyboard is sent to the group that every web process listens to.

One event loop in a thread of its own keeps one connection to Redis open; a loop per message would open one each.
What cannot be sent is logged. A job's change then reaches the browsers when the hub compares versions; a change of a
storyboard or of a pause shows when the page's socket reconnects, or the page is loaded again.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import threading
import time
from collections.abc import Sequence
from functools import cache
from typing import Any

import redis.exceptions
from channels.layers import BaseChannelLayer, get_channel_layer
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from projects.live.outage import Outage
from projects.models import Project, Scene

logger = logging.getLogger("dailies.events")

GROUP = "jobs"
PUBLISH_SECONDS = 2.0
_outage = Outage()


def publish_messages(messages: Sequence[dict[str, Any]]) -> None:
    """Send messages, `{"type": …, "data": {…}}` as on the socket, in order. A Redis that is away does not raise."""
    if _outage.lasts:
        return
    began = time.monotonic()
    try:
        asyncio.run_coroutine_threadsafe(send_messages(messages), _loop()).result(PUBLISH_SECONDS)
    except (redis.exceptions.RedisError, OSError, concurrent.futures.TimeoutError) as error:
        _outage.note(began)
        logger.warning("publish messages=%d not sent: %s", len(messages), error or type(error).__name__)


def publish_on_commit(messages: Sequence[dict[str, Any]]) -> None:
    """Send messages after the commit of the present transaction. An error in it does not reach the caller."""

    # an inner function: Django 5.2 cannot log a failing functools.partial
    def publish() -> None:
        publish_messages(messages)

    transaction.on_commit(publish, robust=True)


def publish_storyboard_change(project: Project, scene: Scene | None = None) -> None:
    """Send, after the commit, that a scene's card has changed, or without a scene the order or number of all.

    It reaches only sockets that subscribed to the storyboard.
    """
    data = {"projectId": project.slug, "sceneId": scene.folder_name if scene else None}
    publish_on_commit([{"type": "storyboard_changed", "data": data}])


def default_channel_layer() -> BaseChannelLayer:
    """Return the channel layer of the settings. Raise ImproperlyConfigured without one."""
    layer = get_channel_layer()
    if layer is None:
        raise ImproperlyConfigured("CHANNEL_LAYERS needs a default.")
    return layer


async def send_messages(messages: Sequence[dict[str, Any]]) -> None:
    """Send messages in the caller's event loop. Raise what the channel layer raises."""
    layer = default_channel_layer()
    for message in messages:
        await layer.group_send(GROUP, {"type": "job.changed", "message": message})


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="publish", daemon=True).start()
    return loop
