"""Names, folders and files on disk, and what a file is. Nothing here imports Django."""
