"""The demo's data: two agencies, each with a generated three-year book that comes in through import_book.

The kernel knows the apps by the names of their commands only. Each agency has two marks under `var/demo`: one
when its making begins, one when it is done. So a second start reuses it, and a half-made one is made again.
"""

import csv
import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.utils import timezone

from agencyam.jobs import runner
from agencyam.jobs.models import Job
from agencyam.tenancy.context import tenant_context
from agencyam.tenancy.models import Agency
from agencyam.tenancy.services import create_agency, delete_agency, suspend_agency

PASSWORD = "demo-password-2026"  # noqa: S105 printed at the start of the demo, which listens on the loopback only
# The fifth business day of the month after comes by then.
DAYS_TO_CLOSE = 10
ROLES = ("owner", "leader", "account_manager", "viewer")


@dataclass(frozen=True)
class DemoAgency:
    """What to invent: the profile, the seed and the size of an agency's book."""

    slug: str
    name: str
    profile: str
    seed: int
    clients: int
    members: int
    months: int = 36
    closed_months: int = 12


AGENCIES = [
    DemoAgency("northwind", "Northwind", "northwind", seed=7, clients=60, members=8),
    DemoAgency("harbour", "Harbour & Finch", "harbour", seed=11, clients=25, members=4),
]


@dataclass(frozen=True)
class Made:
    """What was made of an agency: who can sign in, and the review that was mailed."""

    logins: dict[str, str]
    qbr_client: str
    qbr_path: str


class DemoData:
    """Makes or finds the two agencies; `folder` holds the marks, the books and the PDFs."""

    def __init__(self, folder: Path, *, today: date) -> None:
        self._folder = folder
        self._today = today
        self._folder.mkdir(parents=True, exist_ok=True)
        self.log = StringIO()

    def find_made(self, agency: DemoAgency) -> Made | None:
        """What an earlier run made, if it finished and the database still has it."""
        mark = self._mark(agency, "done")
        if not mark.exists() or not Agency.objects.ready().filter(slug=agency.slug).exists():
            return None
        return Made(**json.loads(mark.read_text()))

    def is_foreign(self, agency: DemoAgency) -> bool:
        """Whether an agency of this name exists that the demo did not make; it is left alone."""
        has_begun = self._mark(agency, "begun").exists()
        return not has_begun and Agency.objects.filter(slug=agency.slug).exists()

    def book_of(self, agency: DemoAgency) -> Path:
        return self._folder / f"{agency.slug}-book"

    def generate(self, agency: DemoAgency) -> None:
        shutil.rmtree(self.book_of(agency), ignore_errors=True)
        self._call(
            "generate_book", str(self.book_of(agency)), "--profile", agency.profile, "--seed", agency.seed,
            "--clients", agency.clients, "--members", agency.members, "--months", agency.months,
            "--until", self._today,
        )  # fmt: skip

    def create_and_import(self, agency: DemoAgency) -> None:
        """Remove what a broken run left, make the agency and import its book."""
        mark = self._mark(agency, "begun")
        if mark.exists():
            self._remove(agency)
        mark.write_text("")
        create_agency(slug=agency.slug, name=agency.name)
        self._call("import_book", agency.slug, str(self.book_of(agency)))

    def open_logins(self, agency: DemoAgency) -> dict[str, str]:
        """Give the first member of each role the demo's password. Returns address by role."""
        logins: dict[str, str] = {}
        for row in self._rows(agency, "members.csv"):
            if row["role"] in ROLES and row["role"] not in logins and not row.get("ends_on"):
                logins[row["role"]] = row["email"]
        users = get_user_model()._default_manager
        with tenant_context(Agency.objects.get(slug=agency.slug)):
            for email in logins.values():
                member = users.get(email=email)
                member.set_password(PASSWORD)
                member.save(update_fields=["password"])
        return {role: logins[role] for role in ROLES if role in logins}

    def compute(self, agency: DemoAgency) -> None:
        self._call("compute_kpis", agency.slug)

    def send_review(self, agency: DemoAgency, *, approver: str) -> tuple[str, Path]:
        """Approve last quarter's review of the largest client as that member and mail it. Returns the client and the PDF."""
        client = self._largest_client(agency)
        path = self._folder / f"{agency.slug}-qbr.pdf"
        period = last_quarter(self._today)
        self._call(
            "qbr", agency.slug, client["client_id"], "--period", period, "--output", path, "--send",
            "--approve-as", approver,
        )  # fmt: skip
        self._run_jobs(agency)
        return client["name"], path

    def finish(self, agency: DemoAgency, made: Made) -> None:
        self._mark(agency, "done").write_text(json.dumps(asdict(made)))

    def is_closed(self, agency: DemoAgency) -> bool:
        """Whether the past months were closed, and one of them restated."""
        return self._mark(agency, "closed").exists()

    def close_months(self, agency: DemoAgency) -> None:
        """Close the past months as they were known then; those that an earlier run closed stay."""
        last = self._last_month_to_close()
        self._call("freeze_month", agency.slug, last, "--months", agency.closed_months, "--as-then")

    def restate(self, agency: DemoAgency) -> None:
        """Import what was forgotten in the last closed month: the largest client's retainer grew in its middle."""
        book = self._folder / f"{agency.slug}-correction"
        shutil.rmtree(book, ignore_errors=True)
        book.mkdir()
        client = self._largest_client(agency)
        line = max(self._open_lines(agency, client["client_id"]), key=lambda row: float(row["amount"]))
        _write_rows(book / "clients.csv", [client])
        _write_rows(
            book / "contract_lines.csv",
            [
                line
                | {
                    "line_id": f"{line['line_id']}-forgotten",
                    "amount": f"{round(float(line['amount']) / 5, -1):.2f}",
                    "starts_on": f"{self._last_month_to_close()}-15",
                    "reason": "upsell",
                }
            ],
        )
        self._call("import_book", agency.slug, str(book))
        self._run_jobs(agency)
        self._mark(agency, "closed").write_text("")

    def _largest_client(self, agency: DemoAgency) -> dict[str, str]:
        """The client with the largest open retainer among those whom a review can reach by mail."""
        reachable = {
            row["client_id"]
            for row in self._rows(agency, "contacts.csv")
            if row["email"] and not row["left_on"]
        }
        amounts = {row["client_id"]: float(row["amount"]) for row in self._open_lines(agency)}
        best = max(reachable & amounts.keys(), key=lambda client_id: (amounts[client_id], client_id))
        return next(row for row in self._rows(agency, "clients.csv") if row["client_id"] == best)

    def _open_lines(self, agency: DemoAgency, client_id: str = "") -> Iterator[dict[str, str]]:
        """The retainers that go on, of all clients or of one."""
        today = self._today.isoformat()
        for row in self._rows(agency, "contract_lines.csv"):
            is_open = row["kind"] == "recurring" and (not row["ends_on"] or row["ends_on"] > today)
            if is_open and row["starts_on"] <= today and client_id in ("", row["client_id"]):
                yield row

    def _last_month_to_close(self) -> str:
        """The latest month that is over for so long that it closes, such as 2026-09."""
        in_month_after = self._today - timedelta(days=DAYS_TO_CLOSE)
        return f"{in_month_after.replace(day=1) - timedelta(days=1):%Y-%m}"

    def _run_jobs(self, agency: DemoAgency) -> None:
        """Run what the agency's work left to do, and what that leaves; the rest is with a worker already."""
        jobs = Job.objects.filter(agency__slug=agency.slug).order_by("pk")
        while job := jobs.due(timezone.now()).first():
            if runner.run(job_id=job.pk, now=timezone.now()) == "not ours":
                return

    def _rows(self, agency: DemoAgency, name: str) -> Iterator[dict[str, str]]:
        with (self.book_of(agency) / name).open(encoding="utf-8-sig", newline="") as file:
            yield from csv.DictReader(file)

    def _remove(self, agency: DemoAgency) -> None:
        self._mark(agency, "done").unlink(missing_ok=True)
        half_made = Agency.objects.filter(slug=agency.slug).first()
        if half_made is None:
            return
        if half_made.status == Agency.Status.READY:
            suspend_agency(agency=half_made)
        delete_agency(agency=half_made)

    def _mark(self, agency: DemoAgency, word: str) -> Path:
        return self._folder / f"{agency.slug}.{word}"

    def _call(self, *words: Any) -> None:
        """Run a command; what it prints goes to the demo's log, not between the steps."""
        call_command(*map(str, words), stdout=self.log, stderr=self.log)


def _write_rows(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def last_quarter(today: date) -> str:
    """The last finished calendar quarter, such as 2026Q3."""
    months = today.year * 12 + today.month - 1
    quarter = months // 3 - 1
    return f"{quarter // 4}Q{quarter % 4 + 1}"


def local_today() -> date:
    """Today where this machine stands; the demo's books end on it."""
    return datetime.now().astimezone().date()
