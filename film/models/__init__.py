"""Every table of the film app."""

from film.models.cut import CutRevision, ProjectCut
from film.models.cut_file import CutFile
from film.models.export import Export

__all__ = ["CutFile", "CutRevision", "Export", "ProjectCut"]
