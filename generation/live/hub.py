"""The hub of a web process: it listens to what workers publish, and sends it to the sockets that subscribed to it.

A channel-layer group for each socket would cost ten times as much for each delivery. What the layer loses arrives some
seconds later, when the hub compares versions: one query for all that its sockets listen to.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from generation.live.background import BackgroundTasks
from generation.live.frames import encode
from generation.live.job_messages import changed_messages
from generation.live.progress_throttle import MERGE_SECONDS, ProgressThrottle
from generation.live.socket_rights import load_rights
from generation.live.sockets import (
    ACCESS_LOST,
    EVERYTHING,
    JOB,
    MEMBER_PROJECT,
    PROJECT,
    SIGNED_OUT,
    STORYBOARD,
    VIEWERS,
    Message,
    Socket,
    Topic,
)
from generation.live.subscriptions import Subscriptions
from generation.live.viewers import Viewers
from projects.live import publish
from projects.live.counters import set_gauge

logger = logging.getLogger("dailies.events")

COMPARE_SECONDS = 4.0
RECONNECT_SECONDS = 1.0
VIEWERS_SECONDS = 0.3
VIEWERS_MESSAGE = "scene_viewers"
SOCKETS = "sockets"
"""The gauge of open sockets, over all web processes."""
# of one web process: a tab has one
MAX_SOCKETS_OF_PERSON = 200
# clocks of several machines differ, and a commit is visible later than the time in its row
OVERLAP = timedelta(seconds=10)


class Hub:
    """The sockets of this process, what they subscribed to, and the tasks that serve them."""

    def __init__(self) -> None:
        self._sockets: set[Socket] = set()
        self._subscriptions = Subscriptions()
        self._throttle = ProgressThrottle()
        self._viewers = Viewers()
        self._process = uuid.uuid4().hex
        self.background = BackgroundTasks()
        self._compared_at = timezone.now()

    def has_room_for(self, user: User) -> bool:
        """Return whether this person may open one more socket here."""
        return sum(socket.credentials.user.pk == user.pk for socket in self._sockets) < MAX_SOCKETS_OF_PERSON

    def join(self, socket: Socket) -> None:
        """Add a socket. The first one of a process starts the tasks."""
        self._sockets.add(socket)
        if not self.background.are_running:
            self.background.start("listen", self._listen, 0)
            self.background.start("compare", self._compare, COMPARE_SECONDS)
            self.background.start("release", self._release_progress, MERGE_SECONDS)
            self.background.start("viewers", self.tell_viewers, VIEWERS_SECONDS)
            self.background.start("count", self._tell_count, COMPARE_SECONDS)

    def leave(self, socket: Socket) -> None:
        """Remove a socket and its subscriptions."""
        self._sockets.discard(socket)
        topics = set(self._subscriptions.topics_of(socket))
        self._subscriptions.remove(socket, topics)
        self._mark_viewers(topics)

    def subscribe(self, socket: Socket, topic: Topic) -> None:
        """Let the socket hear of a job, of a project's jobs, or of a storyboard."""
        self._subscriptions.add(socket, [topic])
        self._mark_viewers([topic])

    def unsubscribe(self, socket: Socket, topic: Topic) -> None:
        """End one subscription."""
        self._subscriptions.remove(socket, [topic])
        self._mark_viewers([topic])

    def subscribe_to_all(self, socket: Socket, project_ids: Iterable[str]) -> None:
        """Let the socket hear of all projects that the person may see; of later ones too, after the next round."""
        self._subscriptions.add(socket, [EVERYTHING, *(Topic(MEMBER_PROJECT, slug) for slug in project_ids)])

    def unsubscribe_from_all(self, socket: Socket) -> None:
        """End the subscription to all projects; those to single ones stay."""
        topics = self._subscriptions.topics_of(socket)
        kinds = (EVERYTHING.kind, MEMBER_PROJECT)
        self._subscriptions.remove(socket, [topic for topic in topics if topic.kind in kinds])

    async def receive(self, message: Message) -> None:
        """Send a published message to the sockets that subscribed to it."""
        if "jobId" in message["data"]:
            # several: progress that was held back goes before an end, so that none is missing
            for each in self._throttle.pass_on(message):
                await self._send_job_message(each)
        elif message["type"] == VIEWERS_MESSAGE:
            await self._note_viewers(**message["data"])
        else:
            await _send(self._subscriptions.sockets_of(*_topics_of(message)), message)

    async def _send_job_message(self, message: Message) -> None:
        data = message["data"]
        self._throttle.note_sent(message)
        job, slug = data["jobId"], data["projectId"]
        topics = (Topic(JOB, job), Topic(PROJECT, slug), Topic(MEMBER_PROJECT, slug))
        await _send(self._subscriptions.sockets_of(*topics), message)

    def viewers_message(self, scene: str) -> Message:
        """Return who looks at a scene, `film/scene-1`, for the browser."""
        people = {*self._viewers.people(scene), *self._own_viewers(scene)}
        project_id, _, scene_id = scene.partition("/")
        data = {"projectId": project_id, "sceneId": scene_id, "people": sorted(people)}
        return {"type": VIEWERS_MESSAGE, "data": data}

    async def tell_viewers(self) -> None:
        """Tell this and the other processes who of this one has come to a scene, or gone."""
        for scene in self._viewers.take_marked():
            data = {"scene": scene, "process": self._process, "names": self._own_viewers(scene)}
            message = {"type": VIEWERS_MESSAGE, "data": data}
            # here at once, also while Redis is away
            await self.receive(message)
            await publish.send_messages([message])

    def forget_silent_viewers(self) -> list[str]:
        """Forget the viewers of processes that have ended; return the scenes that they looked at."""
        return self._viewers.forget_silent(time.monotonic())

    async def _note_viewers(self, scene: str, process: str, names: list[str]) -> None:
        if self._viewers.tell(scene, process, names, time.monotonic()):
            await self._send_viewers(scene)

    async def _send_viewers(self, scene: str) -> None:
        await _send(self._subscriptions.sockets_of(Topic(VIEWERS, scene)), self.viewers_message(scene))

    def _own_viewers(self, scene: str) -> list[str]:
        sockets = self._subscriptions.sockets_of(Topic(VIEWERS, scene))
        return sorted({socket.credentials.user.get_username() for socket in sockets})

    def _mark_viewers(self, topics: Iterable[Topic]) -> None:
        self._viewers.mark(topic.id for topic in topics if topic.kind == VIEWERS)

    async def _listen(self) -> None:
        try:
            layer = publish.default_channel_layer()
            channel = await layer.new_channel()
            # a new channel each time: after an outage Redis does not know the old one
            await layer.group_add(publish.GROUP, channel)
            while True:
                await self._receive_published(await layer.receive(channel))
        except Exception:
            # Redis is away, or was restarted
            await asyncio.sleep(RECONNECT_SECONDS)
            raise

    async def _receive_published(self, event: dict[str, Any]) -> None:
        """Pass a message on; one that is not understood must not cost those behind it."""
        try:
            await self.receive(event["message"])
        except Exception:
            logger.exception("hub: a message was not understood")

    async def _tell_count(self) -> None:
        await asyncio.to_thread(set_gauge, SOCKETS, self._process, len(self._sockets))

    async def _release_progress(self) -> None:
        for message in self._throttle.release():
            await self._send_job_message(message)

    async def _compare(self) -> None:
        """Send what has changed since the last round; a socket drops the versions that its client has."""
        # `now` is taken before the query, so that the next round has what changes meanwhile
        since, now = self._compared_at - OVERLAP, timezone.now()
        jobs, projects = self._subscriptions.ids(JOB), self._subscriptions.ids(PROJECT, MEMBER_PROJECT)
        for message in await changed_messages(jobs, projects, since):
            await self._send_job_message(message)
        # only after the round: one that failed is made up for by the next
        self._compared_at = now
        await self._check_rights()
        # repeated, for processes that have just started and for messages that were lost
        self._viewers.mark(self._subscriptions.ids(VIEWERS))
        for scene in self.forget_silent_viewers():
            await self._send_viewers(scene)

    async def _check_rights(self) -> None:
        """Close the sockets whose credentials or projects are gone; add and remove projects of those with all."""
        # a copy, since sockets come and go while the rights are loaded
        sockets = list(self._sockets)
        if not sockets:
            return
        # all at once: a query for each of a thousand sockets would take longer than a round
        rights = await load_rights([socket.credentials for socket in sockets])
        for socket in sockets:
            projects = rights.projects_of(socket.credentials)
            if not rights.are_valid(socket.credentials):
                await socket.close_with(SIGNED_OUT)
            elif not projects.issuperset(socket.subscriptions.values()):
                await socket.close_with(ACCESS_LOST)
            elif EVERYTHING in self._subscriptions.topics_of(socket):
                # without a pause in between, so that no message is missed
                self.unsubscribe_from_all(socket)
                self.subscribe_to_all(socket, projects)


def _topics_of(message: Message) -> list[Topic]:
    """Return who hears of a change that is not a job's: of a storyboard, a pause, a cut or an export."""
    project_id = message["data"]["projectId"]
    if message["type"] == "storyboard_changed":
        return [Topic(STORYBOARD, project_id)]
    if not project_id:
        return [EVERYTHING]
    # of a pause hears who asked for everything: their page shows all queues
    pause = message["type"] == "pauses_changed"
    return [Topic(MEMBER_PROJECT, project_id), *([] if pause else [Topic(PROJECT, project_id)])]


async def _send(sockets: Iterable[Socket], message: Message) -> None:
    # once for all of them
    text = encode(message)
    # one at a time: sending only puts the frame into the queue of the connection
    for socket in list(sockets):
        try:
            await socket.send_message(message, text)
        except Exception as error:
            # the socket is closing, and its consumer will leave
            logger.debug("socket not sent to: %s", error)


hub = Hub()
