"""Many requests at once: read from a list, checked and priced as a whole, made as a whole, and then each for itself."""
