"""Camera moves and looks that a press writes into the prompt: words that video models understand."""

from __future__ import annotations

PROMPT_WORDS = {
    "Camera": (
        "Static shot",
        "Slow push in",
        "Slow pull out",
        "Pan left",
        "Pan right",
        "Tilt up",
        "Tilt down",
        "Tracking shot",
        "Orbit around the subject",
        "Crane up",
        "Handheld",
        "Aerial shot",
    ),
    "Look": (
        "Cinematic lighting",
        "Golden hour",
        "Blue hour",
        "Overcast, soft light",
        "Film noir, high contrast",
        "35 mm film grain",
        "Shallow depth of field",
        "Anamorphic lens flares",
        "Slow motion",
        "Time-lapse",
    ),
}
"""By the name of their group."""
