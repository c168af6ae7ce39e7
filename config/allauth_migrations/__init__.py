"""The tables of allauth, see `MIGRATION_MODULES` in `config/settings.py`."""
