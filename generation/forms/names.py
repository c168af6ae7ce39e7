"""What the fields are called on pages. One that is not named here is called by its wire name, as people spell it."""

from __future__ import annotations

from generation.actions.compare import spelled

LABELS = {
    "promptText": "Prompt",
    "promptImage": "First frame",
    "promptVideo": "Video",
    "videoUri": "Video",
    "imageUri": "Picture",
    "audioUri": "Sound",
    "maskUri": "Mask",
    "media": "Sound or video",
    "references": "Reference pictures",
    "referenceImages": "Reference pictures",
    "referenceVideos": "Reference videos",
    "referenceAudio": "Reference sounds",
    "referenceAudios": "Reference sounds",
    "targetLang": "Language",
    "outputCount": "How many",
    "numVariants": "How many",
    "contentModeration.publicFigureThreshold": "Public figures",
    "providerSettings": "Shots",
    "providerSettings.multiPrompt": "One after the other",
    "providerSettings.shotType": "Divided into shots by",
    "providerSettings.keepOriginalSound": "Keep the sound of the video",
    "keyframes": "Keyframes",
    "colors": "Colours",
    "backgroundColor": "Background colour",
    "uri": "Picture",
    "seconds": "At the second",
    "at": "Or at this part, 0 to 1",
    "range": "Change no more than",
    "start_seconds": "From the second",
    "end_seconds": "To the second",
}
WORDS = {
    "providerSettings.shotType": {"customize": "customize: the shots here", "intelligence": "intelligence: the model"},
    "contentModeration.publicFigureThreshold": {"low": "low: less strict"},
}
ROWS = {"keyframes": "keyframe", "multiPrompt": "shot", "colors": "colour"}


def label(name: str) -> str:
    """Of a control, by its whole name or the end of it."""
    outer, _, last = name.rpartition(".")
    if last.isdecimal():
        return row(outer).capitalize()
    return LABELS.get(name) or LABELS.get(last) or spelled(last).replace("_", " ").capitalize()


def row(name: str) -> str:
    """What one row of a list is."""
    return ROWS.get(name.rsplit(".", 1)[-1], "row")


def word(name: str, value: str) -> str:
    """What a choice says."""
    return WORDS.get(name, {}).get(value, value)
