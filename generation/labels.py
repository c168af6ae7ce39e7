"""Labels for people: of fields of a request, and of the states of a job.

Sentences about a job are written where its state is set (`generation/engine/apply_state.py`, `submit.py`), and the
words of a batch in `generation/batches/summary.py`. A field that is not listed is called by its name on the wire, as
people spell it: `smartGrain` is "Smart grain".
"""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from generation.models.status import Status
from generation.runway import errors

FIELD_LABELS = {
    "promptText": gettext_noop("Prompt"),
    "promptImage": gettext_noop("First frame"),
    "promptVideo": gettext_noop("Video"),
    "videoUri": gettext_noop("Video"),
    "imageUri": gettext_noop("Picture"),
    "audioUri": gettext_noop("Sound"),
    "maskUri": gettext_noop("Mask"),
    "media": gettext_noop("Sound or video"),
    "references": gettext_noop("Reference pictures"),
    "referenceImages": gettext_noop("Reference pictures"),
    "referenceVideos": gettext_noop("Reference videos"),
    "referenceAudio": gettext_noop("Reference sounds"),
    "referenceAudios": gettext_noop("Reference sounds"),
    "audio": gettext_noop("Sound"),
    "draft": gettext_noop("Draft (cheaper, lower quality)"),
    "negativePrompt": gettext_noop("Negative prompt"),
    "cfgScale": gettext_noop("Prompt adherence"),
    "outputFormat": gettext_noop("File format"),
    "proresProfile": gettext_noop("ProRes profile"),
    "promptExpansionMode": gettext_noop("Prompt expansion"),
    "targetLang": gettext_noop("Target language"),
    "outputCount": gettext_noop("Number of outputs"),
    "numVariants": gettext_noop("Number of variants"),
    "backgroundColor": gettext_noop("Background color"),
    "contentModeration.publicFigureThreshold": gettext_noop("Public figures"),
    "providerSettings": gettext_noop("Shots"),
    "providerSettings.multiPrompt": gettext_noop("Shot prompts"),
    "providerSettings.shotType": gettext_noop("Shot breakdown"),
    "providerSettings.keepOriginalSound": gettext_noop("Keep the video's sound"),
    "fpsBoost": gettext_noop("Higher frame rate"),
    "numSpeakers": gettext_noop("Number of speakers"),
    "multiPrompt": gettext_noop("Shot prompts"),
    "draftTaskId": gettext_noop("Draft to finish (task ID)"),
    "presetId": gettext_noop("Preset voice"),
    "previousText": gettext_noop("Text before this one"),
    "nextText": gettext_noop("Text after this one"),
    "languageCode": gettext_noop("Language"),
    "similarityBoost": gettext_noop("Likeness to the voice"),
    "useSpeakerBoost": gettext_noop("Strengthen likeness"),
    "loudnessRate": gettext_noop("Loudness"),
    "pitchRate": gettext_noop("Pitch"),
    "speechRate": gettext_noop("Pace"),
    "targetFramerate": gettext_noop("Frame rate"),
    "targetAspectRatio": gettext_noop("Aspect ratio"),
    "disableVoiceCloning": gettext_noop("Don't clone the voice"),
    "dropBackgroundAudio": gettext_noop("Drop background sound"),
    "scaleFactor": gettext_noop("Enlarge by"),
    "applyTextNormalization": gettext_noop("Spell out numbers"),
    "thinkingLevel": gettext_noop("Thinking"),
    "expressionIntensity": gettext_noop("Strength of expression"),
    # of a keyframe
    "uri": gettext_noop("Picture"),
    "seconds": gettext_noop("Time (seconds)"),
    "at": gettext_noop("Or position (0 to 1)"),
    "range": gettext_noop("Time range"),
    "start_seconds": gettext_noop("Start (seconds)"),
    "end_seconds": gettext_noop("End (seconds)"),
}
ROW_LABELS = {
    "keyframes": gettext_noop("keyframe"),
    "multiPrompt": gettext_noop("shot"),
    "colors": gettext_noop("color"),
}
# values of choices, wherever they stand; others are shown as Runway spells them
OPTION_LABELS = {
    "true": gettext_noop("yes"),
    "false": gettext_noop("no"),
    "adaptive": gettext_noop("match the picture"),
    "mp4": "MP4",
    "mov": "MOV",
    "prores": gettext_noop("ProRes"),
    "png_sequence": gettext_noop("PNG sequence"),
    "hdr10": "HDR10",
    "hlg": "HLG",
    "hdr_pq_12bit_master": gettext_noop("HDR PQ, 12-bit master"),
    "hdr_prores": gettext_noop("HDR ProRes"),
    "hdr_png_sequence": gettext_noop("HDR PNG sequence"),
    "hdr_exr_sequence": gettext_noop("HDR EXR sequence"),
    "hdr_exr_acescg_sequence_1_3": gettext_noop("HDR EXR sequence, ACEScg 1.3"),
    "hdr_exr_acescg_sequence_2_0": gettext_noop("HDR EXR sequence, ACEScg 2.0"),
    "sdr_rec709_10bit": gettext_noop("SDR Rec. 709, 10-bit"),
    "png": "PNG",
    "jpeg": "JPEG",
    "webp": gettext_noop("WebP"),
    "wav": "WAV",
    "mp3": "MP3",
    "flac": "FLAC",
    "ogg_opus": gettext_noop("Ogg Opus"),
    "23_98": "23.98",
    "29_97": "29.97",
    "59_94": "59.94",
}
OPTION_LABELS_OF_FIELD = {
    "providerSettings.shotType": {
        "customize": gettext_noop("the shots below"),
        "intelligence": gettext_noop("chosen by the model"),
    },
    "contentModeration.publicFigureThreshold": {"low": gettext_noop("low (less strict)")},
}
MODEL_DEFAULT = gettext_noop("model default")
RANDOM_SEED = gettext_noop("empty for a random one")
OPTIONAL = gettext_noop("optional")
MORE_PICTURES = gettext_noop("More pictures")
OUTPUT_LABELS = {"video": gettext_noop("Take"), "image": gettext_noop("Picture"), "audio": gettext_noop("Sound")}

STATUS_LABELS = {
    Status.QUEUED: gettext_noop("Queued"),
    Status.SUBMITTING: gettext_noop("Sending to Runway"),
    Status.PENDING: gettext_noop("Starting soon at Runway"),
    Status.THROTTLED: gettext_noop("Waiting for a free slot at Runway"),
    Status.RUNNING: gettext_noop("Generating"),
    Status.DOWNLOADING: gettext_noop("Downloading"),
    Status.COMPLETED: gettext_noop("Done"),
    Status.FAILED: gettext_noop("Failed"),
    Status.CANCELLED: gettext_noop("Cancelled"),
    Status.UNCONFIRMED: gettext_noop("Unconfirmed"),
}
CANCELLING = gettext_noop("Cancelling")
# on a small tile; a finished take shows its picture instead
SHORT_STATUS_LABELS = {
    Status.QUEUED: gettext_noop("Queued"),
    Status.SUBMITTING: gettext_noop("Sending"),
    Status.PENDING: gettext_noop("Starting soon"),
    Status.THROTTLED: gettext_noop("Waiting"),
    Status.RUNNING: gettext_noop("Generating"),
    Status.DOWNLOADING: gettext_noop("Downloading"),
    Status.FAILED: gettext_noop("Failed"),
    Status.CANCELLED: gettext_noop("Cancelled"),
    Status.UNCONFIRMED: gettext_noop("Unconfirmed"),
}
WAITING_FOR_SLOT = "waiting_for_place"
# why a job does not move, by its `waiting_code`; other codes have a message of their own
WAIT_REASONS = {
    errors.Busy.code: gettext_noop("Runway was busy"),
    errors.Unreachable.code: gettext_noop("Runway could not be reached"),
    WAITING_FOR_SLOT: gettext_noop("Runway is at its limit; this one is sent when a slot is free"),
}
MAY_NOT_SPEND = {
    True: gettext_noop("You can edit this project, but not spend credits. Ask its owner to allow it."),
    False: gettext_noop("You can view this project, but not generate. Ask its owner."),
}
"""Why a person cannot generate, by whether they may change the project."""
VERDICT_LABELS = {
    "pass": gettext_noop("Passed checks"),
    "warn": gettext_noop("Worth a look"),
    "fail": gettext_noop("Failed checks"),
}
ORDINALS = ("", "", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")

HUMP = re.compile(r"(?<=[a-z0-9])([A-Z])")


def field_label(name: str) -> str:
    """Return the label of a field by its place in a request, such as `keyframes.0.at`: by the whole, or by its end."""
    outer, _dot, last = name.rpartition(".")
    if last.isdecimal():
        return row_label(outer).capitalize()
    return _(FIELD_LABELS.get(name) or FIELD_LABELS.get(last) or _spell(last).capitalize())


def short_label(name: str) -> str:
    """Return a field's label for use within a sentence: in lower case, without what stands in parentheses."""
    return field_label(name).partition(" (")[0].lower()


def row_label(name: str) -> str:
    """Return what one row of a list is called, such as "keyframe"."""
    return _(ROW_LABELS.get(name.rsplit(".", 1)[-1], "row"))


def option_label(name: str, value: str) -> str:
    """Return the label of a value that a field can have."""
    return _(OPTION_LABELS_OF_FIELD.get(name, {}).get(value) or OPTION_LABELS.get(value) or value.replace("_", " "))


def default_aside(default: str) -> str:
    """Return what stands beside the label of a field that may be left empty."""
    return _("default: {default}").format(default=default)


def value_text(value: object) -> str:
    """Return a value within a sentence: “several words” in quotes, on or off, and what None stands for."""
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if isinstance(value, str):
        return f"“{value}”" if " " in value else value
    return _(MODEL_DEFAULT) if value is None else str(value)


def nth_try(number: int) -> str:
    """Return "second try" for 2, and "try 11" where there is no word."""
    return (
        _("{ordinal} try").format(ordinal=ORDINALS[number])
        if number < len(ORDINALS)
        else _("try {number}").format(number=number)
    )


def _spell(name: str) -> str:
    return HUMP.sub(r" \1", name).lower().replace("_", " ")
