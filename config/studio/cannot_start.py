class CannotStart(Exception):
    """Why the studio does not start: one line that says what to do."""
