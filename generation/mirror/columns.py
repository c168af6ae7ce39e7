"""Columns of a job as JSON and back: those that scene.json leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models

from generation.models import GenerationJob

# claims and due times are of this moment, addresses of outputs expire, and a traceback has paths of the machine
_LEFT_OUT = {
    "claimed_by",
    "claim_expires_at",
    "due_at",
    "attempts",
    "cancel_requested_at",
    "output_urls",
    "error_traceback",
}


def _columns() -> list[models.Field[Any, Any]]:
    fields = GenerationJob._meta.concrete_fields
    return [field for field in fields if not field.is_relation and field.name not in _LEFT_OUT and field.name != "id"]


def read_columns(job: GenerationJob) -> dict[str, Any]:
    """Return the columns of a job by their names, as JSON has them."""
    return {field.name: _to_json(getattr(job, field.attname)) for field in _columns()}


def parse_columns(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of those columns that a record has. Raise ValidationError, ValueError or TypeError."""
    return {field.name: field.to_python(data[field.name]) for field in _columns() if field.name in data}


def _to_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | UUID) else value
