"""Text that comes in and goes out: what is valid, JSON, and how moments, credits and names are written."""
