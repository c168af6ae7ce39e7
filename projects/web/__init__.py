"""What HTTP needs besides pages and API: envelope, errors, limits, compression, files with Range."""
