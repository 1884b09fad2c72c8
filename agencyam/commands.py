"""What our commands share: errors as one plain sentence with an exit code, and the agency they work in."""

import argparse
import sys
from abc import ABC, abstractmethod
from datetime import date
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser

from agencyam.tenancy.context import tenant_context
from agencyam.tenancy.models import Agency

WRONG_ARGUMENTS = 2
BAD_DATA = 1


class PlainCommand(BaseCommand):
    """A command whose every failure is one sentence on stderr; exit code 2 for wrong arguments, 1 for bad data."""

    # Checks would load every page of the product.
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        if parser.called_from_command_line:
            parser.error = self._refuse  # type: ignore[method-assign]
        return parser

    def _refuse(self, message: str) -> NoReturn:
        sys.stderr.write(f"{message[:1].upper()}{message[1:]}.\n")
        sys.exit(WRONG_ARGUMENTS)

    def execute(self, *args: Any, **options: Any) -> Any:
        try:
            return super().execute(*args, **options)
        except CommandError as error:
            if not getattr(self, "_called_from_command_line", False) or options.get("traceback"):
                raise
            sys.stderr.write(f"{error}\n")
            sys.exit(error.returncode)


class AgencyCommand(PlainCommand, ABC):
    """Opens the agency named on the command line and calls `handle_agency` inside it."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("agency", metavar="AGENCY", help="The agency's slug, such as northwind.")

    def handle(self, *args: Any, **options: Any) -> str | None:
        slug = options["agency"]
        agency = Agency.objects.filter(slug=slug).first()
        if agency is None:
            raise CommandError(f"There is no agency called '{slug}'.", returncode=WRONG_ARGUMENTS)
        if agency.status != Agency.Status.READY:
            raise CommandError(f"The agency '{slug}' is {agency.status}, not ready.", returncode=BAD_DATA)
        with tenant_context(agency):
            return self.handle_agency(options)

    @abstractmethod
    def handle_agency(self, options: dict[str, Any]) -> str | None:
        """The command's work, with the agency bound."""


def day(text: str) -> date:
    """An argument that is a day."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"'{text}' is not a day; write 2026-03-31") from error
