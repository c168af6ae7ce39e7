"""The buttons over the tracks, in groups. Each does what the key does that is named with it."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext_noop


class Tool(NamedTuple):
    """A button: `command` is a name of static/js/pages/cut/shortcuts.js, `pressed` the state of what is on or off."""

    command: str
    icon: str
    label: str
    key: str
    pressed: str = ""


EDITING = (
    (
        Tool("undo", "undo-2", gettext_noop("Undo"), "Ctrl Z"),
        Tool("redo", "redo-2", gettext_noop("Redo"), "Ctrl Shift Z"),
    ),
    (
        Tool("select", "mouse-pointer-2", gettext_noop("Selection tool"), "V", "true"),
        Tool("razor", "scissors", gettext_noop("Razor tool"), "B", "false"),
        Tool("split", "square-split-horizontal", gettext_noop("Split at the playhead"), "S"),
        Tool("snap", "magnet", gettext_noop("Snapping"), "N", "true"),
        Tool(
            "linked",
            "link",
            gettext_noop("Link sounds, captions and titles to the picture"),
            "Shift L",
            "true",
        ),
    ),
    (
        Tool("dissolve", "blend", gettext_noop("Dissolve"), "T"),
        Tool("gap", "square-dashed", gettext_noop("Insert a gap"), "G"),
        Tool("duplicate", "copy", gettext_noop("Duplicate"), "Ctrl D"),
        Tool("remove", "trash-2", gettext_noop("Remove"), "Delete"),
    ),
    (
        Tool("marker", "bookmark", gettext_noop("Add a marker"), "M"),
        Tool("title", "type", gettext_noop("Add a title"), "Shift T"),
        Tool("caption", "captions", gettext_noop("Add a caption"), "Shift C"),
    ),
)
ZOOM = (
    Tool("zoom-out", "zoom-out", gettext_noop("Zoom out"), "−"),
    Tool("fit", "fold-horizontal", gettext_noop("Show the whole film"), "\\"),
    Tool("zoom-in", "zoom-in", gettext_noop("Zoom in"), "+"),
)
