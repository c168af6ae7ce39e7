"""The one JSON API: `/api/`."""

from __future__ import annotations

from functools import cache

from django.http import Http404
from ninja import NinjaAPI, Swagger
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from generation.api.auto_retry import router as auto_retry_router
from generation.api.batches import router as batches_router
from generation.api.generations import router as generation_router
from generation.api.provenance import router as evidence_router
from generation.api.schemas import GenerationIn
from generation.api.usage import router as money_router
from generation.runway.catalog import openapi
from projects.api.projects import router as projects_router
from projects.web.envelope import AUTH, FAILURES, Failure
from projects.web.errors import answer

api = NinjaAPI(
    title="Dailies",
    version="1",
    description="Projects, scenes, their files, and the takes that Runway makes for them.",
    auth=AUTH,
    # no badge from an outside host
    docs=Swagger({"validatorUrl": None, "persistAuthorization": True}),
)
for kind in (Exception, Http404, HttpError, ValidationError):
    api.add_exception_handler(kind, answer)
api.add_router("", projects_router)
api.add_router("", generation_router)
api.add_router("", money_router)
api.add_router("", evidence_router)
api.add_router("", batches_router)
api.add_router("", auto_retry_router)

_declared = api.get_openapi_schema


@cache
def _schema() -> OpenAPISchema:
    """It never changes while we run, nobody need sign in for it, and to make it takes half a second."""
    schema = _declared()
    known = schema["components"]["schemas"]
    known |= openapi.with_models(known[GenerationIn.__name__])
    _describe_failures(schema)
    return schema


def _describe_failures(schema: OpenAPISchema) -> None:
    """One envelope for all. A model of it for each code of each call would take half a second of every start."""
    parts = Failure.model_json_schema(ref_template="#/components/schemas/{model}")
    schema["components"]["schemas"] |= parts.pop("$defs") | {"Failure": parts}
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Failure"}}}
    for call in (call for path in schema["paths"].values() for call in path.values()):
        for status, described in call["responses"].items():
            if status in FAILURES:
                described["content"] = content


def _schema_made_once(**_: object) -> OpenAPISchema:
    return _schema()


api.get_openapi_schema = _schema_made_once  # type: ignore[method-assign]
