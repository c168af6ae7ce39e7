"""What a person can do with generations; pages, API, admin and commands all call these. Each raises Problem."""

from generation.actions.generate import create_job, generate, retry
from generation.actions.marking import change, choose
from generation.actions.settle import cancel, prioritise, resolve, send_again

__all__ = ["cancel", "change", "choose", "create_job", "generate", "prioritise", "resolve", "retry", "send_again"]
