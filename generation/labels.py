"""Labels for people: of fields of a request, and of the states of a job.

Sentences about a job are written where its state is set (`generation/engine/apply_state.py`, `submit.py`), and the
words of a batch in `generation/batches/summary.py`. A field that is not listed is called by its name on the wire, as
people spell it: `targetFramerate` is "Target framerate".
"""

from __future__ import annotations

import re

from generation.models.status import Status
from generation.runway import errors

FIELD_LABELS = {
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
    "audio": "Sound",
    "draft": "Draft (cheaper, lower quality)",
    "negativePrompt": "Negative prompt",
    "cfgScale": "Prompt adherence",
    "outputFormat": "File format",
    "proresProfile": "ProRes profile",
    "promptExpansionMode": "Prompt expansion",
    "targetLang": "Target language",
    "outputCount": "Number of outputs",
    "numVariants": "Number of variants",
    "backgroundColor": "Background color",
    "contentModeration.publicFigureThreshold": "Public figures",
    "providerSettings": "Shots",
    "providerSettings.multiPrompt": "Shot prompts",
    "providerSettings.shotType": "Shot breakdown",
    "providerSettings.keepOriginalSound": "Keep the video's sound",
    # of a keyframe
    "uri": "Picture",
    "seconds": "Time (seconds)",
    "at": "Or position (0 to 1)",
    "range": "Time range",
    "start_seconds": "Start (seconds)",
    "end_seconds": "End (seconds)",
}
ROW_LABELS = {"keyframes": "keyframe", "multiPrompt": "shot", "colors": "color"}
# values of choices, wherever they stand; others are shown as Runway spells them
OPTION_LABELS = {
    "true": "yes",
    "false": "no",
    "adaptive": "match the picture",
    "mp4": "MP4",
    "mov": "MOV",
    "prores": "ProRes",
    "png_sequence": "PNG sequence",
    "hdr10": "HDR10",
    "hlg": "HLG",
    "hdr_pq_12bit_master": "HDR PQ, 12-bit master",
    "hdr_prores": "HDR ProRes",
    "hdr_png_sequence": "HDR PNG sequence",
    "hdr_exr_sequence": "HDR EXR sequence",
    "hdr_exr_acescg_sequence_1_3": "HDR EXR sequence, ACEScg 1.3",
    "hdr_exr_acescg_sequence_2_0": "HDR EXR sequence, ACEScg 2.0",
    "sdr_rec709_10bit": "SDR Rec. 709, 10-bit",
    "png": "PNG",
    "jpeg": "JPEG",
    "webp": "WebP",
    "wav": "WAV",
    "mp3": "MP3",
    "flac": "FLAC",
    "ogg_opus": "Ogg Opus",
    "23_98": "23.98",
    "29_97": "29.97",
    "59_94": "59.94",
}
OPTION_LABELS_OF_FIELD = {
    "providerSettings.shotType": {"customize": "the shots below", "intelligence": "chosen by the model"},
    "contentModeration.publicFigureThreshold": {"low": "low (less strict)"},
}
MODEL_DEFAULT = "model default"
RANDOM_SEED = "empty for a random one"
OPTIONAL = "optional"
MORE_PICTURES = "More pictures"
OUTPUT_LABELS = {"video": "Take", "image": "Picture", "audio": "Sound"}

STATUS_LABELS = {
    Status.QUEUED: "Queued",
    Status.SUBMITTING: "Sending to Runway",
    Status.PENDING: "Starting soon at Runway",
    Status.THROTTLED: "Waiting for a free slot at Runway",
    Status.RUNNING: "Generating",
    Status.DOWNLOADING: "Downloading",
    Status.COMPLETED: "Done",
    Status.FAILED: "Failed",
    Status.CANCELLED: "Cancelled",
    Status.UNCONFIRMED: "Unconfirmed",
}
CANCELLING = "Cancelling"
# on a small tile; a finished take shows its picture instead
SHORT_STATUS_LABELS = {
    Status.QUEUED: "Queued",
    Status.SUBMITTING: "Sending",
    Status.PENDING: "Starting soon",
    Status.THROTTLED: "Waiting",
    Status.RUNNING: "Generating",
    Status.DOWNLOADING: "Downloading",
    Status.FAILED: "Failed",
    Status.CANCELLED: "Cancelled",
    Status.UNCONFIRMED: "Unconfirmed",
}
WAITING_FOR_SLOT = "waiting_for_place"
# why a job does not move, by its `waiting_code`; other codes have a message of their own
WAIT_REASONS = {
    errors.Busy.code: "Runway was busy",
    errors.Unreachable.code: "Runway could not be reached",
    WAITING_FOR_SLOT: "Runway is at its limit; this one is sent when a slot is free",
}
MAY_NOT_SPEND = {
    True: "You can edit this project, but not spend credits. Ask its owner to allow it.",
    False: "You can view this project, but not generate. Ask its owner.",
}
"""Why a person cannot generate, by whether they may change the project."""
VERDICT_LABELS = {"pass": "Passed checks", "warn": "Worth a look", "fail": "Failed checks"}
ORDINALS = ("", "", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")

HUMP = re.compile(r"(?<=[a-z0-9])([A-Z])")


def field_label(name: str) -> str:
    """Return the label of a field by its place in a request, such as `keyframes.0.at`: by the whole, or by its end."""
    outer, _, last = name.rpartition(".")
    if last.isdecimal():
        return row_label(outer).capitalize()
    return FIELD_LABELS.get(name) or FIELD_LABELS.get(last) or _spell(last).capitalize()


def short_label(name: str) -> str:
    """Return a field's label for use within a sentence: in lower case, without what stands in parentheses."""
    return field_label(name).partition(" (")[0].lower()


def row_label(name: str) -> str:
    """Return what one row of a list is called, such as "keyframe"."""
    return ROW_LABELS.get(name.rsplit(".", 1)[-1], "row")


def option_label(name: str, value: str) -> str:
    """Return the label of a value that a field can have."""
    return OPTION_LABELS_OF_FIELD.get(name, {}).get(value) or OPTION_LABELS.get(value) or value.replace("_", " ")


def default_aside(default: str) -> str:
    """Return what stands beside the label of a field that may be left empty."""
    return f"default: {default}"


def value_text(value: object) -> str:
    """Return a value within a sentence: “several words” in quotes, on or off, and what None stands for."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, str):
        return f"“{value}”" if " " in value else value
    return MODEL_DEFAULT if value is None else str(value)


def nth_try(number: int) -> str:
    """Return "second try" for 2, and "try 11" where there is no word."""
    return f"{ORDINALS[number]} try" if number < len(ORDINALS) else f"try {number}"


def _spell(name: str) -> str:
    return HUMP.sub(r" \1", name).lower().replace("_", " ")
