"""`manage.py film` and `handover`."""
