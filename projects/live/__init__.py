"""The publisher: the way from a change to the browsers."""
