"""Template tags and filters that put jobs into words."""
