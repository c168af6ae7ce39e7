"""What a person can do with generations; pages, API, admin and commands all call these. Each raises Problem."""

from generation.actions.again import retry
from generation.actions.generate import create_job, generate, paid_before
from generation.actions.marking import change, choose
from generation.actions.ordering import move
from generation.actions.pausing import pause, resume
from generation.actions.settle import cancel, prioritise, resolve, send_again
from generation.actions.several import cancel_all, retry_all
from generation.actions.together import create_jobs

__all__ = [
    "cancel",
    "cancel_all",
    "change",
    "choose",
    "create_job",
    "create_jobs",
    "generate",
    "move",
    "paid_before",
    "pause",
    "prioritise",
    "resolve",
    "resume",
    "retry",
    "retry_all",
    "send_again",
]
