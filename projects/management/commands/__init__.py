"""`manage.py apitoken` and `rebuild`."""
