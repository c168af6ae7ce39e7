"""The schema of POST /api/generations: it accepts what the catalog accepts, and refuses what a schema can refuse."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from config.api import api
from generation.runway import catalog
from generation.runway.catalog import CatalogModel
from generation.runway.catalog.base_field import ViolationCode
from tests import catalog_requests

EVERY = [model for kind in catalog.kinds() for model in catalog.models(kind)]
OURS = {"projectId": "film", "sceneId": "scene-1"}


def api_schema() -> dict[str, Any]:
    """Return the schema, which `api` keeps. Each process of a test run imports this module, and one needs it."""
    return dict(api.get_openapi_schema())


@pytest.fixture(scope="module")
def request_of() -> jsonschema_rs.Validator:
    whole = {"$ref": "#/components/schemas/GenerationIn", "components": api_schema()["components"]}
    return jsonschema_rs.Draft202012Validator(whole)


@pytest.mark.parametrize("model", EVERY, ids=lambda model: f"{model.kind}-{model.name}")
def test_every_model_has_its_schema(model: CatalogModel, request_of: jsonschema_rs.Validator) -> None:
    ours = {**OURS, "kind": model.kind, "model": model.name}
    for option in (0, -1):
        body = catalog_requests.most(model, lambda kind, number: f"asset:{kind}-{number}", option)
        # generated values may break rules between fields, which a schema cannot express
        assert [violation for violation in model.violations(body) if violation.code != ViolationCode.RULE] == []
        request_of.validate({**ours, **body})
    least: dict[str, Any] = {**ours, **catalog_requests.least(model)}
    request_of.validate(least)
    assert request_of.is_valid({**least, "reuse": False, "confirmRefused": True})
    assert not request_of.is_valid({**least, "colour": "red"})
    assert not request_of.is_valid({**least, "model": "gen9"})
    for name, field in model.fields.items():
        assert not request_of.is_valid({**least, name: [["no such value"]]}), name
        if field.required:
            assert not request_of.is_valid({key: value for key, value in least.items() if key != name})


def test_every_operation_has_an_id_of_its_own() -> None:
    ids = [call["operationId"] for path in api_schema()["paths"].values() for call in path.values()]
    assert len(ids) == len(set(ids))


def test_models_are_found_by_kind_and_name() -> None:
    known = api_schema()["components"]["schemas"]
    kinds = known["GenerationIn"]["discriminator"]["mapping"]
    assert list(kinds) == catalog.kinds()
    models = known["text_to_image"]["discriminator"]["mapping"]
    assert models["gen4_image"] == "#/components/schemas/text_to_image.gen4_image"
    schema = known["text_to_image.gen4_image"]
    assert schema["properties"]["referenceImages"]["maxItems"] == 3
    assert schema["properties"]["ratio"]["enum"][0] == "1024:1024"
    assert {"promptText", "ratio"} <= set(schema["required"])


def test_every_body_refuses_unknown_fields() -> None:
    """All but those whose other fields are a model's, which its catalog checks."""
    bodies = [
        call["requestBody"]["content"]["application/json"]["schema"]
        for path in api_schema()["paths"].values()
        for call in path.values()
        if "application/json" in call.get("requestBody", {}).get("content", {})
    ]
    names = set().union(*map(_named_schemas, bodies))
    open_names = {
        name for name in names if api_schema()["components"]["schemas"][name].get("additionalProperties") is not False
    }
    assert len(bodies) > 15
    assert {name for name in open_names if "." not in name} <= {"GenerationIn", "MatrixIn", *catalog.kinds()}


def _named_schemas(schema: object) -> set[str]:
    """Return the names of all objects that a schema leads to."""
    names: set[str] = set()
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting += part
        if not isinstance(part, dict):
            continue
        name = str(part.get("$ref", "")).removeprefix("#/components/schemas/")
        if name and name not in names:
            names.add(name)
            waiting.append(api_schema()["components"]["schemas"][name])
        waiting += part.values()
    return {name for name in names if api_schema()["components"]["schemas"][name].get("type", "object") == "object"}
