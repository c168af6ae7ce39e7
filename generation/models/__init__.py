"""Every table of the generation app."""

from generation.models.auto_retry import AutoRetry
from generation.models.batch import Batch
from generation.models.event import JobEvent
from generation.models.favorite_model import FavoriteModel
from generation.models.job import GenerationJob, JobQuerySet
from generation.models.job_input import JobInput
from generation.models.ledger import LedgerEntry
from generation.models.money import Budget, DaySpend, Reconciliation
from generation.models.observed_price import ObservedPrice
from generation.models.pause import Pause
from generation.models.prompt import PromptVariable, PromptVersion, SavedPrompt
from generation.models.quality import QualityReport, QualityThumbnail
from generation.models.runway_state import Lease, RunwayState
from generation.models.status import IllegalMove, LostRace, Mark
from generation.models.webhook import WebhookDelivery, WebhookEndpoint

__all__ = [
    "AutoRetry",
    "Batch",
    "Budget",
    "DaySpend",
    "FavoriteModel",
    "GenerationJob",
    "IllegalMove",
    "JobEvent",
    "JobInput",
    "JobQuerySet",
    "Lease",
    "LedgerEntry",
    "LostRace",
    "Mark",
    "ObservedPrice",
    "Pause",
    "PromptVariable",
    "PromptVersion",
    "QualityReport",
    "QualityThumbnail",
    "Reconciliation",
    "RunwayState",
    "SavedPrompt",
    "WebhookDelivery",
    "WebhookEndpoint",
]
