"""The pages of the film app."""
