"""From the rows of a project to its film: which file each clip of the cut shows, and where it plays."""

from film.timelines.load import UNTOUCHED_VERSION, current_cut, editable_cut, load_timeline, resolve

__all__ = ["UNTOUCHED_VERSION", "current_cut", "editable_cut", "load_timeline", "resolve"]
