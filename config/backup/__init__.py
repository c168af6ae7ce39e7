"""Backups of DATA_DIR: what is in one, how it is written while the studio runs, and how it is restored."""
