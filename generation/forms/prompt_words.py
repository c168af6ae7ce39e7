"""Camera moves and looks that a press writes into the prompt: words that video models understand."""

from __future__ import annotations

from django.utils.translation import gettext_noop

PROMPT_WORDS = {
    "Camera": (
        gettext_noop("Static shot"),
        gettext_noop("Slow push in"),
        gettext_noop("Slow pull out"),
        gettext_noop("Pan left"),
        gettext_noop("Pan right"),
        gettext_noop("Tilt up"),
        gettext_noop("Tilt down"),
        gettext_noop("Tracking shot"),
        gettext_noop("Orbit around the subject"),
        gettext_noop("Crane up"),
        "Handheld",
        gettext_noop("Aerial shot"),
    ),
    "Look": (
        gettext_noop("Cinematic lighting"),
        gettext_noop("Golden hour"),
        gettext_noop("Blue hour"),
        gettext_noop("Overcast, soft light"),
        gettext_noop("Film noir, high contrast"),
        gettext_noop("35 mm film grain"),
        gettext_noop("Shallow depth of field"),
        gettext_noop("Anamorphic lens flares"),
        gettext_noop("Slow motion"),
        "Time-lapse",
    ),
}
"""By the name of their group."""
