"""The film as JSON."""
