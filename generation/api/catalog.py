"""Runway's models as JSON."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import BaseModel

from generation.api.field_types import Kind
from generation.runway import catalog
from projects.problems import wrong_field
from projects.web.envelope import responses, success

router = Router(tags=["generation"])


class ModelsOut(BaseModel):
    """Runway's models."""

    models: list[dict[str, Any]]


@router.get("/models", response=responses(ModelsOut), summary="Runway's models: fields, bounds, rules, prices")
def models(request: HttpRequest, kind: Kind | None = None) -> Any:
    """All models, or those of one kind."""
    # not an enum of Python: the kinds come from the catalog's files
    if kind not in (None, *catalog.kinds()):
        raise wrong_field("kind", _("kind must be one of {names}.").format(names=", ".join(catalog.kinds())))
    kinds = [kind] if kind else catalog.kinds()
    return success({"models": [model.as_dict() for kind in kinds for model in catalog.models(kind)]})
