"""Rows to the folder of a project: its cut as a file that editors open."""

from film.mirror.cut_file import CUT_DOCUMENT, CUT_FILE, changed, note_change, write_behind, write_cut

__all__ = ["CUT_DOCUMENT", "CUT_FILE", "changed", "note_change", "write_behind", "write_cut"]
