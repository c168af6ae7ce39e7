"""Requests for something to be generated, in camel case as on the wire."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from generation.actions.generate import DEFAULT_DURATION, DEFAULT_MODEL, DEFAULT_RATIO
from generation.api.field_types import Confirmed, Kind, MaxCredits, Reuse, Warned
from projects.web.field_types import Text, WholeNumber
from projects.web.request_body import RequestBody


class GenerateIn(RequestBody):
    """A request for a take from a picture."""

    projectId: Text
    sceneId: Text
    promptText: Text | None = None
    promptImage: Text | None = Field(None, description="an http(s) address or a data URI; or else imageId")
    imageId: UUID | None = Field(None, description="a picture of the scene; or else promptImage")
    model: Text = DEFAULT_MODEL
    ratio: Text = Field(DEFAULT_RATIO, description="if the model does not accept the default: the model's own")
    duration: WholeNumber = Field(
        DEFAULT_DURATION, description="seconds; if the model does not accept the default: the model's own"
    )
    seed: WholeNumber | None = None
    maxCredits: MaxCredits | None = None
    reuse: Reuse | None = None
    confirmRefused: Warned = None


class GenerationIn(RequestBody):
    """Any other field is one of the model's, by Runway's name: promptText, promptImage, ratio, seed and so on."""

    model_config = ConfigDict(extra="allow")

    projectId: Text
    sceneId: Text
    kind: Kind = Field(description="the name of Runway's endpoint")
    model: Text = Field(description="one of the kind's: GET /api/models")
    maxCredits: MaxCredits | None = None
    reuse: Reuse | None = None
    confirmRefused: Confirmed = False

    @property
    def parameters(self) -> dict[str, Any]:
        """The model's fields."""
        return self.model_extra or {}


class TestGenerateIn(RequestBody):
    """A request for a test take; every field may be left out."""

    testImage: Text | None = Field(None, description="an http(s) address or a data URI; absent: a drawn picture")
    testPrompt: Text | None = None
    duration: WholeNumber = Field(5, description="seconds")
