"""What a person can do with a film. Pages, API and commands call these; the caller asks who may."""
