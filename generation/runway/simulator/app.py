"""The calls. State is touched on the event loop only; files, pictures and addresses are for threads."""

from __future__ import annotations

import asyncio
import logging
import re
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus

from django.core import signing
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from generation import clips
from generation.runway.catalog.fields import Medium
from generation.runway.simulator import assets, prompt_words, shapes, validation
from generation.runway.simulator.bodies import read_json, usage_dates
from generation.runway.simulator.drawings import Drawings, clip_name
from generation.runway.simulator.gate import Gate
from generation.runway.simulator.organization import Organization
from generation.runway.simulator.prompt_words import Fault, Faults
from generation.runway.simulator.refusals import Refused, invalid_format
from generation.runway.simulator.task import Order, Task, cost
from generation.runway.simulator.uploads import UploadCalls
from generation.runway.simulator.validation import Wanted

logger = logging.getLogger("dailies.simulator")

TASK_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
SALT = "runway-simulator-output"
# what is drawn so far
DRAWN_KINDS = ("image_to_video",)
# a caller who gets one of these cannot know whether there is a task; here there is
MADE_ALL_THE_SAME = (500, 502, 504)


@dataclass(frozen=True)
class Pace:
    """Seconds: how long a task takes, and how long a link to its output lives."""

    task: float
    link: float


class Simulator:
    def __init__(self, organization: Organization, drawings: Drawings, uploads: assets.Uploads, pace: Pace) -> None:
        self._organization = organization
        self._drawings = drawings
        self._uploads = uploads
        self._pace = pace
        self._faults = Faults()

    def app(self) -> Starlette:
        app = Starlette(
            routes=[
                *(Route(f"/v1/{kind}", self._creating(kind), methods=["POST"]) for kind in DRAWN_KINDS),
                *UploadCalls(self._uploads).routes(),
                Route("/v1/tasks/{id}", self.task, methods=["GET", "DELETE"]),
                Route("/v1/organization", self.organization, methods=["GET"]),
                Route("/v1/organization/usage", self.usage, methods=["POST"]),
                Route("/outputs/{name}", self.output, methods=["GET"]),
            ],
            middleware=[Middleware(Gate)],
            exception_handlers={Refused: _refused, HTTPException: _wrong_call, Exception: _our_fault},
        )
        app.router.redirect_slashes = False
        return app

    def _creating(self, kind: str) -> Callable[[Request], Awaitable[Response]]:
        async def create(request: Request) -> Response:
            wanted = validation.read(kind, await read_json(request))
            words = prompt_words.read(wanted.prompt)
            status = self._faults.status(words.http, "http", wanted.prompt)
            if status and status not in MADE_ALL_THE_SAME:
                raise _asked_for(status)
            task = await self._create(wanted)
            await asyncio.sleep(words.hang)
            if status:
                raise _asked_for(status)
            return JSONResponse({"id": task.order.id, "estimatedCost": cost(task.order.credits)})

        return create

    async def _create(self, wanted: Wanted) -> Task:
        picture = await asyncio.to_thread(assets.picture_of, _first_picture(wanted.media), self._uploads)
        order = self._order(wanted, picture)
        await asyncio.to_thread(self._drawings.keep_picture, order.id, picture)
        try:
            task = self._organization.create(order, time.time())
        except Refused:
            self._drawings.drop_picture(order.id)
            raise
        self._drawings.start(task)
        logger.info("task %s made: %s, %s s, %s credits", order.id, order.model, order.duration, order.credits)
        return task

    def _order(self, wanted: Wanted, picture: bytes) -> Order:
        task_id, words = uuid.uuid4(), prompt_words.read(wanted.prompt)
        width, height = shapes.size(wanted, assets.size_of(picture))
        duration = wanted.model.longest(wanted.parameters) or 5
        # with a seed the same clip comes again, without one another
        chance = wanted.parameters.get("seed", task_id.int) % len(clips.MOVES)
        move = prompt_words.camera_move(wanted.prompt) or list(clips.MOVES)[chance]
        return Order(
            id=str(task_id),
            kind=wanted.model.kind,
            model=wanted.model.name,
            prompt=wanted.prompt,
            width=width,
            height=height,
            duration=duration,
            move=move,
            clip=clip_name(picture, f"{width}x{height}", duration, move),
            credits=float(wanted.model.credits(wanted.parameters) or 0),
            seconds=words.seconds or self._pace.task,
            link_seconds=self._pace.link if words.expire is None else words.expire,
        )

    async def task(self, request: Request) -> Response:
        task_id = request.path_params["id"].lower()
        if not TASK_ID.fullmatch(task_id):
            raise Refused(400, "Validation of params failed", [invalid_format(("id",), "uuid", "Invalid UUID")])
        now = time.time()
        task = self._organization.find(task_id, now)
        if request.method == "DELETE":
            self._organization.remove(task_id, now)
            logger.info("task %s removed", task_id)
            return Response(status_code=204)
        self._fail_if_asked(task.order.words.poll, "poll", task)
        return JSONResponse(task.as_dict(now, partial(self._link, request, task, now)))

    def _link(self, request: Request, task: Task, now: float) -> str:
        token = signing.dumps([task.order.id, now + task.order.link_seconds], salt=SALT)
        return f"{request.base_url}outputs/{task.order.clip}?_jwt={token}"

    async def output(self, request: Request) -> Response:
        try:
            task_id, until = signing.loads(request.query_params.get("_jwt", ""), salt=SALT)
        except signing.BadSignature as error:
            raise Refused(403, "The link is not one of ours.") from error
        now = time.time()
        if now >= until:
            raise Refused(403, "The link has expired. Get the task again for a new one.")
        task = self._organization.find(task_id, now)
        path = self._drawings.path(task.order.clip)
        if request.path_params["name"] != path.name or not path.exists():
            raise Refused(404, "There is no such output.")
        self._fail_if_asked(task.order.words.output, "output", task)
        return FileResponse(path, media_type="video/mp4")

    def _fail_if_asked(self, fault: Fault | None, place: str, task: Task) -> None:
        status = self._faults.status(fault, place, task.order.id)
        if status:
            raise _asked_for(status)

    async def organization(self, request: Request) -> Response:
        return JSONResponse(self._organization.as_dict(time.time()))

    async def usage(self, request: Request) -> Response:
        now = time.time()
        start, before = usage_dates(await read_json(request), datetime.fromtimestamp(now, UTC).date())
        return JSONResponse(self._organization.usage(start, before, now))


def _first_picture(media: list[Medium]) -> Medium:
    return media[0]


def _asked_for(status: int) -> Refused:
    headers = {"Retry-After": "1"} if status in (429, 503) else None
    return Refused(status, f"The prompt asked for status {status}.", headers=headers)


async def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, Refused):
        raise error
    return error.response()


async def _wrong_call(request: Request, error: Exception) -> Response:
    """No such address, a wrong method, a form that cannot be read."""
    if not isinstance(error, HTTPException):
        raise error
    return Refused(error.status_code, error.detail, headers=error.headers).response()


async def _our_fault(request: Request, error: Exception) -> Response:
    return Refused(500, HTTPStatus.INTERNAL_SERVER_ERROR.phrase).response()
