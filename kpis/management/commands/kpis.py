import json
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from accounts.selectors import get_settings
from agencyam.commands import BAD_DATA, WRONG_ARGUMENTS, AgencyCommand, day
from agencyam.periods import BadPeriod, local_day, parse_period
from kpis.choices.selectors import query_for
from kpis.direct.query import BadQuery
from kpis.direct.waterfall import DoesNotAddUp
from kpis.engine import Result, UnknownKpi, evaluate
from kpis.formulas.definition import BY_ALL
from kpis.formulas.reasons import REASONS
from kpis.formulas.target import Status
from kpis.frozen.reported import Reported, map_reported
from kpis.management.table import format_table

_COLUMNS = ("KPI", "Slice", "Value", "Interval", "n", "Target", "Status")


class Command(AgencyCommand):
    help = "Prints the KPIs of an agency for a period."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--period",
            required=True,
            help="2026-03, 2026Q1, 2026, ttm or 2026-01-01..2026-02-15 (end exclusive).",
        )
        parser.add_argument("--as-of", type=day, help="The last day that is known; today unless given.")
        parser.add_argument("--by", choices=BY_ALL, default="agency")
        parser.add_argument("--kpi", nargs="+", action="extend", metavar="KEY", help="Only these KPIs.")
        parser.add_argument(
            "--rows", action="store_true", help="With the rows behind each number (JSON only)."
        )
        parser.add_argument("--format", choices=("table", "json"), default="table")

    def handle_agency(self, options: dict[str, Any]) -> None:
        results = _evaluate(options)
        reported = map_reported(results)
        if options["format"] == "json":
            answers = [_as_json(result, reported.get((result.kpi, result.key))) for result in results]
            self.stdout.write(json.dumps(answers, indent=1, ensure_ascii=False))
            return
        rows = [_cells(result, reported.get((result.kpi, result.key))) for result in results]
        self.stdout.write(format_table(_COLUMNS, rows))
        for result in results:
            known = reported.get((result.kpi, result.key))
            if known is not None and known.is_restated:
                self.stdout.write(f"* {result.kpi}, {result.label}: {known.words}, now {result.display}.")


def _evaluate(options: dict[str, Any]) -> list[Result]:
    settings = get_settings()
    as_of = options["as_of"] or local_day(timezone.now(), settings.time_zone)
    try:
        period = parse_period(
            options["period"], as_of=as_of, fiscal_year_start_month=settings.fiscal_year_start_month
        )
        query = query_for(period=period, as_of=as_of, by=options["by"], settings=settings)
        return evaluate(query, options["kpi"] or (), has_rows=options["rows"])
    except (BadPeriod, BadQuery, UnknownKpi) as error:
        raise CommandError(str(error), returncode=WRONG_ARGUMENTS) from error
    except DoesNotAddUp as error:
        raise CommandError(str(error), returncode=BAD_DATA) from error


def _as_json(result: Result, reported: Reported | None) -> dict[str, Any]:
    answer = result.as_json()
    return answer if reported is None else answer | {"reported": reported.as_json()}


def _cells(result: Result, reported: Reported | None) -> tuple[str, ...]:
    """One line; the value has a star if another one was reported."""
    value = f"{result.display} *" if reported is not None and reported.is_restated else result.display
    interval = ""
    if result.ci_low is not None and result.ci_high is not None:
        interval = f"{result.format(result.ci_low)} to {result.format(result.ci_high)}"
    target = "" if result.target is None else result.format(result.target)
    status = result.status.value.replace("_", " ")
    if result.figure.reason:
        status = REASONS[result.figure.reason]
    elif result.status is Status.NOT_JUDGED:
        status = ""
    return (result.kpi, result.label, value, interval, str(result.figure.n), target, status)
