"""`manage.py studio` and `manage.py signinlink`."""
