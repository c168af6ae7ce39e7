"""The JSON API under `/api/`: its routers, its error handlers and its OpenAPI schema."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import Http404
from ninja import NinjaAPI, Swagger
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from film.api import captions, cut, exports, handover, proxies, share_links
from generation.api import (
    auto_retry,
    batches,
    budgets,
    catalog,
    connection,
    disclosure,
    generations,
    jobs,
    move,
    plan,
    prices,
    prompts,
    reconciliation,
    usage,
    webhooks,
)
from generation.api.generation_schemas import GenerationIn
from generation.runway.catalog import openapi
from projects.api import assets, bundles, invitations, members, people, projects, scenes, trash, uploads
from projects.web.authentication import AUTH
from projects.web.envelope import FAILURE_STATUSES, Failure
from projects.web.errors import handle_exception
from projects.web.request_body import JsonParser


class StudioAPI(NinjaAPI):
    """The API with a schema that also has the catalogue's models and the envelope of failures."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Name an operation by tag and function, so that moving a module changes nothing for generated clients."""
        return "_".join([*(operation.tags or []), operation.view_func.__name__])

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> OpenAPISchema:
        """Return the schema. It is built once, which takes half a second: it never changes while the process runs."""
        return self._schema

    @cached_property
    def _schema(self) -> OpenAPISchema:
        schema = super().get_openapi_schema()
        components = schema["components"]["schemas"]
        components |= openapi.request_schemas(components[GenerationIn.__name__])
        _describe_failures(schema)
        return schema


def _describe_failures(schema: OpenAPISchema) -> None:
    """Give each failure of each call the one schema of the envelope. See `responses` in `projects/web/envelope.py`."""
    failure = Failure.model_json_schema(ref_template="#/components/schemas/{model}")
    schema["components"]["schemas"] |= failure.pop("$defs") | {"Failure": failure}
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Failure"}}}
    for call in (call for path in schema["paths"].values() for call in path.values()):
        for status, response in call["responses"].items():
            if status in FAILURE_STATUSES:
                response["content"] = content


api = StudioAPI(
    title="Dailies",
    version="1",
    description="Projects, scenes, their files, and the takes that Runway makes for them.",
    auth=AUTH,
    parser=JsonParser(),
    # without the badge that swagger-ui loads from another host
    docs=Swagger({"validatorUrl": None, "persistAuthorization": True}),
)
for exception in (Exception, Http404, HttpError, ValidationError):
    api.add_exception_handler(exception, handle_exception)
for module in (
    projects,
    scenes,
    members,
    invitations,
    people,
    bundles,
    assets,
    move,
    uploads,
    trash,
    generations,
    catalog,
    jobs,
    prices,
    prompts,
    plan,
    connection,
    usage,
    reconciliation,
    budgets,
    disclosure,
    batches,
    auto_retry,
    webhooks,
    cut,
    exports,
    share_links,
    captions,
    handover,
    proxies,
):
    api.add_router("", module.router)
