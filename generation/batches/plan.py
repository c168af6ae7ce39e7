"""The plan of a batch: every request with its files and its price. Nothing of it has been started."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from generation.actions.quote import NOTHING, Quote
from generation.engine import forecast
from generation.engine.forecast import ModelForecast
from generation.engine.inputs import Inputs
from generation.models import GenerationJob
from generation.models.ledger import ZERO
from generation.runway.catalog import CatalogModel
from projects.models import Scene


@dataclass(frozen=True)
class PlannedItem:
    """One request of a batch."""

    row: int
    scene: Scene
    model: CatalogModel
    parameters: dict[str, Any]
    reuse: bool | None
    inputs: Inputs
    quote: Quote
    same_as: int | None = None
    """The earlier row that asks for the same, so that both are paid for once."""
    retry_of: GenerationJob | None = None
    key: str | None = None

    @property
    def credits(self) -> Decimal | None:
        """The price; None if it is not known."""
        # the earlier row is charged
        return NOTHING if self.same_as else self.quote.credits

    @property
    def is_free(self) -> bool:
        """Whether the file was paid for before, is on its way, or is paid for by an earlier row."""
        return self.same_as is not None or self.quote.source is not None or self.quote.in_flight is not None

    def as_row(self) -> dict[str, Any]:
        """Return the row that asks for exactly this."""
        row = {"scene": self.scene.folder_name, "kind": self.model.kind, "model": self.model.name}
        return row | ({} if self.reuse is None else {"reuse": self.reuse}) | self.parameters


@dataclass
class Plan:
    """The requests of a batch."""

    items: list[PlannedItem] = field(default_factory=list)

    @property
    def credits(self) -> Decimal | None:
        """The price of all requests together; None if one of the prices is not known."""
        return None if self.unknown else self.known_credits

    @property
    def known_credits(self) -> Decimal:
        """The sum of the prices that are known."""
        return sum((item.credits or ZERO for item in self.items), ZERO)

    @property
    def free(self) -> int:
        """How many requests cost nothing."""
        return sum(item.is_free for item in self.items)

    @property
    def unknown(self) -> int:
        """How many prices are not known."""
        return sum(item.credits is None for item in self.items)

    def forecast(self) -> list[ModelForecast]:
        """Return when the requests that are paid for would be sent and done, by model."""
        paid = [item for item in self.items if not item.is_free]
        return forecast.forecast_requests([(item.model.name, item.parameters, item.credits) for item in paid])

    def discard_files(self) -> None:
        """Move the files that were stored for these requests to the trash again."""
        for item in self.items:
            item.inputs.undo()
