"""The socket `/ws/`: it checks who opens it, subscribes with the hub, and sends."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.utils.translation import gettext as _

from generation.live import frames, job_messages
from generation.live.credentials import Credentials, authenticate
from generation.live.frames import Frame
from generation.live.hub import hub
from generation.live.sent_jobs import SentJobs
from generation.live.sockets import EVERYTHING, FLOODING, SEND_TEXT, SIGNED_OUT, VIEWERS, Message, Topic
from projects.problems import Problem
from projects.web.limits import allows_frame

MAX_SUBSCRIPTIONS = 500


class JobConsumer(AsyncJsonWebsocketConsumer):
    """One socket: a `generation.live.sockets.Socket` for the hub."""

    credentials: Credentials

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subscriptions: dict[Topic, str] = {}
        self._sent = SentJobs()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer the frames of a socket one by one until it is closed.

        Channels would give each socket a channel in Redis, to which nobody sends here, and two tasks that wait.
        """
        self.scope, self.base_send = scope, send
        with suppress(StopConsumer):
            while True:
                await self.dispatch(await receive())

    async def connect(self) -> None:
        """Accept the socket, and close it again without credentials: only then the close code reaches the client."""
        await self.accept()
        credentials = await authenticate(self.scope)
        if credentials is None:
            await self.close(SIGNED_OUT)
            return
        if not allows_frame(credentials.user) or not hub.has_room_for(credentials.user):
            await self.close(FLOODING)
            return
        self.credentials = credentials
        # only now: a socket without credentials must never be among those that are sent to
        hub.join(self)

    async def disconnect(self, code: int) -> None:
        """Leave the hub."""
        hub.leave(self)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **_: Any) -> None:
        """Answer a frame of the client. One that is not understood is answered with an error."""
        if not hasattr(self, "credentials"):
            return  # sent before the client heard that it was refused
        if not allows_frame(self.credentials.user):
            await self.close_with(FLOODING)
            return
        data = frames.decode(text_data)
        try:
            await self._answer(frames.parse(data))
        except Problem as problem:
            await self._reply("error", {**frames.ids_in(data), "code": problem.code, "message": problem.message})

    async def send_message(self, message: Message, text: str) -> None:
        """Send a message, whose JSON is `text`, unless the client has this version of its job or a newer one."""
        if (following := self._sent.next_message(message)) is not None:
            await self._send_text(text if following is message else frames.encode(following))

    async def _send_text(self, text: str) -> None:
        # past Channels and Daphne, which take 40 µs for each of a thousand sockets
        if short_way := cast("Callable[[str], None] | None", self.scope.get(SEND_TEXT)):
            short_way(text)
        else:
            await self.send(text)

    async def close_with(self, code: int) -> None:
        """Close the socket with a close code."""
        # first, so that nothing is sent to it while it closes
        hub.leave(self)
        await self.close(code)

    async def _answer(self, frame: Frame) -> None:
        subscribes = frame.action == "subscribe"
        if frame.topic is None:
            await self._reply("pong", {})
        elif frame.topic == EVERYTHING:
            await (self._subscribe_to_all() if subscribes else self._unsubscribe_from_all())
        else:
            await (self._subscribe(frame.topic) if subscribes else self._unsubscribe(frame.topic))

    async def _subscribe(self, topic: Topic) -> None:
        # each costs memory in the hub, and a part of its query every few seconds
        if len(self.subscriptions) >= MAX_SUBSCRIPTIONS:
            message = _("One socket may have {max_subscriptions} subscriptions. Unsubscribe from some first.").format(
                max_subscriptions=MAX_SUBSCRIPTIONS
            )
            raise Problem(message, code="too_many_subscriptions", status=429)
        topic, project_id = await job_messages.find_topic(self.credentials.user, topic)
        # before the subscription: what this one sends itself while the state is read is not repeated
        sent_before = self._sent.versions()
        # subscribe first and send the state then, so that no change is missed between the two
        self.subscriptions[topic] = project_id
        hub.subscribe(self, topic)
        await self._reply("subscribed", {topic.kind: topic.id})
        if topic.kind == VIEWERS:
            await self._send_new(hub.viewers_message(topic.id))
        await self._send_state(await job_messages.current_messages(topic), sent_before)

    async def _unsubscribe(self, topic: Topic) -> None:
        self.subscriptions.pop(topic, None)
        hub.unsubscribe(self, topic)
        await self._reply("unsubscribed", {topic.kind: topic.id})

    async def _subscribe_to_all(self) -> None:
        """Subscribe to every project that the person may see, now and later."""
        user, sent_before = self.credentials.user, self._sent.versions()
        hub.subscribe_to_all(self, await job_messages.visible_project_ids(user))
        await self._reply("subscribed", {"all": True})
        await self._send_state(await job_messages.unfinished_messages(user), sent_before)

    async def _unsubscribe_from_all(self) -> None:
        hub.unsubscribe_from_all(self)
        await self._reply("unsubscribed", {"all": True})

    async def _send_state(self, messages: list[Message], sent_before: dict[str, int]) -> None:
        """Send the present state of jobs, also what an earlier subscription has sent already.

        `sent_before`: the versions sent before this subscription. A version that it has sent itself is not repeated.
        """
        for message in messages:
            job_id, version = message["data"]["jobId"], message["data"]["version"]
            if sent_before.get(job_id) == version and self._sent.is_newest(message):
                await self.send_json(message)
            else:
                await self._send_new(message)

    async def _send_new(self, message: Message) -> None:
        await self.send_message(message, frames.encode(message))

    async def _reply(self, message_type: str, data: dict[str, Any]) -> None:
        await self.send_json({"type": message_type, "data": data})
