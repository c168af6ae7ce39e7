"""The API against its own OpenAPI schema: generated calls of every kind get only answers that the schema promises."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from config.api import api as studio_api
from tests.api_client import Api
from tests.media import picture
from tests.studio_process import RunningStudio

EXAMPLES = 5
# a picture is drawn for each of them
SLOW = {"/api/videos/test-generate": 2}
# a model with every kind of field between them: to make up requests for all of them takes minutes
MODELS = (
    "image_to_video.kling3.0_pro",
    "video_to_video.aleph2",
    "text_to_image.gen4_image",
    "text_to_speech.eleven_v3",
)


def with_few_models(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema with only those models; a unit test checks the schemas of all."""
    schema = deepcopy(schema)
    known = schema["components"]["schemas"]
    known["GenerationIn"]["oneOf"] = [known[name] for name in MODELS]
    del known["GenerationIn"]["discriminator"]
    return schema


SCHEMA = schemathesis.openapi.from_dict(with_few_models(dict(studio_api.get_openapi_schema())))
CALLS = sorted((path, method) for path, methods in SCHEMA.raw_schema["paths"].items() for method in methods)
CHECKS = schemathesis.checks.CHECKS.get_by_names(
    [
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    ]
)
# Runway's refusal is passed on, in the envelope
RUNWAY_REFUSED = 502


@pytest.fixture(scope="module")
def api(studio: RunningStudio) -> Api:
    return Api(studio.url, studio.token())


def make_ids(api: Api, with_asset: bool) -> dict[str, str]:
    """Return ids of existing rows, so that not every call ends with 404."""
    project, scene = api.scene("Film")
    job = api.get("/api/jobs?limit=1")["jobs"][0]["jobId"]
    ids = {"project_id": project, "scene_id": scene, "job_id": job, "key": job, "username": "owner"}
    if with_asset:
        files = {"file": ("a.png", picture(kind="PNG"))}
        path = f"/api/projects/{project}/folders/{scene}/assets"
        ids["asset_id"] = api.call("POST", path, 201, files=files)["data"]["id"]
    return ids


@pytest.fixture(scope="module")
def ids_to_read(api: Api) -> dict[str, str]:
    """Rows for all calls that change none."""
    return make_ids(api, with_asset=True)


@pytest.fixture
def existing_ids(api: Api, ids_to_read: dict[str, str], path: str, method: str) -> dict[str, str]:
    """Rows for one call, of its own if it may change or delete them."""
    return ids_to_read if method == "get" else make_ids(api, "{asset_id}" in path)


@pytest.mark.parametrize(("path", "method"), CALLS)
def test_every_answer_conforms_to_the_schema(api: Api, existing_ids: dict[str, str], path: str, method: str) -> None:
    operation = SCHEMA[path][method.upper()]
    cases = operation.as_strategy()
    if operation.body:
        cases |= operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    known = {name: value for name, value in existing_ids.items() if f"{{{name}}}" in path}

    @settings(
        max_examples=SLOW.get(path, EXAMPLES),
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, uses_existing_ids=st.booleans())
    def call(case: Any, uses_existing_ids: bool) -> None:
        if uses_existing_ids:
            case.path_parameters = {**(case.path_parameters or {}), **known}
            if isinstance(case.body, dict) and "projectId" in case.body:
                case.body |= {"projectId": existing_ids["project_id"], "sceneId": existing_ids["scene_id"]}
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {api.token}"}
        answer = case.call(base_url=api.url, timeout=20)
        assert answer.status_code < 500 or answer.status_code == RUNWAY_REFUSED, answer.content
        case.validate_response(answer, checks=CHECKS)

    call()
