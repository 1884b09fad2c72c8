import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db import Error

from agencyam.commands import BAD_DATA, WRONG_ARGUMENTS, PlainCommand
from agencyam.tenancy.context import tenant_context
from agencyam.tenancy.models import Agency
from agencyam.tenancy.services import CannotCreateAgency, create_agency, delete_agency, suspend_agency
from clients.changes.announcing import announce
from clients.exchange.agency_name import agency_name
from clients.exchange.importing import CannotImportBook, ImportReport, import_book
from clients.exchange.problems import BadBook, BookNotFound
from clients.exchange.progress import Bar
from clients.exchange.sources import open_book


class Command(PlainCommand):
    help = "Reads a book (a folder, a .zip or an .xlsx) into an agency: all of it, or nothing at all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("agency", help="the agency's slug")
        parser.add_argument("path", type=Path, help="the book")
        parser.add_argument("--create", action="store_true", help="make the agency if it is not there")
        parser.add_argument("--dry-run", action="store_true", help="check everything, write nothing")
        parser.add_argument(
            "--skip-bad-rows", action="store_true", help="leave out bad rows, write the others"
        )
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        try:
            open_book(path).close()
            agency, is_new = self._agency(options["agency"], path, is_created=options["create"])
        except BookNotFound as error:
            raise CommandError(str(error), returncode=WRONG_ARGUMENTS) from error
        except CannotCreateAgency as error:
            raise CommandError(str(error), returncode=WRONG_ARGUMENTS) from error
        except BadBook as error:
            raise CommandError(str(error), returncode=BAD_DATA) from error
        is_kept = False
        try:
            report = self._import(agency, path, options)
            is_kept = report.is_written
        finally:
            if is_new and not is_kept:
                delete_agency(agency=suspend_agency(agency=agency))
        self._print(report, agency, is_json=options["json"])

    def _agency(self, slug: str, path: Path, *, is_created: bool) -> tuple[Agency, bool]:
        """The agency, and whether it was made just now."""
        agency = Agency.objects.filter(slug=slug).first()
        if agency is None and is_created:
            return create_agency(slug=slug, name=agency_name(path) or slug), True
        if agency is None:
            raise CommandError(
                f"There is no agency '{slug}'; use --create to make it.", returncode=WRONG_ARGUMENTS
            )
        if agency.status != Agency.Status.READY:
            raise CommandError(
                f"Agency '{slug}' is {agency.get_status_display().lower()}.", returncode=WRONG_ARGUMENTS
            )
        return agency, False

    def _import(self, agency: Agency, path: Path, options: dict[str, Any]) -> ImportReport:
        bar = Bar(sys.stderr)
        try:
            with tenant_context(agency):
                report = import_book(
                    path=path,
                    by=None,
                    is_dry_run=options["dry_run"],
                    skips_bad_rows=options["skip_bad_rows"],
                    progress=bar,
                )
                announce()
                return report
        except CannotImportBook as error:
            bar.clear()
            self._print(error.report, agency, is_json=options["json"])
            raise CommandError(str(error), returncode=BAD_DATA) from error
        except BadBook as error:
            raise CommandError(str(error), returncode=BAD_DATA) from error
        except ValidationError as error:
            raise CommandError(f"agency.json: {' '.join(error.messages)}", returncode=BAD_DATA) from error
        except Error as error:
            sentence = str(error).strip().split("\n")[0]
            raise CommandError(f"The database stopped the import: {sentence}", returncode=BAD_DATA) from error
        finally:
            bar.clear()

    def _print(self, report: ImportReport, agency: Agency, *, is_json: bool) -> None:
        if is_json:
            self.stdout.write(
                json.dumps({"agency": agency.slug, **report.as_json()}, ensure_ascii=False, indent=2)
            )
            return
        for note in report.notes:
            self.stdout.write(note)
        for problem in report.problems:
            self.stdout.write(str(problem))
        if report.problem_count > len(report.problems):
            self.stdout.write(f"... and {report.problem_count - len(report.problems):,} more mistakes.")
        for name, counts in report.files.items() if report.is_written or report.is_dry_run else ():
            self.stdout.write(
                f"{name}: {counts.rows:,} rows, {counts.created:,} created, {counts.updated:,} updated, "
                f"{counts.unchanged:,} unchanged, {counts.left_out:,} left out"
            )
        if report.is_dry_run:
            self.stdout.write("Dry run: nothing was written.")
