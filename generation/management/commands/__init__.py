"""`manage.py generate`, `batch` and `runway_simulator`."""
