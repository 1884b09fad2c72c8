import os
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts.models import OutboxEmail, User
from accounts.selectors import get_settings
from agencyam.commands import BAD_DATA, WRONG_ARGUMENTS, AgencyCommand
from agencyam.exceptions import Refused
from agencyam.periods import BadPeriod, Period, local_day, parse_period
from clients.book import selectors as book_selectors
from clients.book.models import Client
from reports.qbr import selectors, services
from reports.qbr.delivery.sending import CannotSendQBR, send_qbr
from reports.qbr.models import QBR
from reports.qbr.stages import services as stages

Made = tuple[bytes, int, list[OutboxEmail]]


class Command(AgencyCommand):
    help = "Prints a client's business review as a PDF file; with --send the approved one, mailed to the client too."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("client_id", metavar="CLIENT_ID", help="The client's id in the book.")
        parser.add_argument(
            "--period",
            required=True,
            help="2026-03, 2026Q1, 2026, ttm or 2026-01-01..2026-02-15 (end exclusive).",
        )
        parser.add_argument("--output", required=True, metavar="FILE.pdf", type=Path)
        parser.add_argument(
            "--send",
            action="store_true",
            help="Mail the latest version to the client's contacts as well; it has to be approved.",
        )
        parser.add_argument(
            "--approve-as",
            metavar="EMAIL",
            help="With --send: approve it first, as this member and by the rules that hold on the site.",
        )

    def handle_agency(self, options: dict[str, Any]) -> None:
        settings, now = get_settings(), timezone.now()
        today = local_day(now, settings.time_zone)
        output: Path = options["output"]
        _check_output(output)
        client = book_selectors.find_client(book_id=options["client_id"])
        if client is None:
            raise CommandError(
                f"There is no client with the id '{options['client_id']}'.", returncode=WRONG_ARGUMENTS
            )
        period = _period(options["period"], today, settings.fiscal_year_start_month)
        asked: dict[str, Any] = {"client": client, "period": period, "today": today, "now": now}
        approver = _approver(options)
        try:
            content, pages, mails = (
                _sent(**asked, approver=approver) if options["send"] else _printed(**asked)
            )
        except Refused as error:
            raise CommandError(str(error), returncode=BAD_DATA) from error
        _write(output, content)
        self.stdout.write(f"{output}: {client.name}, {period.label}, {pages} pages")
        for mail in mails:
            self.stdout.write(f"Mail to {mail.to_email} is in the outbox.")


def _printed(*, client: Client, period: Period, today: date, now: datetime) -> Made:
    """What a draft says today; nothing is stored."""
    rendered = services.print_draft(client=client, period=period, today=today, now=now)
    return rendered.content, rendered.pages, []


def _sent(*, client: Client, period: Period, today: date, now: datetime, approver: User | None) -> Made:
    """The latest version, mailed to whoever has not got it; with an approver made and approved first where it is not."""
    if approver is not None:
        qbr = _approved(client=client, period=period, today=today, now=now, approver=approver)
    else:
        found = selectors.find_latest_version(client=client, period=period)
        if found is None:
            raise CannotSendQBR(f"There is no review of {period.label} that could be sent.")
        qbr = found
    qbr = services.render_qbr(qbr_id=qbr.pk, now=now)
    mails = send_qbr(qbr=qbr, by=None, today=today, now=now)
    return selectors.get_pdf(qbr=qbr), qbr.pages or 0, mails


@transaction.atomic
def _approved(*, client: Client, period: Period, today: date, now: datetime, approver: User) -> QBR:
    qbr = stages.create_draft(client=client, period=period, by=None, today=today)
    if qbr.is_draft:
        qbr = stages.bring_up_to_date(qbr=qbr, by=None, today=today)
        qbr = stages.submit_for_review(qbr=qbr, by=None, now=now)
    return qbr if qbr.is_approved else stages.approve(qbr=qbr, by=approver, now=now)


def _approver(options: dict[str, Any]) -> User | None:
    email = options["approve_as"]
    if email is None:
        return None
    if not options["send"]:
        raise CommandError("--approve-as goes with --send.", returncode=WRONG_ARGUMENTS)
    member = User.objects.active().filter(email__iexact=email).first()
    if member is None:
        raise CommandError(f"There is no member with the address '{email}'.", returncode=WRONG_ARGUMENTS)
    return member


def _period(text: str, today: Any, first_month: int) -> Period:
    try:
        return parse_period(text, as_of=today, fiscal_year_start_month=first_month)
    except BadPeriod as error:
        raise CommandError(str(error), returncode=WRONG_ARGUMENTS) from error


def _check_output(output: Path) -> None:
    if output.is_dir() or not output.name:
        raise CommandError(f"'{output}' is a folder; --output names a file.", returncode=WRONG_ARGUMENTS)
    if not output.absolute().parent.is_dir():
        raise CommandError(
            f"The folder '{output.absolute().parent}' does not exist.", returncode=WRONG_ARGUMENTS
        )


def _write(output: Path, content: bytes) -> None:
    """All of the file or nothing: under a name of its own first, then renamed."""
    part = output.with_name(f".{output.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(output)
    except OSError as error:
        raise CommandError(f"'{output}' cannot be written: {error.strerror}.", returncode=BAD_DATA) from error
    finally:
        part.unlink(missing_ok=True)
