"""Rows → what would be asked for: every wrong row named, every price known, nothing stored and nothing spent."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User

from generation import references
from generation.actions import quote
from generation.actions.generate import DEFAULT_KIND, DEFAULT_MODEL, DURATION, RATIO
from generation.actions.quote import Offer
from generation.batches.shotlist import MOST_ROWS, OURS, Row
from generation.engine import inputs
from generation.engine.inputs import Inputs
from generation.forms import settings
from generation.forms.shapes import Shape, shape
from generation.models import GenerationJob
from generation.runway import catalog
from generation.runway.catalog import CatalogModel
from generation.runway.request_body import set_at_path
from projects.models import Asset, Project, Scene
from projects.problems import FieldProblem, Problem, wrong_field, wrong_fields

MOST_TAKES = 50
# each is fetched before anything is started, and may take ten seconds
MOST_ADDRESSES = 20
TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
# a page of errors says no more than these
TOLD = 100


@dataclass
class Item:
    """One request of the batch. `same_as`: the row before it that asks for the same, so that it is paid once."""

    row: int
    scene: Scene
    model: CatalogModel
    parameters: dict[str, Any]
    reuse: bool | None
    found: Inputs
    offer: Offer
    same_as: int | None = None
    retry_of: GenerationJob | None = None
    key: str | None = None

    @property
    def credits(self) -> Decimal | None:
        return quote.NOTHING if self.same_as else self.offer.credits

    @property
    def is_free(self) -> bool:
        return self.same_as is not None or self.offer.source is not None or self.offer.twin is not None

    def as_row(self) -> dict[str, Any]:
        """To be asked for again, just as it was shown."""
        told = {"scene": self.scene.folder_name, "kind": self.model.kind, "model": self.model.name}
        return told | ({} if self.reuse is None else {"reuse": self.reuse}) | self.parameters


@dataclass
class Plan:
    items: list[Item] = field(default_factory=list)

    @property
    def credits(self) -> Decimal | None:
        """Of all together; None where the price of one is not known."""
        prices = [item.credits for item in self.items]
        return None if None in prices else sum((price for price in prices if price), Decimal(0))

    @property
    def known_credits(self) -> Decimal:
        return sum((item.credits or Decimal(0) for item in self.items), Decimal(0))

    @property
    def free(self) -> int:
        return sum(item.is_free for item in self.items)

    @property
    def unknown(self) -> int:
        return sum(item.credits is None for item in self.items)


class Planner:
    """Of one project, with what is asked of it again and again read once."""

    def __init__(self, user: User, project: Project, reuse: bool | None = None) -> None:
        self.user = user
        self.project = project
        self.reuse = reuse
        scenes = project.scenes.filter(trashed_at=None).select_related("project").order_by("position", "number")
        self.scenes = list(scenes)
        self.by_name = {scene.name: scene for scene in self.scenes} | {s.folder_name: s for s in self.scenes}
        self.assets: dict[int, list[Asset]] = {}
        living = Asset.objects.filter(scene__in=self.scenes, trashed_at=None).order_by("created_at", "id")
        for asset in living:
            self.assets.setdefault(asset.scene_id, []).append(asset)

    def plan(self, rows: Sequence[Row], *, store: bool = False) -> Plan:
        """Problem 422 that names every wrong row. With `store` files that come with it are kept in their scenes."""
        asked, problems = [], []
        for row in rows:
            try:
                asked += list(self._asked(row))
            except Problem as problem:
                problems += list(_of_row(row, problem))
        problems = problems or list(_too_many(asked))
        if problems:
            raise wrong_rows(problems)
        return self._priced(asked, store=store)

    def _asked(self, row: Row) -> Iterator[tuple[Row, Scene, CatalogModel, dict[str, Any], bool | None]]:
        """A request for each take of the row, its values as their fields want them."""
        told = {name: value for name, value in row.given.items() if value is not None}
        scene, model = self._scene(told.get("scene")), _model(told)
        takes, reuse = _takes(told.get("takes", 1)), _truth("reuse", told.get("reuse", self.reuse))
        given = {name: value for name, value in told.items() if name not in OURS}
        if row.text:
            given = {name: _typed(model, name, value) for name, value in given.items()}
        parameters = self._with_files(scene, model, _filled(model, given))
        if problems := model.check(parameters):
            raise wrong_fields(*problems)
        if takes > 1 and reuse is not False and ("seed" in parameters or reuse):
            raise wrong_field("takes", "takes must be 1 where a seed is named or reuse is on: they would be one take.")
        for _ in range(takes):
            yield row, scene, model, parameters, reuse

    def _scene(self, told: object) -> Scene:
        if (found := self.by_name.get(str(told))) is not None:
            return found
        known = ", ".join(scene.folder_name for scene in self.scenes[:12]) or "none yet"
        more = ", …" if len(self.scenes) > 12 else ""
        raise wrong_field("scene", f"scene must be one of this project's, by its id or name: {known}{more}.")

    def _with_files(self, scene: Scene, model: CatalogModel, given: dict[str, Any]) -> dict[str, Any]:
        """A file may stand there by its name; where a picture is needed and none is named, the scene's newest."""
        first = model.fields.get("promptImage")
        if first is not None and first.required and "promptImage" not in given:
            given["promptImage"] = self._newest_picture(scene)
        found = deepcopy(given)
        for medium in model.media_references(given):
            if medium.value.startswith(references.PREFIX) or ":" in medium.value[:6]:
                continue
            set_at_path(found, medium.path, references.to_asset(self._named(scene, str(medium.path[0]), medium.value)))
        return found

    def _newest_picture(self, scene: Scene) -> str:
        pictures = [asset for asset in self.assets.get(scene.pk, []) if asset.kind == Asset.Kind.IMAGE]
        if not pictures:
            raise wrong_field("promptImage", f"{scene.name} has no picture yet: upload one, or name a file.")
        return references.to_asset(pictures[-1])

    def _named(self, scene: Scene, name: str, value: str) -> Asset:
        """first.png of this scene, or scene-2/images/first.png of another."""
        where, _, file_name = value.rpartition("/")
        scene = self.by_name.get(where.partition("/")[0], scene) if where else scene
        for asset in reversed(self.assets.get(scene.pk, [])):
            if asset.file_name == file_name:
                return asset
        message = f"there is no file {value} in {scene.folder_name}: give its name, asset: with its id, or an address."
        raise wrong_field(name, f"{name}: {message}")

    def _priced(
        self, asked: list[tuple[Row, Scene, CatalogModel, dict[str, Any], bool | None]], *, store: bool
    ) -> Plan:
        plan, seen, problems = Plan(), dict[str, int](), []
        for row, scene, model, parameters, reuse in asked:
            try:
                plan.items.append(self._item(row, scene, model, parameters, reuse, seen, store=store))
            except Problem as problem:
                problems += list(_of_row(row, problem))
        if problems:
            undo(plan.items)
            raise wrong_rows(problems)
        return plan

    def _item(
        self,
        row: Row,
        scene: Scene,
        model: CatalogModel,
        parameters: dict[str, Any],
        reuse: bool | None,
        seen: dict[str, int],
        *,
        store: bool,
    ) -> Item:
        files_here = all(medium.value.startswith(references.PREFIX) for medium in model.media_references(parameters))
        take_in = inputs.store if store or files_here else inputs.look_up
        found = take_in(scene, model, parameters)
        offered = quote.make(self.user, scene, model, found, reuse)
        same_as = seen.get(offered.key) if offered.reuse and offered.key and offered.source is None else None
        if offered.key:
            seen.setdefault(offered.key, row.number)
        return Item(row.number, scene, model, parameters, reuse, found, offered, same_as, key=row.key)


def undo(items: Sequence[Item]) -> None:
    for item in items:
        item.found.undo()


def wrong_rows(problems: Sequence[FieldProblem]) -> Problem:
    told = list(problems[:TOLD])
    if len(problems) > TOLD:
        told.append(FieldProblem("rows", f"And {len(problems) - TOLD} more."))
    return wrong_fields(*told)


def _of_row(row: Row, problem: Problem) -> Iterator[FieldProblem]:
    for wrong in problem.fields or [FieldProblem("", problem.message)]:
        name = f"rows.{row.number}.{wrong.field}".rstrip(".")
        yield FieldProblem(name, f"Row {row.number}: {wrong.message}")


def _too_many(asked: Sequence[tuple[Any, ...]]) -> Iterator[FieldProblem]:
    if len(asked) > MOST_ROWS:
        yield FieldProblem("rows", f"A batch has at most {MOST_ROWS} takes; these rows make {len(asked)}.")
    addresses = {
        medium.value
        for _, _, model, parameters, _ in asked
        for medium in model.media_references(parameters)
        if medium.value[:4].lower() == "http"
    }
    if len(addresses) > MOST_ADDRESSES:
        message = (
            f"At most {MOST_ADDRESSES} files may be given by their address, these are {len(addresses)}: upload them."
        )
        yield FieldProblem("rows", message)


def _model(told: Mapping[str, Any]) -> CatalogModel:
    kind = str(told.get("kind", DEFAULT_KIND))
    if kind not in catalog.kinds():
        raise wrong_field("kind", f"kind must be one of {', '.join(catalog.kinds())}.")
    name = told.get("model", DEFAULT_MODEL if kind == DEFAULT_KIND else None)
    found = catalog.find(kind, str(name))
    if found is None:
        names = ", ".join(known.name for known in catalog.models(kind))
        raise wrong_field("model", f"model must be one of {names}.")
    return found


def _takes(told: object) -> int:
    try:
        takes = int(str(told))
    except ValueError:
        takes = 0
    if isinstance(told, bool) or not 1 <= takes <= MOST_TAKES:
        raise wrong_field("takes", f"takes must be a whole number from 1 to {MOST_TAKES}.")
    return takes


def _truth(name: str, told: object) -> bool | None:
    if told is None or isinstance(told, bool):
        return told
    if (found := TRUTH.get(str(told).lower())) is None:
        raise wrong_field(name, f"{name} must be true or false.")
    return found


def _typed(model: CatalogModel, name: str, text: str) -> Any:
    """What the text of a cell means for its field: 5 is a number for a duration, and text for a prompt."""
    known = model.fields.get(name)
    if known is not None and shape(known) != Shape.PLAIN:
        return settings.value(known, name, {name: text})
    try:
        meant = json.loads(text.lower() if text.lower() in ("true", "false") else text)
    except (ValueError, RecursionError):
        return text
    if known is None or not any(known.check((name,), text)):
        return text
    return text if isinstance(meant, str) else meant


def _filled(model: CatalogModel, given: dict[str, Any]) -> dict[str, Any]:
    """With our shape and length where the model takes them and none was named."""
    found = dict(given)
    for name, preferred in (("ratio", RATIO), ("duration", DURATION)):
        known = model.fields.get(name)
        if known is None or name in found:
            continue
        value = model.value_or_default({}, name) if any(known.check((name,), preferred)) else preferred
        if value is not None:
            found[name] = value
    return found
