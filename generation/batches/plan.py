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
from generation.serializers import plain_number
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
    max_credits: Decimal | None = None
    """The most that it may cost."""
    written_prompt: str | None = None
    """The prompt before its variables were filled, where it had any."""

    @property
    def credits(self) -> Decimal | None:
        """The price; None if it is not known."""
        # the earlier row is charged
        return NOTHING if self.same_as else self.quote.credits

    @property
    def is_free(self) -> bool:
        """Whether the file was paid for before, is on its way, or is paid for by an earlier row."""
        return self.same_as is not None or self.quote.source is not None or self.quote.in_flight is not None

    @property
    def held(self) -> Decimal | None:
        """What is held for it: its price, or where that is unknown the most that it may cost; None without either."""
        return self.max_credits if self.credits is None else self.credits

    def as_row(self) -> dict[str, Any]:
        """Return the row that asks for this, with the variables of its prompt as they were written."""
        row = {"scene": self.scene.folder_name, "kind": self.model.kind, "model": self.model.name}
        options = {"reuse": self.reuse, "maxCredits": plain_number(self.max_credits)}
        return (
            row
            | {name: value for name, value in options.items() if value is not None}
            | self.parameters
            | self._prompt()
        )

    def _prompt(self) -> dict[str, str]:
        return {} if self.written_prompt is None else {"promptText": self.written_prompt}


@dataclass
class Plan:
    """The requests of a batch."""

    items: list[PlannedItem] = field(default_factory=list)

    @property
    def credits(self) -> Decimal | None:
        """The price of all requests together; None if one of the prices is not known."""
        return None if self.unknown else self.known_credits

    @property
    def held(self) -> Decimal | None:
        """What is held for all requests; None if one has neither a known price nor a limit."""
        amounts = [item.held for item in self.items]
        known = [amount for amount in amounts if amount is not None]
        return sum(known, ZERO) if len(known) == len(amounts) else None

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
