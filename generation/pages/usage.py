"""The page of what was spent: by day, project, scene, model and person, as the address filters it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from generation.actions import reconciliation
from generation.models import Reconciliation
from generation.models.ledger import ZERO
from generation.money import ledger_csv as ledger
from generation.money import prices
from generation.money.chart import Chart, draw_chart
from generation.money.report import SpendRow, load_report
from generation.money.usage_filter import DEFAULT_RANGE, RANGES, UsageFilter, scope_of_page
from projects.models import Project
from projects.pages.responses import Request, page
from projects.problems import forbidden
from projects.web.streams import stream_download

ROWS_PER_TABLE = 12
RECONCILED_DAYS = 30
PRICE_CHANGE_DAYS = 30
# a longer span is drawn only from the first day on which something was spent
MAX_CHART_DAYS = 3700


@dataclass(frozen=True)
class TableRow:
    """A row with its bar: its spend in percent of the highest one."""

    spend: SpendRow
    percent: float


@dataclass(frozen=True)
class Table:
    """The rows with the highest spend, and how many more there are with how many credits.

    `parameter` is the name of the query parameter by which the page filters for a row; empty for none.
    """

    name: str
    parameter: str
    rows: list[TableRow]
    more: int
    more_credits: Decimal


class UsagePage:
    """What the page shows, by the query of its address."""

    ranges = RANGES

    def __init__(self, user: User, query: QueryDict) -> None:
        self.form = UsageFilter(query)
        self.scope = scope_of_page(user, self.form)
        self.report = load_report(self.scope)

    @property
    def range(self) -> str:
        """The value of the current tab; empty where the address has dates instead."""
        query = self.form.cleaned_data
        return "" if query.get("since") or query.get("until") else query.get("range") or DEFAULT_RANGE

    @property
    def is_filtered(self) -> bool:
        """Whether spend may be left out by anything but the days."""
        return bool(self.scope.project or self.scope.person or self.scope.model)

    @property
    def projects(self) -> list[Project]:
        """The projects that can be chosen."""
        return list(self.scope.projects.values())

    @cached_property
    def chart(self) -> Chart:
        """The spend by day, or by month for a long span."""
        return draw_chart(self.report.days, *self._chart_days())

    @property
    def tables(self) -> list[Table]:
        """The tables that have rows."""
        report = self.report
        tables = [
            ("Projects", "project", report.projects),
            ("Scenes", "", report.scenes),
            ("Models", "model", report.models),
            ("People", "person", report.people),
        ]
        return [_table(name, parameter, rows) for name, parameter, rows in tables if rows]

    def _chart_days(self) -> tuple[date, date]:
        first, last = self.scope.first, self.scope.last or timezone.now().date()
        if first is None or (last - first).days > MAX_CHART_DAYS:
            first = min(self.report.days, default=last)
        # the address may name a first day in the future, but the last one is never later than today
        return min(first, last), last


@page("GET", "HEAD")
def usage(request: Request) -> HttpResponse:
    """Show the page; staff also see the last comparison with Runway."""
    usage_page = UsagePage(request.user, request.GET)
    context: dict[str, object] = {
        "usage": usage_page,
        "report": usage_page.report,
        "prices": prices.newest(timedelta(days=PRICE_CHANGE_DAYS))[:ROWS_PER_TABLE],
    }
    if request.user.is_staff:
        context |= {"may_reconcile": True, "reconciliation": Reconciliation.objects.first()}
    return render(request, "generation/usage.html", context)


@page("POST")
def reconcile(request: Request) -> HttpResponse:
    """Compare the last days with what Runway counts. Only staff may, since that is the usage of the whole account."""
    if not request.user.is_staff:
        raise forbidden(_("Only staff can compare usage with Runway: it covers the whole studio."))
    differences = len(reconciliation.reconcile(request.user, RECONCILED_DAYS).differences)
    if differences:
        words = ngettext(
            "Found {count} difference between Runway and the studio.",
            "Found {count} differences between Runway and the studio.",
            differences,
        )
        messages.warning(request, words.format(count=differences))
    else:
        messages.success(request, _("Runway and the studio agree."))
    return redirect(f"{reverse('usage')}#compared")


@page("GET", "HEAD")
def ledger_csv(request: Request) -> StreamingHttpResponse:
    """Return the ledger entries behind the page as CSV, with the same filter."""
    scope = scope_of_page(request.user, UsageFilter(request.GET))
    file_name = f"ledger-{timezone.now():%Y-%m-%d}.csv"
    return stream_download(request, ledger.ledger_csv(scope), file_name, "text/csv; charset=utf-8")


def _table(name: str, parameter: str, spends: list[SpendRow]) -> Table:
    highest = max((spend.totals.spent for spend in spends), default=ZERO)
    shown, rest = spends[:ROWS_PER_TABLE], spends[ROWS_PER_TABLE:]
    rows = [TableRow(spend, _percent(spend.totals.spent, highest)) for spend in shown]
    return Table(name, parameter, rows, len(rest), sum((spend.totals.spent for spend in rest), ZERO))


def _percent(spent: Decimal, highest: Decimal) -> float:
    return round(max(float(spent / highest) * 100, 0), 1) if highest > 0 else 0
