"""Commands that concern the whole studio."""
