"""One listener per web process: what workers publish goes to those local sockets that asked for it.

A channel-layer group per socket would cost ten times as much a delivery. Whatever the layer loses, the comparison
of versions brings within some seconds: one query for all that is watched here.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Protocol

from channels.db import database_sync_to_async
from django.db import DatabaseError
from django.db.models import Q
from django.utils import timezone

from generation.live import socket_permissions
from generation.live.socket_permissions import Credentials, Entitled
from generation.models import GenerationJob
from projects.live import publish

logger = logging.getLogger("dailies.events")

COMPARE_SECONDS = 4.0
MERGE_SECONDS = 0.1
LISTEN_AGAIN_SECONDS = 1.0
# clocks of several machines differ, and a commit comes later than its time
OVERLAP = timedelta(seconds=10)

SIGNED_OUT = 4401
NO_LONGER_ALLOWED = 4403

Message = dict[str, Any]


class Socket(Protocol):
    """What the hub needs of a consumer."""

    credentials: Credentials
    # the project of each subscription, by kind ("jobId", "projectId", "storyboardId") and id
    subscriptions: dict[tuple[str, str], str]

    async def tell(self, message: Message) -> None: ...

    async def dismiss(self, code: int) -> None: ...


class Hub:
    def __init__(self) -> None:
        self._jobs: defaultdict[str, set[Socket]] = defaultdict(set)
        self._projects: defaultdict[str, set[Socket]] = defaultdict(set)
        self._storyboards: defaultdict[str, set[Socket]] = defaultdict(set)
        # those that asked for everything that they may see, and by project, as they may now
        self._all: set[Socket] = set()
        self._members: defaultdict[str, set[Socket]] = defaultdict(set)
        self._sockets: set[Socket] = set()
        self._progress: dict[str, Message] = {}
        self._told_at: dict[str, float] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._compared_at = timezone.now()

    def join(self, socket: Socket) -> None:
        """The first socket of a process starts the listener."""
        self._sockets.add(socket)
        if not self._tasks:
            self._tasks = [asyncio.create_task(run()) for run in (self._listen, self._compare, self._flush)]

    def leave(self, socket: Socket) -> None:
        self._sockets.discard(socket)
        self.unwatch_all(socket)
        for watchers in (self._jobs, self._projects, self._storyboards):
            for key in [key for key, sockets in watchers.items() if socket in sockets]:
                self._drop(watchers, key, socket)

    def watch(self, socket: Socket, kind: str, key: str) -> None:
        self._watchers(kind)[key].add(socket)

    def unwatch(self, socket: Socket, kind: str, key: str) -> None:
        self._drop(self._watchers(kind), key, socket)

    def watch_all(self, socket: Socket, project_ids: Iterable[str]) -> None:
        """Every project that the person may see; those that they come to later too, within a round."""
        self._all.add(socket)
        for project_id in project_ids:
            self._members[project_id].add(socket)

    def unwatch_all(self, socket: Socket) -> None:
        self._all.discard(socket)
        for project_id in [project_id for project_id, sockets in self._members.items() if socket in sockets]:
            self._drop(self._members, project_id, socket)

    def _watchers(self, kind: str) -> defaultdict[str, set[Socket]]:
        return {"jobId": self._jobs, "projectId": self._projects, "storyboardId": self._storyboards}[kind]

    @staticmethod
    def _drop(watchers: defaultdict[str, set[Socket]], key: str, socket: Socket) -> None:
        watchers[key].discard(socket)
        if not watchers[key]:
            del watchers[key]

    async def _listen(self) -> None:
        while True:
            try:
                layer = publish.default_channel_layer()
                channel = await layer.new_channel()
                await layer.group_add(publish.GROUP, channel)
                while True:
                    await self._take((await layer.receive(channel))["message"])
            except Exception as error:
                logger.warning("hub listens again: %s", error or type(error).__name__)
                await asyncio.sleep(LISTEN_AGAIN_SECONDS)

    async def _take(self, message: Message) -> None:
        """Progress that comes soon after the last waits for its successor; all else goes at once, after what waited."""
        if "jobId" not in message["data"]:
            await _tell_all(self._watch_more_than_jobs(message), message)
            return
        job_id = message["data"]["jobId"]
        is_progress = message["type"].endswith("_generation_progress")
        if is_progress and time.monotonic() - self._told_at.get(job_id, 0.0) < MERGE_SECONDS:
            self._progress[job_id] = message
            return
        waiting = self._progress.pop(job_id, None)
        for each in filter(None, (None if is_progress else waiting, message)):
            await self._deliver(each)

    def _watch_more_than_jobs(self, message: Message) -> set[Socket]:
        """Whoever asked for a storyboard; of a pause those that asked for all and are members, of the studio's all."""
        project_id = message["data"]["projectId"]
        if message["type"] == "storyboard_changed":
            return self._storyboards.get(project_id, set())
        return self._members.get(project_id, set()) if project_id else self._all

    async def _flush(self) -> None:
        while True:
            await asyncio.sleep(MERGE_SECONDS)
            progress, self._progress = self._progress, {}
            self._told_at.clear()
            for message in progress.values():
                await self._deliver(message)

    async def _deliver(self, message: Message) -> None:
        data = message["data"]
        self._told_at[data["jobId"]] = time.monotonic()
        project_id = data["projectId"]
        of_project = self._projects.get(project_id, set()) | self._members.get(project_id, set())
        await _tell_all(self._jobs.get(data["jobId"], set()) | of_project, message)

    async def _compare(self) -> None:
        """What changed since the last round is told again; a socket drops what it knows already."""
        while True:
            await asyncio.sleep(COMPARE_SECONDS)
            try:
                since, now = self._compared_at - OVERLAP, timezone.now()
                for message in await _changed(list(self._jobs), [*self._projects, *self._members], since):
                    await self._deliver(message)
                self._compared_at = now
                await self._dismiss_the_unentitled()
            except (DatabaseError, OSError) as error:
                logger.warning("hub compares again: %s", error)

    async def _dismiss_the_unentitled(self) -> None:
        sockets = list(self._sockets)
        if not sockets:
            return
        entitled = await socket_permissions.of([socket.credentials for socket in sockets])
        self._follow_memberships(entitled)
        for socket in sockets:
            if not entitled.may_stay(socket.credentials):
                await socket.dismiss(SIGNED_OUT)
            elif not all(entitled.may_see(socket.credentials, project) for project in socket.subscriptions.values()):
                await socket.dismiss(NO_LONGER_ALLOWED)

    def _follow_memberships(self, entitled: Entitled) -> None:
        projects: defaultdict[int, list[str]] = defaultdict(list)
        for user, project_id in entitled.memberships:
            projects[user].append(project_id)
        self._members.clear()
        for socket in self._all:
            for project_id in projects[socket.credentials.user.pk]:
                self._members[project_id].add(socket)


async def _tell_all(sockets: Iterable[Socket], message: Message) -> None:
    for socket in list(sockets):
        try:
            await socket.tell(message)
        except Exception as error:
            # it closes at this moment: its consumer leaves by itself
            logger.debug("socket not told: %s", error)


@database_sync_to_async
def _changed(job_ids: list[str], project_ids: list[str], since: datetime) -> list[Message]:
    if not job_ids and not project_ids:
        return []
    watched = Q(pk__in=job_ids) | Q(project__slug__in=project_ids)
    jobs = GenerationJob.objects.with_related().filter(watched, changed_at__gte=since)
    return [job.as_message() for job in jobs.order_by("changed_at")]


hub = Hub()
