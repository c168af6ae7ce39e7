"""The socket `/ws/`: it authorises, registers with the hub, and writes."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from channels.auth import get_user
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth.models import User

from generation.access import job_for, jobs_of
from generation.live.hub import SIGNED_OUT, Message, hub
from generation.live.socket_permissions import Credentials
from generation.models import GenerationJob
from generation.models.status import ENDED, UNFINISHED
from projects.access import permissions
from projects.access.tokens import find_token
from projects.problems import Problem

MAX_SUBSCRIPTIONS = 500
# a project's storyboard is a subscription of its own: whoever wants jobs alone hears of nothing else
KINDS = ("jobId", "projectId", "storyboardId")


class JobConsumer(AsyncWebsocketConsumer):
    credentials: Credentials

    async def connect(self) -> None:
        self.subscriptions: dict[tuple[str, str], str] = {}
        self._versions: dict[str, int] = {}
        self._ended: dict[str, str] = {}
        # a close code reaches the other side only over an accepted socket
        await self.accept()
        credentials = await self._credentials()
        if credentials is None:
            await self.close(SIGNED_OUT)
            return
        self.credentials = credentials
        hub.join(self)

    async def disconnect(self, code: int) -> None:
        hub.leave(self)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        frame = _frame(text_data)
        if not hasattr(self, "credentials"):
            return
        try:
            await self._answer(frame)
        except Problem as problem:
            await self._say("error", {**_ids(frame), "code": problem.code, "message": problem.message})

    async def _answer(self, frame: Message) -> None:
        word = frame.get("type")
        if word == "ping":
            await self._say("pong", {})
        elif word in ("subscribe", "unsubscribe") and frame.get("all") is True and not _ids(frame):
            await (self._subscribe_to_all() if word == "subscribe" else self._unsubscribe_from_all())
        elif word in ("subscribe", "unsubscribe") and len(_ids(frame)) == 1:
            ((kind, key),) = _ids(frame).items()
            await (self._subscribe if word == "subscribe" else self._unsubscribe)(kind, key)
        else:
            raise Problem(
                'Send {"type": "subscribe" or "unsubscribe", "jobId" or "projectId": "…", or "all": true}'
                ' or {"type": "ping"}.',
                code="not_understood",
                status=400,
            )

    async def _subscribe(self, kind: str, key: str) -> None:
        if len(self.subscriptions) >= MAX_SUBSCRIPTIONS:
            message = f"One socket may have {MAX_SUBSCRIPTIONS} subscriptions; unsubscribe from some first."
            raise Problem(message, code="too_many_subscriptions", status=429)
        key, project_id = await _find(self.credentials.user, kind, key)
        known = self._versions.copy()
        # first join, then send the state: nothing falls between the two
        self.subscriptions[kind, key] = project_id
        hub.watch(self, kind, key)
        await self._say("subscribed", {kind: key})
        await self._tell_state(await _state(kind, key), known)

    async def _subscribe_to_all(self) -> None:
        """Every job of every project that the person may see, now and later."""
        projects, known = await _projects(self.credentials.user), self._versions.copy()
        hub.watch_all(self, projects)
        await self._say("subscribed", {"all": True})
        await self._tell_state(await _unfinished(self.credentials.user), known)

    async def _unsubscribe_from_all(self) -> None:
        hub.unwatch_all(self)
        await self._say("unsubscribed", {"all": True})

    async def _tell_state(self, messages: list[Message], known: dict[str, int]) -> None:
        """Also what was told before (`known`), by another subscription: whoever asks for a state is to have it."""
        for message in messages:
            job_id, version = message["data"]["jobId"], message["data"]["version"]
            if version == self._versions.get(job_id) == known.get(job_id):
                await self.send(json.dumps(message))
            else:
                await self.tell(message)

    async def _unsubscribe(self, kind: str, key: str) -> None:
        self.subscriptions.pop((kind, key), None)
        hub.unwatch(self, kind, key)
        await self._say("unsubscribed", {kind: key})

    async def tell(self, message: Message) -> None:
        """A version that the other side has, or that is older, is not sent."""
        job_id, version = message["data"].get("jobId"), message["data"].get("version", 0)
        if job_id and version <= self._versions.get(job_id, 0):
            return
        if job_id:
            self._versions[job_id] = version
            message = self._ended_once(message)
        await self.send(json.dumps(message))

    def _ended_once(self, message: Message) -> Message:
        """What changes after an end (a report, a mark) is told as a change: an end is heard of once, and not missed."""
        job_id, status = message["data"]["jobId"], message["data"]["status"]
        if status not in ENDED:
            self._ended.pop(job_id, None)
        elif self._ended.get(job_id) == status:
            return message | {"type": message["type"].rpartition("_")[0] + "_progress"}
        else:
            self._ended[job_id] = status
        return message

    async def dismiss(self, code: int) -> None:
        hub.leave(self)
        await self.close(code)

    async def _say(self, word: str, data: Message) -> None:
        await self.send(json.dumps({"type": word, "data": data}))

    async def _credentials(self) -> Credentials | None:
        headers = dict(self.scope["headers"])
        authorization = headers.get(b"authorization", b"").decode("latin-1")
        if authorization:
            return await _by_token(authorization)
        return await self._by_session() if _same_origin(headers) else None

    async def _by_session(self) -> Credentials | None:
        user = await get_user(self.scope)
        session = self.scope["session"]
        if not isinstance(user, User) or not user.is_active or not session.session_key:
            return None
        return Credentials(user, session_key=session.session_key)


def _frame(text: str | None) -> Message:
    try:
        found = json.loads(text or "")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _ids(frame: Message) -> dict[str, str]:
    return {kind: frame[kind] for kind in KINDS if isinstance(frame.get(kind), str)}


def _same_origin(headers: dict[bytes, bytes]) -> bool:
    """A cookie counts only with our own page's origin: other sites' pages send it along too."""
    try:
        origin = urlsplit(headers.get(b"origin", b"").decode("latin-1")).netloc
    except ValueError:
        return False
    return bool(origin) and origin.lower() == headers.get(b"host", b"").decode("latin-1").lower()


@database_sync_to_async
def _by_token(authorization: str) -> Credentials | None:
    scheme, _, text = authorization.partition(" ")
    token = find_token(text.strip()) if scheme.lower() == "bearer" else None
    return Credentials(token.user, token_id=token.pk) if token else None


@database_sync_to_async
def _find(user: User, kind: str, key: str) -> tuple[str, str]:
    """The proper id of what is to be watched, and its project; Problem 404 when it is not theirs to see."""
    if kind != "jobId":
        slug = permissions.project_for(user, key).slug
        return slug, slug
    job = job_for(user, key)
    return str(job.pk), job.project.slug


@database_sync_to_async
def _state(kind: str, key: str) -> list[Message]:
    """The present state of a job, or of every unfinished job of a project."""
    if kind == "storyboardId":
        return []
    jobs = GenerationJob.objects.with_related()
    found = jobs.filter(pk=key) if kind == "jobId" else jobs.filter(status__in=UNFINISHED, project__slug=key)
    return [job.as_message() for job in found.order_by("created_at")]


@database_sync_to_async
def _projects(user: User) -> list[str]:
    return list(permissions.visible_to(user).values_list("slug", flat=True))


@database_sync_to_async
def _unfinished(user: User) -> list[Message]:
    return [job.as_message() for job in jobs_of(user).filter(status__in=UNFINISHED).order_by("created_at")]
