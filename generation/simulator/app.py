"""The simulator's HTTP calls.

The account is used on the event loop only; files, pictures and fetches run in threads.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial

from django.core import signing
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from generation.runway import catalog
from generation.runway.catalog.media import MediaReference
from generation.simulator import prompt_directives, task_builder, validation
from generation.simulator.api_errors import (
    ApiError,
    answer_api_error,
    answer_crash,
    answer_http_error,
    invalid_format,
)
from generation.simulator.authentication import AuthenticationMiddleware
from generation.simulator.inputs import Input, load_input
from generation.simulator.organization import Organization
from generation.simulator.parsing import read_json, usage_dates
from generation.simulator.prompt_directives import Fault, FaultCounter
from generation.simulator.renderer import Renderer
from generation.simulator.task import Task, cost
from generation.simulator.task_builder import TaskOptions
from generation.simulator.upload_store import UploadStore
from generation.simulator.uploads import UploadEndpoints
from generation.simulator.validation import CreateRequest

logger = logging.getLogger("dailies.simulator")

TASK_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
SALT = "runway-simulator-output"
# after these statuses a caller cannot know whether the task exists; here it does
CREATED_ANYWAY = (500, 502, 504)


class Simulator:
    """The API over one account, one renderer and one store of uploads."""

    def __init__(
        self, organization: Organization, renderer: Renderer, uploads: UploadStore, options: TaskOptions
    ) -> None:
        self._organization = organization
        self._renderer = renderer
        self._uploads = uploads
        self._options = options
        self._faults = FaultCounter()

    def app(self) -> Starlette:
        """Return the ASGI application."""
        app = Starlette(
            routes=[
                *(Route(f"/v1/{kind}", self._create_endpoint(kind), methods=["POST"]) for kind in catalog.kinds()),
                *UploadEndpoints(self._uploads).routes(),
                Route("/v1/tasks/{id}", self.task, methods=["GET", "DELETE"]),
                Route("/v1/organization", self.organization, methods=["GET"]),
                Route("/v1/organization/usage", self.usage, methods=["POST"]),
                Route("/outputs/{name}", self.output, methods=["GET"]),
            ],
            middleware=[Middleware(AuthenticationMiddleware)],
            exception_handlers={
                ApiError: answer_api_error,
                HTTPException: answer_http_error,
                Exception: answer_crash,
            },
        )
        # Runway answers 404 to a path with a trailing slash
        app.router.redirect_slashes = False
        return app

    def _create_endpoint(self, kind: str) -> Callable[[Request], Awaitable[Response]]:
        async def create(request: Request) -> Response:
            create_request = validation.validate(kind, await read_json(request))
            directives = prompt_directives.parse_directives(create_request.prompt)
            status = self._faults.status(directives.http, "http", create_request.prompt)
            if status and status not in CREATED_ANYWAY:
                raise _requested_fault(status)
            task = await self._create(create_request)
            await asyncio.sleep(directives.hang)
            if status:
                raise _requested_fault(status)
            return JSONResponse({"id": task.spec.id, "estimatedCost": cost(task.spec.credits)})

        return create

    async def _create(self, request: CreateRequest) -> Task:
        inputs = await asyncio.to_thread(self._load_inputs, request.media)
        spec = task_builder.build_spec(request, inputs, self._options)
        still = task_builder.first_still(request, inputs)
        await asyncio.to_thread(self._renderer.save_input_picture, spec.id, still)
        # the picture is on disk before the journal has the task, so that a restart can render it
        try:
            task = self._organization.create(spec, time.time())
        except ApiError:
            self._renderer.delete_input_picture(spec.id)
            raise
        self._renderer.start(task)
        logger.info("task %s created: %s, %s s, %s credits", spec.id, spec.model, spec.duration, spec.credits)
        return task

    def _load_inputs(self, media: list[MediaReference]) -> list[Input]:
        return [load_input(reference, self._uploads) for reference in media]

    async def task(self, request: Request) -> Response:
        """Answer with a task, or delete it."""
        task_id = request.path_params["id"].lower()
        if not TASK_ID.fullmatch(task_id):
            raise ApiError(400, "Validation of params failed", [invalid_format(("id",), "uuid", "Invalid UUID")])
        now = time.time()
        task = self._organization.find(task_id, now)
        if request.method == "DELETE":
            self._organization.remove(task_id, now)
            logger.info("task %s removed", task_id)
            return Response(status_code=204)
        self._raise_requested_fault(task.spec.directives.poll, "poll", task)
        return JSONResponse(task.as_dict(now, partial(self._link, request, task, now)))

    def _link(self, request: Request, task: Task, now: float, name: str) -> str:
        token = signing.dumps([task.spec.id, now + task.spec.link_seconds], salt=SALT)
        return f"{request.base_url}outputs/{name}?_jwt={token}"

    async def output(self, request: Request) -> Response:
        """Answer with an output file, whole or a range of it, to a link that has not expired."""
        try:
            task_id, expires_at = signing.loads(request.query_params.get("_jwt", ""), salt=SALT)
        except signing.BadSignature as error:
            raise ApiError(403, "The link is not valid.") from error
        now = time.time()
        if now >= expires_at:
            raise ApiError(403, "The link has expired. Get the task again for a new one.")
        task = self._organization.find(task_id, now)
        name = request.path_params["name"]
        path = self._renderer.path(name)
        if name not in task.spec.file_names or not path.exists():
            raise ApiError(404, "There is no such output.")
        self._raise_requested_fault(task.spec.directives.output, "output", task)
        return FileResponse(path)

    def _raise_requested_fault(self, fault: Fault | None, call: str, task: Task) -> None:
        status = self._faults.status(fault, call, task.spec.id)
        if status:
            raise _requested_fault(status)

    async def organization(self, request: Request) -> Response:
        """Answer with the account's limits, balance and use."""
        return JSONResponse(self._organization.as_dict(time.time()))

    async def usage(self, request: Request) -> Response:
        """Answer with credits by UTC day and model."""
        now = time.time()
        start, before = usage_dates(await read_json(request), datetime.fromtimestamp(now, UTC).date())
        return JSONResponse(self._organization.usage(start, before, now))


def _requested_fault(status: int) -> ApiError:
    headers = {"Retry-After": "1"} if status in (429, 503) else None
    return ApiError(status, f"The prompt asked for status {status}.", headers=headers)
