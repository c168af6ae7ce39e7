"""A form for any model, made from the catalogue: its controls, and the request that is read out of them.

Structures that need a screen of their own (keyframes, prompts for several shots) are left to the API.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.http import QueryDict

from generation import inputs
from generation.differences import spelled
from generation.models import GenerationJob
from generation.runway import catalog
from generation.runway.catalog import CatalogModel
from generation.runway.catalog.fields import Boolean, Choice, Field, Media, Number, Text, Whole
from generation.runway.catalog.structures import Either, List, Object
from generation.status import Status
from projects.models import Asset, Scene
from projects.problems import FieldProblem, Problem

FIRST_KIND = "text_to_image"
GROUPS = {"image": "Pictures", "audio": "Sound", "video": "Video"}
LABELS = {
    "promptText": "Prompt",
    "promptImage": "First frame",
    "promptVideo": "Video",
    "videoUri": "Video",
    "imageUri": "Picture",
    "audioUri": "Sound",
    "maskUri": "Mask",
    "media": "Sound or video",
    "references": "Reference pictures",
    "referenceImages": "Reference pictures",
    "referenceVideos": "Reference videos",
    "referenceAudio": "Reference sounds",
    "referenceAudios": "Reference sounds",
    "targetLang": "Language",
    "outputCount": "How many",
    "numVariants": "How many",
}
LAST = ".last"
TAG = ".tag."


@dataclass(frozen=True)
class Pick:
    """A file of the scene that can be picked, as a request names it."""

    asset: Asset
    value: str
    picked: bool
    tag: str


@dataclass
class Control:
    """One thing to fill in. `options`: value and label of each; `files`: what can be picked of the scene."""

    name: str
    kind: str
    label: str
    required: bool
    field: Field
    value: Any = ""
    options: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    files: list[Pick] = dataclasses.field(default_factory=list)
    tagged: bool = False
    problem: str = ""

    @property
    def hint(self) -> str:
        """What Runway takes where nothing is given."""
        return "" if self.field.default is None else f"otherwise {_word(self.field.default)}"


class Making:
    """`data`: what was typed, or what stands in the page's address."""

    def __init__(self, scene: Scene, data: QueryDict) -> None:
        self.scene = scene
        self.data = data
        self.problem = ""
        kind = data.get("kind", "")
        self.kind = kind if kind in catalog.kinds() else FIRST_KIND
        self.model = catalog.find(self.kind, data.get("model", "")) or catalog.models(self.kind)[0]

    @property
    def title(self) -> str:
        return catalog.title(self.kind)

    @property
    def groups(self) -> list[tuple[str, list[tuple[str, str]]]]:
        kinds = [kind for kind in catalog.kinds() if kind != catalog.DEFAULT_KIND]
        return [
            (title, [(kind, catalog.title(kind)) for kind in kinds if catalog.output(kind) == output])
            for output, title in GROUPS.items()
        ]

    @property
    def models(self) -> list[CatalogModel]:
        return catalog.models(self.kind)

    @cached_property
    def controls(self) -> list[Control]:
        return [control for name, known in self.model.fields.items() for control in self._controls(name, known)]

    @cached_property
    def parameters(self) -> dict[str, Any]:
        read = {name: self._read(name, known) for name, known in self.model.fields.items()}
        return {name: value for name, value in read.items() if value is not None}

    @cached_property
    def problems(self) -> list[FieldProblem]:
        return self.model.check(self.parameters)

    @property
    def why_off(self) -> str:
        """The first thing to do; empty when nothing is missing."""
        missing = [
            LABELS.get(name, spelled(name).capitalize())
            for name, known in self.model.fields.items()
            if known.required and name not in self.parameters
        ]
        if missing:
            return f"Still needed: {', '.join(missing).lower()}."
        return self.problems[0].message if self.problems else ""

    @cached_property
    def credits(self) -> Decimal | None:
        try:
            found = inputs.look_up(self.scene, self.model, self.parameters)
        except Problem:
            return None
        return self.model.credits(self.parameters, inputs.measures(self.model, found))

    @cached_property
    def sample(self) -> Asset | None:
        """The chosen voice as it was heard last in this project."""
        voice = self.data.get("voice")
        if not voice or "voice" not in self.model.fields:
            return None
        spoken = GenerationJob.objects.filter(
            project=self.scene.project_id,
            kind="text_to_speech",
            status=Status.COMPLETED,
            parameters__voice__presetId=voice,
            asset__trashed_at=None,
        )
        job = spoken.select_related("asset__scene__project").order_by("-created_at").first()
        return job.asset if job else None

    @cached_property
    def made(self) -> list[GenerationJob]:
        """Pictures and sounds of this scene, newest first; takes stand in the scene's strip."""
        jobs = GenerationJob.objects.filter(scene=self.scene)
        others = jobs.exclude(pk__in=jobs.takes().values("pk"))
        return list(others.select_related("scene__project", "asset__scene__project").order_by("-take")[:24])

    def tell(self, problem: Problem) -> None:
        """Each wrong field at its control, the rest above the button."""
        controls = {control.name: control for control in self.controls}
        unplaced = [each.message for each in problem.fields if each.field.split(".")[0] not in controls]
        for each in problem.fields:
            if control := controls.get(each.field.split(".")[0]):
                control.problem = each.message
        self.problem = " ".join(unplaced) or ("" if problem.fields else problem.message)

    def _controls(self, name: str, known: Field) -> Iterator[Control]:
        control = self._control(name, known)
        if control is None:
            return
        yield control
        if isinstance(known, Either) and "last" in self.model.frame_positions and name == "promptImage":
            last = self._files(f"{name}{LAST}", known, "image")
            last.label, last.required = "Last frame", False
            yield last

    def _control(self, name: str, known: Field) -> Control | None:
        match known:
            case Text():
                return self._plain(name, known, "words" if name == "promptText" else "line")
            case Choice():
                return self._choice(name, known, [(value, value) for value in known.values])
            case Whole() if known.choices():
                values = [*map(str, known.choices()), *known.words]
                return self._choice(name, known, [(value, value) for value in values])
            case Whole() | Number():
                return self._plain(name, known, "number")
            case Boolean():
                return self._choice(name, known, [("true", "Yes"), ("false", "No")])
        return self._structure(name, known)

    def _structure(self, name: str, known: Field) -> Control | None:
        preset = known.fields.get("presetId") if isinstance(known, Object) else None
        if isinstance(preset, Choice):
            return self._choice(name, known, [(value, value) for value in preset.values])
        kinds = _media_kinds(known)
        if not kinds:
            return None
        control = self._files(name, known, *kinds)
        if isinstance(known, List):
            control.kind = "several"
            control.tagged = isinstance(known.items, Object) and "tag" in known.items.fields
        return control

    def _plain(self, name: str, known: Field, kind: str) -> Control:
        return Control(name, kind, _label(name), known.required, known, self.data.get(name, ""))

    def _choice(self, name: str, known: Field, options: list[tuple[str, str]]) -> Control:
        control = Control(name, "choice", _label(name), known.required, known, self._text(name, known))
        control.options = options if known.required else [("", _word(known.default, "as the model has it")), *options]
        return control

    def _files(self, name: str, known: Field, *kinds: str) -> Control:
        control = Control(name, "file", _label(name), known.required, known, self.data.get(name, ""))
        control.files = [self._pick(name, asset) for asset in self._assets if asset.kind in kinds]
        return control

    def _pick(self, name: str, asset: Asset) -> Pick:
        value = inputs.reference(asset)
        return Pick(asset, value, value in self.data.getlist(name), self.data.get(f"{name}{TAG}{value}", ""))

    @cached_property
    def _assets(self) -> list[Asset]:
        return list(self.scene.assets.filter(trashed_at=None).select_related("scene__project").order_by("-created_at"))

    def _read(self, name: str, known: Field) -> Any:
        text = self._text(name, known)
        match known:
            case Text() | Choice() | Media():
                return text or None
            case Boolean():
                return {"true": True, "false": False}.get(text)
            case Whole() | Number():
                return _number(text)
            case List():
                return self._read_list(name, known)
            case Object():
                return _read_object(known, text)
            case Either() if _media_kinds(known):
                return self._read_either(name, known, text)
        return None

    def _text(self, name: str, known: Field) -> str:
        """What was typed; of a choice that must be made, what is usual, until another is made."""
        usual = known.usual if known.default is None else known.default
        otherwise = str(usual) if known.required and usual is not None else ""
        return self.data.get(name, otherwise).replace("\r\n", "\n").strip()

    def _read_list(self, name: str, known: List) -> list[Any] | None:
        picked = self.data.getlist(name) if _media_kinds(known) else []
        return [self._item(name, known.items, value) for value in picked] or None

    def _item(self, name: str, known: Field, value: str) -> Any:
        if not isinstance(known, Object):
            return value
        item = {"uri": value}
        if isinstance(kind := known.fields.get("type"), Choice):
            item["type"] = kind.values[0]
        tag = self.data.get(f"{name}{TAG}{value}", "").strip()
        return {**item, "tag": tag} if tag and "tag" in known.fields else item

    def _read_either(self, name: str, known: Either, text: str) -> Any:
        last = self.data.get(f"{name}{LAST}", "")
        if last:
            first = [{"uri": text, "position": "first"}] if text else []
            return [*first, {"uri": last, "position": "last"}]
        typed = [option for option in known.options if isinstance(option, Object)]
        if not text or not typed:
            return text or None
        chosen = next((asset for asset in self._assets if inputs.reference(asset) == text), None)
        return {"type": chosen.kind if chosen else "image", "uri": text}


def _read_object(known: Object, text: str) -> dict[str, str] | None:
    """A preset's name, or a file with its type."""
    kind = known.fields.get("type")
    place = next((name for name in ("presetId", "uri", "audioUri") if name in known.fields), None)
    if not text or place is None or not isinstance(kind, Choice):
        return None
    return {"type": kind.values[0], place: text}


def _number(text: str) -> Any:
    """What is no number is told by the catalogue."""
    try:
        return int(text) if text else None
    except ValueError:
        try:
            return float(text)
        except ValueError:
            return text


def _media_kinds(known: Field) -> list[str]:
    match known:
        case Media():
            return [known.kind]
        case Either():
            return list(dict.fromkeys(kind for option in known.options for kind in _media_kinds(option)))
        case List():
            # items of several shapes are no list of files
            return [] if isinstance(known.items, Either) else _media_kinds(known.items)
        case Object():
            return list(dict.fromkeys(kind for inner in known.fields.values() for kind in _media_kinds(inner)))
    return []


def _label(name: str) -> str:
    return LABELS.get(name) or spelled(name).capitalize()


def _word(value: Any, otherwise: str = "") -> str:
    if value is None:
        return otherwise
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
