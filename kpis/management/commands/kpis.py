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
from kpis.evidence.columns import columns_of
from kpis.evidence.rows import Evidence, list_evidence
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
            "--rows", action="store_true", help="With the rows behind each number, counted and not."
        )
        parser.add_argument("--format", choices=("table", "json"), default="table")

    def handle_agency(self, options: dict[str, Any]) -> None:
        results = _evaluate(options)
        reported = map_reported(results)
        evidence = [_evidence(result) for result in results] if options["rows"] else [None] * len(results)
        if options["format"] == "json":
            answers = [
                _as_json(result, reported.get((result.kpi, result.key)), rows)
                for result, rows in zip(results, evidence, strict=True)
            ]
            self.stdout.write(json.dumps(answers, indent=1, ensure_ascii=False))
            return
        rows = [_cells(result, reported.get((result.kpi, result.key))) for result in results]
        self.stdout.write(format_table(_COLUMNS, rows))
        for result in results:
            known = reported.get((result.kpi, result.key))
            if known is not None and known.is_restated:
                self.stdout.write(f"* {result.kpi}, {result.label}: {known.words}, now {result.display}.")
                for line in known.changed:
                    self.stdout.write(f"    {line}")
        for result, shown in zip(results, evidence, strict=True):
            if shown is not None:
                self.stdout.write(_rows_table(result, shown))


def _evaluate(options: dict[str, Any]) -> list[Result]:
    settings = get_settings()
    as_of = options["as_of"] or local_day(timezone.now(), settings.time_zone)
    try:
        period = parse_period(
            options["period"], as_of=as_of, fiscal_year_start_month=settings.fiscal_year_start_month
        )
        query = query_for(period=period, as_of=as_of, by=options["by"], settings=settings)
        return evaluate(query, options["kpi"] or ())
    except (BadPeriod, BadQuery, UnknownKpi) as error:
        raise CommandError(str(error), returncode=WRONG_ARGUMENTS) from error
    except DoesNotAddUp as error:
        raise CommandError(str(error), returncode=BAD_DATA) from error


def _evidence(result: Result) -> Evidence:
    return list_evidence(result.query, result.kpi, result.key)


def _as_json(result: Result, reported: Reported | None, evidence: Evidence | None) -> dict[str, Any]:
    answer = result.as_json()
    if evidence is not None:
        answer |= {"rows": evidence.counted, "excluded": evidence.excluded}
    return answer if reported is None else answer | {"reported": reported.as_json()}


def _rows_table(result: Result, evidence: Evidence) -> str:
    """The rows of one number under its name, the counted ones first, with what they add up to."""
    columns = columns_of(result.kpi, [*evidence.counted, *evidence.excluded], is_full=True)
    lines = [
        [word, *(_cell(row.get(column.name)) for column in columns)]
        for word, rows in (("yes", evidence.counted), ("no", evidence.excluded))
        for row in rows
    ]
    head = f"{result.kpi}, {result.label}: {result.display}"
    count = f"Counted rows: {len(evidence.counted)}. Not counted: {len(evidence.excluded)}."
    if not lines:
        return f"\n{head}\n{count}"
    return f"\n{head}\n{format_table(['Counted', *(column.name for column in columns)], lines)}\n{count}"


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, list) else "" if value is None else str(value)


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
