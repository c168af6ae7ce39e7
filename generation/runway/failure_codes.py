"""What the failure codes of finished tasks mean, and whether the same request may be tried again.

The codes are from https://docs.dev.runwayml.com/errors/task-failures. The list there is open, so they are matched by
their beginning, in this order.
"""

from __future__ import annotations

from projects.translation import gettext_noop

# beginning of the code, whether a retry without changes can help, meaning
FAILURES: tuple[tuple[str, bool, str], ...] = (
    (
        "SAFETY.INPUT",
        False,
        gettext_noop("Runway's moderation refused the prompt or the picture. Change it before you try again."),
    ),
    (
        "SAFETY.OUTPUT",
        False,
        gettext_noop("Runway's moderation refused the result. Change the prompt before you try again."),
    ),
    # not documented, but the list is open
    (
        "SAFETY.",
        False,
        gettext_noop("Runway's moderation refused this. Change the prompt or the picture before you try again."),
    ),
    (
        "INPUT_PREPROCESSING.SAFETY",
        False,
        gettext_noop("Moderation refused the prompt or the picture. Change it first."),
    ),
    ("INPUT_PREPROCESSING.INTERNAL", True, gettext_noop("Runway could not process the input. Trying again may help.")),
    ("ASSET.INVALID", False, gettext_noop("Runway cannot use the picture. Try another size, shape or format.")),
    (
        "INTERNAL.BAD_OUTPUT",
        False,
        gettext_noop("The result was unusable. Change the prompt or the picture: no logos, no text."),
    ),
    ("THIRD_PARTY.UNAVAILABLE", True, gettext_noop("The model's provider is unavailable. Try again in a few minutes.")),
    ("THIRD_PARTY.", False, gettext_noop("The model's provider refused the input. Change it before you try again.")),
    ("INTERNAL", True, gettext_noop("Runway had an internal error. Trying again may help.")),
)
NO_CODE = (True, gettext_noop("The generation failed at Runway, which gave no reason. Trying again may help."))
UNKNOWN_CODE = (False, gettext_noop("The generation failed at Runway."))


def explain_failure(code: str) -> tuple[bool, str]:
    """Return whether a failed task may be tried again unchanged, and what its failure code means, for people."""
    if not code:
        return NO_CODE
    return next(((can_retry, text) for prefix, can_retry, text in FAILURES if code.startswith(prefix)), UNKNOWN_CODE)
