"""Batches: many requests at once, read from a list, checked and priced as a whole, and started as a whole."""
