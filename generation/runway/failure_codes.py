"""What the failure codes of finished tasks mean, and whether the same request may be tried again.

The codes are from https://docs.dev.runwayml.com/errors/task-failures. The list there is open, so they are matched by
their beginning, in this order.
"""

from __future__ import annotations

# beginning of the code, whether a retry without changes can help, meaning
FAILURES: tuple[tuple[str, bool, str], ...] = (
    ("SAFETY.INPUT", False, "Runway's moderation refused the prompt or the picture. Change it before you try again."),
    ("SAFETY.OUTPUT", False, "Runway's moderation refused the result. Change the prompt before you try again."),
    # not documented, but the list is open
    ("SAFETY.", False, "Runway's moderation refused this. Change the prompt or the picture before you try again."),
    ("INPUT_PREPROCESSING.SAFETY", False, "Moderation refused the prompt or the picture. Change it first."),
    ("INPUT_PREPROCESSING.INTERNAL", True, "Runway could not process the input. Trying again may help."),
    ("ASSET.INVALID", False, "Runway cannot use the picture. Try another size, shape or format."),
    ("INTERNAL.BAD_OUTPUT", False, "The result was unusable. Change the prompt or the picture: no logos, no text."),
    ("THIRD_PARTY.UNAVAILABLE", True, "The model's provider is unavailable. Try again in a few minutes."),
    ("THIRD_PARTY.", False, "The model's provider refused the input. Change it before you try again."),
    ("INTERNAL", True, "Runway had an internal error. Trying again may help."),
)
NO_CODE = (True, "The generation failed at Runway, which gave no reason. Trying again may help.")
UNKNOWN_CODE = (False, "The generation failed at Runway.")


def explain_failure(code: str) -> tuple[bool, str]:
    """Return whether a failed task may be tried again unchanged, and what its failure code means, for people."""
    if not code:
        return NO_CODE
    return next(((can_retry, text) for prefix, can_retry, text in FAILURES if code.startswith(prefix)), UNKNOWN_CODE)
