"""Every table of the projects app."""

from projects.models.asset import Asset
from projects.models.audit import AuditEntry
from projects.models.clean_up_rule import CleanUpRule
from projects.models.invitation import Invitation
from projects.models.membership import Membership
from projects.models.person import ApiToken, Preferences, SignInAttempts
from projects.models.project import Project
from projects.models.scene import Scene
from projects.models.upload import Upload

__all__ = [
    "ApiToken",
    "Asset",
    "AuditEntry",
    "CleanUpRule",
    "Invitation",
    "Membership",
    "Preferences",
    "Project",
    "Scene",
    "SignInAttempts",
    "Upload",
]
