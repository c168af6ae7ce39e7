"""Films, scenes, files and people. It knows no jobs and no cut."""
