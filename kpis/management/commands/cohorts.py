import json
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.selectors import get_settings
from agencyam.commands import WRONG_ARGUMENTS, AgencyCommand
from agencyam.periods import BadPeriod
from kpis.cohorts import CohortTable, get_cohort_table
from kpis.management.table import format_table


class Command(AgencyCommand):
    help = "Prints clients by the month of their first recurring revenue, and how many stayed."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--to", required=True, metavar="YYYY-MM", help="The last month of the table.")
        parser.add_argument("--format", choices=("table", "json"), default="table")

    def handle_agency(self, options: dict[str, Any]) -> None:
        settings = get_settings()
        try:
            table = get_cohort_table(options["to"], settings=settings)
        except BadPeriod as error:
            raise CommandError(str(error), returncode=WRONG_ARGUMENTS) from error
        if options["format"] == "json":
            self.stdout.write(json.dumps(table.as_json(), indent=1, ensure_ascii=False))
        else:
            self.stdout.write(_format(table))


def _format(table: CohortTable) -> str:
    width = max((len(cohort.logos) for cohort in table.cohorts), default=0)
    columns = ["Month", "Clients", *(f"+{number}" for number in range(width))]
    rows = []
    for cohort in table.cohorts:
        cells = [str(count) for count in cohort.logos]
        rows.append([f"{cohort.month:%Y-%m}", str(cohort.size), *cells, *[""] * (width - len(cells))])
    return format_table(columns, rows)
