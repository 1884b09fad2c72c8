from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from agencyam.commands import WRONG_ARGUMENTS, PlainCommand
from agencyam.tenancy.context import tenant_context
from agencyam.tenancy.models import Agency
from clients.exchange.exporting import export_book
from clients.exchange.sinks import CannotWriteBook


class Command(PlainCommand):
    help = "Writes an agency's whole book to a folder, or to a .zip or an .xlsx by the path's ending."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("agency", help="the agency's slug")
        parser.add_argument("path", type=Path, help="where to; written whole or not at all")

    def handle(self, *args: Any, **options: Any) -> None:
        agency = Agency.objects.filter(slug=options["agency"], status=Agency.Status.READY).first()
        if agency is None:
            raise CommandError(f"There is no agency '{options['agency']}'.", returncode=WRONG_ARGUMENTS)
        try:
            with tenant_context(agency):
                counts = export_book(path=options["path"], by=None)
        except CannotWriteBook as error:
            raise CommandError(str(error), returncode=WRONG_ARGUMENTS) from error
        self.stdout.write(f"{options['path']}: {sum(counts.values()):,} rows in {len(counts)} files.")
