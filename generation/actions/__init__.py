"""What people can do with generations. Pages, API, admin and commands all call these; each may raise Problem."""

from generation.actions.bulk import cancel_all, retry_all
from generation.actions.cancel import cancel
from generation.actions.create_many import create_jobs
from generation.actions.generate import create_job, generate, paid_before, quote_request
from generation.actions.mark import annotate, choose
from generation.actions.order import move, set_priority, set_queue_order
from generation.actions.pause import pause, resume
from generation.actions.resolve import resolve, send_again
from generation.actions.retry import retry

__all__ = [
    "annotate",
    "cancel",
    "cancel_all",
    "choose",
    "create_job",
    "create_jobs",
    "generate",
    "move",
    "paid_before",
    "pause",
    "quote_request",
    "resolve",
    "resume",
    "retry",
    "retry_all",
    "send_again",
    "set_priority",
    "set_queue_order",
]
