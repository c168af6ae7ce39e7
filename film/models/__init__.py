"""Every table of the film app."""

from film.models.cut import CutRevision, ProjectCut
from film.models.cut_file import CutFile
from film.models.export import Export
from film.models.share_link import ShareLink

__all__ = ["CutFile", "CutRevision", "Export", "ProjectCut", "ShareLink"]
