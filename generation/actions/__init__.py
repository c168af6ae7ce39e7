"""What a person can do with generations; pages, API, admin and commands all call these. Each raises Problem."""

from generation.actions.bulk import cancel_all, retry_all
from generation.actions.cancel import cancel, prioritise, resolve, send_again
from generation.actions.create_many import create_jobs
from generation.actions.generate import create_job, generate, paid_before
from generation.actions.mark import change, choose
from generation.actions.order import move
from generation.actions.pause import pause, resume
from generation.actions.retry import retry

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
