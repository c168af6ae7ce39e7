"""What of a JPEG, PNG or WebP file shows its picture, and nothing else that is in the file."""
