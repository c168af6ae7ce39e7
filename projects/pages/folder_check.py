"""The page that says where the database and a project's folder disagree."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from projects.access import permissions
from projects.actions.check_folders import check_folders
from projects.pages.responses import Request, page

MAX_FINDINGS = 500
# what it means for people, and what a repair does about it
WORDS = {
    "missing": (
        gettext_noop("Missing"),
        gettext_noop("Put the file back, or delete its entry. A repair marks it as missing."),
    ),
    "extra": (gettext_noop("New"), gettext_noop("A repair adds it.")),
    "renamed": (gettext_noop("Renamed"), gettext_noop("A repair keeps the new name.")),
    "moved": (gettext_noop("Moved"), gettext_noop("A repair moves its entry to the other scene.")),
    "changed": (gettext_noop("Changed"), gettext_noop("A repair reads it again.")),
    "half-written": (
        gettext_noop("Half-written"),
        gettext_noop("Wait until it is whole. A repair moves what a crash has left to the trash."),
    ),
    "behind": (gettext_noop("Behind"), gettext_noop("A repair writes it again.")),
}


@page("GET", "HEAD", "POST")
def check_folder(request: Request, project_id: str) -> HttpResponse:
    """Show what differs; a POST repairs what can be repaired, and shows what is left."""
    project = permissions.project_for(request.user, project_id, "change")
    if request.method == "POST":
        count = check_folders([project], repair=True).repaired
        messages.success(
            request, ngettext("Repaired {count} finding.", "Repaired {count} findings.", count).format(count=count)
        )
        return redirect("check-folder", project.slug)
    findings = check_folders([project]).findings
    shown = [(*map(_, WORDS[each.kind]), each) for each in findings[:MAX_FINDINGS]]
    context = {"project": project, "findings": shown, "total": len(findings)}
    return render(request, "projects/folder_check.html", context)
