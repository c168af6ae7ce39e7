"""Commands of the film app."""
