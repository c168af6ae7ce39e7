"""The admin of jobs."""

from generation.admin.jobs import GenerationJobAdmin

__all__ = ["GenerationJobAdmin"]
