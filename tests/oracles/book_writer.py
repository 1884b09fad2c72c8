"""Writes the inputs of a worked example as a book: a folder of CSV files in the import format."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

Inputs = dict[str, Any]
DEFAULT_PERIOD = {"start": "2026-03-01", "end": "2026-04-01"}
SETTINGS = (
    "gross_margin",
    "clv_window_months",
    "max_pause_days",
    "proposal_expiry_days",
    "fcr_window_days",
    "client_basis",
)


@dataclass
class Book:
    """Rows by file name, and the agency's own settings."""

    agency: dict[str, Any] = field(default_factory=dict)
    files: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    calendars: dict[str, Any] = field(default_factory=dict)

    def add(self, file: str, **row: Any) -> None:
        self.files.setdefault(file, []).append(row)

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True)
        (folder / "agency.json").write_text(json.dumps(self.agency))
        if self.calendars:
            (folder / "calendars.json").write_text(json.dumps(self.calendars))
        self.files.setdefault("clients.csv", [])
        for name, rows in self.files.items():
            columns = list(dict.fromkeys(column for row in rows for column in row)) or ["client_id", "name"]
            with (folder / name).open("w", newline="", encoding="utf-8") as handle:
                writer = csv.DictWriter(handle, columns)
                writer.writeheader()
                writer.writerows(rows)
        return folder


def period_of(inputs: Inputs) -> tuple[str, str]:
    """First day, and the day after the last, of what the example asks about."""
    period = inputs.get("period") or DEFAULT_PERIOD
    return period["start"][:10], period["end"][:10]


def as_of(inputs: Inputs) -> str:
    """The day at whose close the example is asked; a midnight closes the day before."""
    known = inputs.get("as_of")
    if known is None:
        return (date.fromisoformat(period_of(inputs)[1]) - timedelta(days=1)).isoformat()
    if "T00:00" in known:
        return (date.fromisoformat(known[:10]) - timedelta(days=1)).isoformat()
    return known[:10]


def make_book(inputs: Inputs) -> Book:
    """The book of any example that is answered by the commands."""
    settings = {name: inputs[name] for name in SETTINGS if name in inputs}
    if inputs.get("survey") == "csat" and "satisfied_scores" in inputs:
        settings["csat_satisfied_scores"] = inputs["satisfied_scores"]
    book = Book(
        agency={
            "time_zone": inputs.get("time_zone", "UTC"),
            "currency": inputs.get("base_currency", "USD"),
            "settings": settings,
        }
    )
    _WRITERS[inputs["kind"]](book, inputs)
    return book


def _contracts(book: Book, inputs: Inputs) -> None:
    for currency, quotes in (inputs.get("fx_rates") or {}).items():
        for day, rate in quotes:
            book.add("fx_rates.csv", currency=currency, effective_on=day, rate_to_base=rate)
    for group in inputs["line_groups"]:
        for name in _names(group["client"], group["count"]):
            _client(book, name, group)
            for number, line in enumerate(group["lines"], start=1):
                _line(book, name, f"{name}/{number}", line)
            for member, starts_on, ends_on in (
                group.get("am_assignments") or inputs.get("am_assignments") or ()
            ):
                _assignment(book, name, member, starts_on, ends_on)
    _services(book)


def _names(name: str, count: int) -> list[str]:
    return [name] if count == 1 else [f"{name}-{number}" for number in range(1, count + 1)]


def _client(book: Book, name: str, group: dict[str, Any]) -> None:
    extra = {key: group[key] for key in ("segment", "tier") if group.get(key)}
    book.add("clients.csv", client_id=name, name=f"Client {name}", **extra)


def _line(book: Book, client: str, line_id: str, line: dict[str, Any]) -> None:
    is_recurring = line.get("kind", "recurring") == "recurring"
    book.add(
        "contract_lines.csv",
        line_id=line_id,
        client_id=client,
        service_id=line["service_line"],
        kind="recurring" if is_recurring else "one_off",
        currency=line["currency"],
        amount=line["amount"],
        interval=line["interval"] if is_recurring else "",
        starts_on=line["start"],
        ends_on=line["end"] or "",
        reason=line.get("reason") or "",
    )
    for starts_on, ends_on in line.get("pauses") or ():
        book.add("line_pauses.csv", line_id=line_id, starts_on=starts_on, ends_on=ends_on or "")


def _assignment(book: Book, client: str, member: str, starts_on: str, ends_on: str | None) -> None:
    _member(book, member)
    book.add(
        "assignments.csv",
        client_id=client,
        member_id=member,
        role="primary",
        starts_on=starts_on,
        ends_on=ends_on or "",
    )


def _member(book: Book, member: str) -> None:
    if all(row["member_id"] != member for row in book.files.get("members.csv", ())):
        email = f"{member.lower()}@agency.example"
        book.add("members.csv", member_id=member, name=f"Member {member}", email=email)


def _services(book: Book) -> None:
    for service in sorted({row["service_id"] for row in book.files.get("contract_lines.csv", ())}):
        book.add("services.csv", service_id=service, name=f"Service {service}")


def _retainer(book: Book, client: str) -> None:
    book.add("clients.csv", client_id=client, name=f"Client {client}")
    terms = {"service_line": "retainer", "currency": "USD", "amount": "1000", "interval": "month"}
    _line(book, client, f"{client}/1", terms | {"start": "2025-01-01", "end": None})


def _survey(book: Book, inputs: Inputs) -> None:
    low, high = inputs["scale"]
    kind = inputs["survey"]
    book.add("surveys.csv", survey_id="s", kind=kind, name="Survey", scale_min=low, scale_max=high)
    _retainer(book, "c")
    scores = [row["score"] for row in inputs["responses"] for _ in range(row["count"])]
    for number, score in enumerate(scores, start=1):
        book.add("contacts.csv", contact_id=f"p{number}", client_id="c", name=f"Person {number}")
        book.add(
            "survey_responses.csv",
            response_id=f"r{number}",
            survey_id="s",
            client_id="c",
            contact_id=f"p{number}",
            score=score,
            answered_at=f"{period_of(inputs)[0]}T12:00:00Z",
        )
    _services(book)


def _responses(book: Book, inputs: Inputs) -> None:
    calendar = inputs.get("calendar")
    if calendar:
        book.calendars["hours"] = calendar
    book.add(
        "sla_policies.csv",
        policy_id="sla",
        name="Charter",
        calendar="hours" if calendar else "",
        reply_hours=inputs["sla_hours"],
        is_default="true",
    )
    _retainer(book, "c")
    for number, request in enumerate(inputs["requests"], start=1):
        inbound, replied = request["inbound_at"], request.get("replied_at")
        book.add("requests.csv", request_id=f"q{number}", client_id="c", opened_at=inbound, status="open")
        _message(book, f"q{number}", 1, inbound, "inbound")
        if replied:
            _message(book, f"q{number}", 2, replied, "outbound")
    _services(book)


def _message(book: Book, request: str, number: int, sent_at: str, direction: str) -> None:
    book.add(
        "messages.csv",
        message_id=f"{request}/{number}",
        request_id=request,
        sent_at=sent_at,
        direction=direction,
        is_auto="false",
        is_public="true",
    )


def _row_counts(book: Book, inputs: Inputs) -> None:
    numbered = enumerate(_spread(inputs["rows"]), start=1)
    for number, (kind, row) in numbered:
        _ROWS[kind](book, number, row)
    _share_out(book)
    if "clients.csv" not in book.files:
        _retainer(book, "c")
    _services(book)


def _spread(rows: Iterable[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for row in rows:
        kind = next(name for name in row if name != "count")
        for _ in range(row["count"]):
            yield kind, row[kind]


def _request(book: Book, number: int, row: dict[str, Any]) -> None:
    opened, resolved = "2026-03-02T09:00:00Z", "2026-03-02T15:00:00Z"
    is_resolved = row["status"] == "resolved"
    book.add(
        "requests.csv",
        request_id=f"q{number}",
        client_id="c",
        topic=f"topic {number}",
        status="resolved" if is_resolved else "open",
        opened_at=opened,
        resolved_at=resolved if is_resolved else "",
        is_reopened=str(bool(row.get("reopened"))).lower(),
        is_fcr_eligible=str(bool(row.get("fcr_eligible", True))).lower(),
    )
    for message in range(row.get("inbound_messages", 1)):
        _message(book, f"q{number}", 2 * message + 1, f"2026-03-02T09:{2 * message:02}:00Z", "inbound")
    for message in range(row.get("outbound_messages", 0)):
        _message(book, f"q{number}", 2 * message + 2, f"2026-03-02T09:{2 * message + 1:02}:00Z", "outbound")
    if row.get("repeat_within_7_days"):
        again = {"client_id": "c", "topic": f"topic {number}", "status": "open"}
        book.add("requests.csv", request_id=f"q{number}b", opened_at="2026-03-05T09:00:00Z", **again)


def _proposal(book: Book, number: int, row: dict[str, Any]) -> None:
    is_decided = row["status"] in ("won", "lost", "expired")
    book.add(
        "proposals.csv",
        proposal_id=f"p{number}",
        client_id="c",
        title=f"Proposal {number}",
        amount=row.get("amount", row.get("value", "1000")),
        currency="USD",
        status=row["status"],
        sent_at="" if row["status"] == "draft" else "2026-02-20T09:00:00Z",
        decided_at="2026-03-10T09:00:00Z" if is_decided or row["status"] == "withdrawn" else "",
    )


def _deliverable(book: Book, number: int, row: dict[str, Any]) -> None:
    book.add(
        "deliverables.csv",
        deliverable_id=f"d{number}",
        client_id="c",
        title=f"Deliverable {number}",
        baseline_due_on=row["due"],
        delivered_on=row.get("delivered") or "",
        status=row.get("status") or ("delivered" if row.get("delivered") else "planned"),
    )


def _client_row(book: Book, number: int, row: dict[str, Any]) -> None:
    name = f"c{number}"
    _retainer(book, name)
    if not row.get("active", True):
        book.files["contract_lines.csv"][-1]["ends_on"] = "2026-01-01"
    for referral in range(row.get("referrals_in_period", 0)):
        book.add(
            "referrals.csv",
            referral_id=f"{name}/{referral}",
            client_id=name,
            lead_name=f"Lead {number}-{referral}",
            made_on="2026-03-10",
        )


def _manager_row(book: Book, number: int, row: dict[str, Any]) -> None:
    ends_on = "" if row.get("active", True) else "2026-01-01"
    email = f"m{number}@agency.example"
    book.add("members.csv", member_id=f"m{number}", name=f"Member {number}", email=email, ends_on=ends_on)


def _share_out(book: Book) -> None:
    """Clients go to the account managers in turn."""
    members = [row["member_id"] for row in book.files.get("members.csv", ())]
    for number, client in enumerate(book.files.get("clients.csv", ()) if members else ()):
        owner = members[number % len(members)]
        _assignment(book, client["client_id"], owner, "2025-01-01", None)


_ROWS: dict[str, Callable[[Book, int, dict[str, Any]], None]] = {
    "request": _request,
    "proposal": _proposal,
    "deliverable": _deliverable,
    "client": _client_row,
    "account_manager": _manager_row,
}
_WRITERS: dict[str, Callable[[Book, Inputs], None]] = {
    "contracts": _contracts,
    "cohort": _contracts,
    "survey": _survey,
    "responses": _responses,
    "row_counts": _row_counts,
}
