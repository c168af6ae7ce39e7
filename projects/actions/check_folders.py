"""Compare the rows of projects with their folders, and repair what differs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from projects.live import publish
from projects.mirror import drift, drift_repair
from projects.mirror.drift import Finding
from projects.models import Project


@dataclass(frozen=True)
class FolderCheck:
    """What was compared and found, and how many findings are settled."""

    projects: list[str]
    findings: list[Finding]
    repaired: int

    @property
    def agrees(self) -> bool:
        """Whether rows and folders agree now."""
        return self.repaired == len(self.findings)

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON."""
        findings = [{"kind": str(each.kind), "path": each.path, "detail": each.detail} for each in self.findings]
        return {"projects": self.projects, "findings": findings, "repaired": self.repaired}


def check_folders(projects: Iterable[Project], *, repair: bool = False, deep: bool = False) -> FolderCheck:
    """Check projects one after the other. Without `repair` nothing that anybody sees is changed."""
    slugs, findings, repaired = [], [], 0
    for project in projects:
        slugs.append(project.slug)
        differences = drift.find_drift(project, deep=deep)
        if repair:
            repaired += drift_repair.repair(differences)
            publish.publish_storyboard_change(project)
        else:
            drift_repair.remember_times(differences)
        findings += differences.findings
    return FolderCheck(slugs, findings, repaired)
