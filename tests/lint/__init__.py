"""Checks that `make lint` runs and no packaged linter has."""
