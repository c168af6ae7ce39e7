"""What was spent: by day, project, scene, model and person; the filter stands in the address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from generation.actions import reconciliation
from generation.models import Reconciliation
from generation.money import chart, report, usage_filter
from generation.money import ledger_csv as table
from generation.money.report import Report, SpendRow
from generation.money.scope import Scope
from generation.money.totals import CreditTotals
from generation.money.usage_filter import RANGES, UsageFilter
from projects.pages.responses import Request, page
from projects.problems import forbidden

LINES = 12
COMPARED_DAYS = 30
# what is longer ago is drawn only as far back as something was spent
LONGEST_DAYS = 3700


@dataclass(frozen=True)
class Row:
    """A line with its part of the dearest one, in per cent."""

    line: SpendRow
    part: float


@dataclass(frozen=True)
class Table:
    name: str
    field: str
    rows: list[Row]
    more: int
    rest: Decimal


@page("GET", "HEAD")
def usage(request: Request) -> HttpResponse:
    form = UsageFilter(request.GET)
    scope = usage_filter.scope_of_page(request.user, form)
    found = report.load_report(scope)
    context: dict[str, object] = {
        "report": found,
        "chart": _chart(found),
        "tables": _tables(found),
        "refusals": found.refusals,
        "form": form,
        "range": _range(form, scope),
        "ranges": RANGES,
        "projects": scope.projects.values(),
        "filtered": bool(scope.project or scope.person or scope.model),
    }
    if request.user.is_staff:
        context |= {"may_compare": True, "compared": Reconciliation.objects.first()}
    return render(request, "generation/usage.html", context)


@page("POST")
def reconcile(request: Request) -> HttpResponse:
    """Ask Runway what it counts, for the last thirty days; by staff, since it speaks of the whole account."""
    if not request.user.is_staff:
        raise forbidden("What Runway counts is the whole studio's: its staff compare it.")
    found = reconciliation.reconcile(request.user, COMPARED_DAYS)
    if found.differences:
        messages.warning(request, f"Runway and the studio differ in {len(found.differences)} places.")
    else:
        messages.success(request, "Runway and the studio agree.")
    return redirect(f"{reverse('usage')}#compared")


@page("GET", "HEAD")
def ledger_csv(request: Request) -> HttpResponse:
    """The entries behind the page, with the same filter."""
    scope = usage_filter.scope_of_page(request.user, UsageFilter(request.GET))
    name = f"ledger-{timezone.now():%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(table.ledger_csv(scope), content_type="text/csv; charset=utf-8", headers=headers)


def _range(form: UsageFilter, scope: Scope) -> str:
    """The tab that is current; none where two dates say it."""
    given = form.cleaned_data
    return "" if given.get("since") or given.get("until") else given.get("range") or usage_filter.DEFAULT_RANGE


def _chart(found: Report) -> chart.Chart:
    today = timezone.now().date()
    return chart.draw_chart(found.days, *_span(found.scope, found.days, today))


def _span(scope: Scope, days: Iterable[date], today: date) -> tuple[date, date]:
    first, last = scope.first, scope.last or today
    if first is None or (last - first).days > LONGEST_DAYS:
        first = min(days, default=last)
    return min(first, last), last


def _tables(found: Report) -> list[Table]:
    kinds = [
        ("Projects", "project", found.projects),
        ("Scenes", "", found.scenes),
        ("Models", "model", found.models),
        ("People", "person", found.people),
    ]
    return [_table(name, field, lines) for name, field, lines in kinds if lines]


def _table(name: str, field: str, lines: list[SpendRow]) -> Table:
    most = max((line.totals.spent for line in lines), default=Decimal(0))
    shown, rest = lines[:LINES], lines[LINES:]
    rows = [Row(line, _part(line.totals, most)) for line in shown]
    return Table(name, field, rows, len(rest), sum((line.totals.spent for line in rest), Decimal(0)))


def _part(totals: CreditTotals, most: Decimal) -> float:
    return round(max(float(totals.spent / most) * 100, 0), 1) if most > 0 else 0
