"""The calls. State is touched on the event loop only; files, pictures and addresses are for threads."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable
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

from generation.runway import catalog
from generation.runway.catalog.fields import Medium
from generation.simulator import assets, orders, prompt_words, validation
from generation.simulator.bodies import read_json, usage_dates
from generation.simulator.drawings import Drawings
from generation.simulator.gate import Gate
from generation.simulator.orders import Pace
from generation.simulator.organization import Organization
from generation.simulator.prompt_words import Fault, Faults
from generation.simulator.refusals import Refused, invalid_format
from generation.simulator.task import Task, cost
from generation.simulator.uploads import UploadCalls
from generation.simulator.validation import Wanted

logger = logging.getLogger("dailies.simulator")

TASK_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
SALT = "runway-simulator-output"
# a caller who gets one of these cannot know whether there is a task; here there is
MADE_ALL_THE_SAME = (500, 502, 504)


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
                *(Route(f"/v1/{kind}", self._creating(kind), methods=["POST"]) for kind in catalog.kinds()),
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
        inputs = await asyncio.to_thread(self._look, wanted.media)
        order = orders.order(wanted, inputs, self._pace)
        await asyncio.to_thread(self._drawings.keep_picture, order.id, orders.still_of(wanted, inputs))
        try:
            task = self._organization.create(order, time.time())
        except Refused:
            self._drawings.drop_picture(order.id)
            raise
        self._drawings.start(task)
        logger.info("task %s made: %s, %s s, %s credits", order.id, order.model, order.duration, order.credits)
        return task

    def _look(self, media: list[Medium]) -> list[assets.Input]:
        return [assets.look(medium, self._uploads) for medium in media]

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

    def _link(self, request: Request, task: Task, now: float, name: str) -> str:
        token = signing.dumps([task.order.id, now + task.order.link_seconds], salt=SALT)
        return f"{request.base_url}outputs/{name}?_jwt={token}"

    async def output(self, request: Request) -> Response:
        try:
            task_id, until = signing.loads(request.query_params.get("_jwt", ""), salt=SALT)
        except signing.BadSignature as error:
            raise Refused(403, "The link is not one of ours.") from error
        now = time.time()
        if now >= until:
            raise Refused(403, "The link has expired. Get the task again for a new one.")
        task = self._organization.find(task_id, now)
        name = request.path_params["name"]
        path = self._drawings.path(name)
        if name not in task.order.names or not path.exists():
            raise Refused(404, "There is no such output.")
        self._fail_if_asked(task.order.words.output, "output", task)
        return FileResponse(path)

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
