"""Which sockets of a process hear of a message, and which progress is merged."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib.auth.models import User

from generation.live.background import BackgroundTasks
from generation.live.credentials import Credentials
from generation.live.hub import Hub
from generation.live.sockets import Topic
from projects.live import publish


@dataclass(eq=False)
class RecordingSocket:
    """A socket that records the projects of the messages it is sent."""

    credentials: Credentials = field(default_factory=lambda: Credentials(User()))
    subscriptions: dict[Topic, str] = field(default_factory=dict)
    projects: list[str | None] = field(default_factory=list)

    async def send_message(self, message: dict[str, Any], text: str) -> None:
        self.projects.append(message["data"]["projectId"])

    async def close_with(self, code: int) -> None:
        raise AssertionError


def test_members_hear_of_a_pause_and_everybody_of_the_studios() -> None:
    hub, member, other, of_jobs = Hub(), RecordingSocket(), RecordingSocket(), RecordingSocket()
    hub.subscribe_to_all(member, ["mine"])
    hub.subscribe_to_all(other, ["theirs"])
    # a subscription to a project's jobs is to nothing else
    hub.subscribe(of_jobs, Topic("projectId", "mine"))
    for project in ("mine", None):
        asyncio.run(hub.receive({"type": "pauses_changed", "data": {"projectId": project}}))
    assert (member.projects, other.projects, of_jobs.projects) == (["mine", None], [None], [])


def test_a_socket_that_left_hears_of_nothing() -> None:
    hub, socket = Hub(), RecordingSocket()
    hub.subscribe_to_all(socket, ["mine"])
    hub.subscribe(socket, Topic("storyboardId", "mine"))
    hub.unsubscribe_from_all(socket)
    asyncio.run(hub.receive({"type": "pauses_changed", "data": {"projectId": "mine"}}))
    assert socket.projects == []
    asyncio.run(hub.receive({"type": "storyboard_changed", "data": {"projectId": "mine", "sceneId": None}}))
    assert socket.projects == ["mine"]
    hub.leave(socket)
    asyncio.run(hub.receive({"type": "storyboard_changed", "data": {"projectId": "mine", "sceneId": None}}))
    assert socket.projects == ["mine"]


def test_who_looks_at_a_scene_is_told_to_those_who_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """By every process of its own sockets; it ends with the socket, and with a process that falls silent."""
    published: list[dict[str, Any]] = []
    told: dict[str, list[list[str]]] = {"ada": [], "ben": []}

    @dataclass(eq=False)
    class Viewer(RecordingSocket):
        async def send_message(self, message: dict[str, Any], text: str) -> None:
            told[self.credentials.user.username].append(message["data"]["people"])

    async def send_messages(messages: list[dict[str, Any]]) -> None:
        published.extend(messages)

    async def scenario() -> None:
        one, two, topic = Hub(), Hub(), Topic("viewersOf", "film/scene-1")
        ada, ben = (Viewer(Credentials(User(username=name))) for name in ("ada", "ben"))
        for hub, socket in ((one, ada), (two, ben), (one, Viewer(ada.credentials))):
            hub.subscribe(socket, topic)
            await hub.tell_viewers()
            for message in published:
                for each in (one, two):
                    await each.receive(message)
        assert one.viewers_message(topic.id)["data"]["people"] == ["ada", "ben"]
        published.clear()
        two.leave(ben)
        await two.tell_viewers()
        await one.receive(published[0])
        monkeypatch.setattr(time, "monotonic", lambda: 1e9)
        assert two.forget_silent_viewers() == [topic.id]

    monkeypatch.setattr(publish, "send_messages", send_messages)
    asyncio.run(scenario())
    # at the end she has two pages open
    assert told == {"ada": [["ada"], ["ada", "ben"], ["ada"], ["ada"]], "ben": [["ada", "ben"]]}


def test_progress_is_merged_and_an_end_is_sent_at_once() -> None:
    sent: list[tuple[str, int]] = []

    class Recorder(RecordingSocket):
        async def send_message(self, message: dict[str, Any], text: str) -> None:
            sent.append((message["type"].rpartition("_")[2], message["data"]["version"]))

    hub = Hub()
    hub.subscribe(Recorder(), Topic("jobId", "job"))

    async def receive_all() -> None:
        for kind, version in (("progress", 2), ("progress", 3), ("progress", 4), ("completed", 5)):
            data = {"jobId": "job", "projectId": "film", "version": version}
            await hub.receive({"type": f"video_generation_{kind}", "data": data})

    asyncio.run(receive_all())
    assert sent == [("progress", 2), ("progress", 4), ("completed", 5)]


def test_a_background_task_goes_on_after_any_error() -> None:
    failing: list[set[str]] = []  # in each round, as it begins

    async def step() -> None:
        failing.append(set(tasks.failing))
        if len(failing) < 3:
            raise KeyError("unforeseen")
        if len(failing) == 4:
            recovered.set()

    async def run() -> None:
        tasks.start("compare", step, 0)
        await recovered.wait()

    tasks, recovered = BackgroundTasks(), asyncio.Event()
    asyncio.run(run())
    assert failing[:4] == [set(), {"compare"}, {"compare"}, set()]


def test_a_message_that_is_not_understood_costs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    good = {"type": "pauses_changed", "data": {"projectId": None}}
    events: list[Any] = [{}, {"message": 1}, {"message": {"type": "x", "data": {}}}, {"message": good}]

    class Layer:
        async def new_channel(self) -> str:
            return "channel"

        async def group_add(self, group: str, channel: str) -> None:
            pass

        async def receive(self, channel: str) -> Any:
            return events.pop(0) if events else await asyncio.Event().wait()

    async def run() -> None:
        hub.subscribe_to_all(socket, ["mine"])
        hub.join(socket)
        await received.wait()

    class Socket(RecordingSocket):
        async def send_message(self, message: dict[str, Any], text: str) -> None:
            await super().send_message(message, text)
            received.set()

    monkeypatch.setattr(publish, "default_channel_layer", Layer)
    hub, socket, received = Hub(), Socket(), asyncio.Event()
    asyncio.run(run())
    assert socket.projects == [None]
    assert hub.background.failing == set()


def test_a_person_has_only_so_many_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generation.live.hub.MAX_SOCKETS_OF_PERSON", 2)
    hub, ada, bob = Hub(), User(pk=1), User(pk=2)
    for user in (ada, ada, bob):
        hub._sockets.add(RecordingSocket(credentials=Credentials(user)))
    assert [hub.has_room_for(user) for user in (ada, bob)] == [False, True]
