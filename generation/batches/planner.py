"""Make the plan of a batch from the rows of a shot list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from generation import references
from generation.actions import quote
from generation.actions.saved_prompts import fill_prompt, variables_of
from generation.batches.plan import Plan, PlannedItem
from generation.batches.project_files import ProjectFiles
from generation.batches.row import Row
from generation.batches.row_problems import RowProblems
from generation.batches.row_values import read_model, read_parameters, read_reuse, read_takes
from generation.batches.shotlist import MAX_ROWS
from generation.engine import inputs
from generation.forms.credit_limit import read_credit_limit
from generation.money.prices import PriceBook, check_ceiling
from generation.runway.catalog import CatalogModel
from projects.models import Project, Scene
from projects.problems import FieldProblem, wrong_field, wrong_fields

# each is fetched before anything is started, which may take ten seconds
MAX_ADDRESSES = 20


@dataclass(frozen=True)
class RowRequest:
    """A request that a row asks for, checked against its model."""

    row: Row
    scene: Scene
    model: CatalogModel
    parameters: dict[str, Any]
    reuse: bool | None
    max_credits: Decimal | None
    written_prompt: str | None = None
    """The prompt before its variables were filled, where it had any."""


class Planner:
    """Makes plans for one project; its scenes, files and prices are read once."""

    def __init__(
        self,
        user: User,
        project: Project,
        reuse: bool | None = None,
        max_credits: Decimal | None = None,
        *,
        crops: bool = False,
    ) -> None:
        self._user = user
        self._files = ProjectFiles(project)
        self._variables = variables_of(project)
        # for rows that do not say it themselves
        self._reuse = reuse
        self._max_credits = max_credits
        # whether pictures that Runway would refuse for their shape are cropped: a page shows them before the price
        self._crops = crops
        self._prices = PriceBook()

    def plan(self, rows: Sequence[Row], *, store: bool = False) -> Plan:
        """Return the plan of the rows. Raise Problem 422 that names every wrong row.

        With `store` the files that come with the rows are stored in their scenes, unless a Problem is raised.
        """
        requests = self._read(rows)
        _check_limits(requests)
        return self._price(requests, store=store)

    def _read(self, rows: Sequence[Row]) -> list[RowRequest]:
        problems = RowProblems()
        requests: list[RowRequest] = []
        for row in rows:
            with problems.collect(row.number, row):
                requests += self._requests(row)
        problems.raise_if_any()
        return requests

    def _requests(self, row: Row) -> Iterator[RowRequest]:
        """Yield one request for each take of the row."""
        values = {name: value for name, value in row.values.items() if value is not None}
        scene, model = self._files.scene(values.get("scene")), read_model(values)
        takes, reuse = read_takes(values.get("takes", 1)), read_reuse(values.get("reuse", self._reuse))
        max_credits = read_credit_limit(values.get("maxCredits", self._max_credits))
        parameters = self._files.with_references(scene, model, read_parameters(row, values, model))
        if self._crops:
            parameters = self._files.with_cropped_frame(model, parameters)
        parameters, written_prompt = self._fill(row, scene, parameters)
        if problems := model.check(parameters):
            raise wrong_fields(*problems)
        # with a random seed each take differs; otherwise the second would be the first one, for nothing
        if takes > 1 and reuse is not False and ("seed" in parameters or reuse):
            raise wrong_field(
                "takes", _("takes must be 1 with a seed or with reuse: all of them would be the same take.")
            )
        for _take in range(takes):
            yield RowRequest(row, scene, model, parameters, reuse, max_credits, written_prompt)

    def _fill(self, row: Row, scene: Scene, parameters: dict[str, Any]) -> tuple[dict[str, Any], str | None]:
        """Return the parameters with the prompt for the scene, and the prompt as it was written where that differs."""
        written = parameters.get("promptText")
        if row.was_sent or not isinstance(written, str):
            return parameters, None
        prompt = fill_prompt(scene, written, self._variables)
        return ({**parameters, "promptText": prompt}, written) if prompt != written else (parameters, None)

    def _price(self, requests: Sequence[RowRequest], *, store: bool) -> Plan:
        plan, problems = Plan(), RowProblems()
        first_rows: dict[str, int] = {}
        for request in requests:
            with problems.collect(request.row.number, request.row):
                plan.items.append(self._item(request, first_rows, store=store))
        # all or nothing: files of the right rows are not kept either
        if problems:
            plan.discard_files()
        problems.raise_if_any()
        return plan

    def _item(self, request: RowRequest, first_rows: dict[str, int], *, store: bool) -> PlannedItem:
        """Return the planned request. `first_rows`: the first row of each request so far, by its request key."""
        # a preview stores nothing, and refuses what a start would refuse
        load_inputs = inputs.store if store else inputs.preview
        files = load_inputs(request.scene, request.model, request.parameters)
        price = quote.make_quote(self._user, request.scene, request.model, files, request.reuse, self._prices)
        check_ceiling(price.credits, request.max_credits)
        is_repeatable = price.reuse and price.key and price.source is None
        same_as = first_rows.get(price.key) if is_repeatable else None
        # requests without a key cannot be compared
        if price.key:
            first_rows.setdefault(price.key, request.row.number)
        return PlannedItem(
            request.row.number,
            request.scene,
            request.model,
            request.parameters,
            request.reuse,
            files,
            price,
            same_as,
            key=request.row.key,
            max_credits=request.max_credits,
            written_prompt=request.written_prompt,
        )


def _check_limits(requests: Sequence[RowRequest]) -> None:
    problems = []
    if len(requests) > MAX_ROWS:
        message = _("A batch has at most {max_rows} takes; these rows make {count}.").format(
            max_rows=MAX_ROWS, count=len(requests)
        )
        problems.append(FieldProblem("rows", message))
    addresses = {address for request in requests for address in _addresses(request)}
    if len(addresses) > MAX_ADDRESSES:
        message = _(
            "A batch may have at most {max_addresses} files by address, not {count}. Upload them first."
        ).format(max_addresses=MAX_ADDRESSES, count=len(addresses))
        problems.append(FieldProblem("rows", message))
    if problems:
        raise wrong_fields(*problems)


def _addresses(request: RowRequest) -> Iterator[str]:
    for medium in request.model.media_references(request.parameters):
        if medium.value[:4].lower() == "http" and references.is_address(medium.value):
            yield medium.value
