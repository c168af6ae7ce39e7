"""Where one scene plays in a film."""

from __future__ import annotations

from django.utils.translation import gettext as _

from film.document.timeline import Timeline
from projects.problems import Problem, wrong_field


def scene_range(timeline: Timeline, scene: str) -> tuple[int, int]:
    """Return the first frame of a scene, and the one after its last, with the dissolves at both ends.

    Raise Problem 422 for a scene that does not play, or does so in several places.
    """
    places = [number for number, clip in enumerate(timeline.clips) if clip.scene == scene]
    if not places:
        raise wrong_field("sceneId", _("sceneId must be a scene that plays in the film."))
    if places != [*range(places[0], places[-1] + 1)]:
        raise _in_parts(scene)
    return timeline.clips[places[0]].start, timeline.clips[places[-1]].end


def _in_parts(scene: str) -> Problem:
    return wrong_field(
        "sceneId", _("The clips of {scene} are not next to each other. Give in and out instead.").format(scene=scene)
    )
