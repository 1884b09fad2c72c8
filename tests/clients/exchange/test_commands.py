"""import_book and export_book from a shell (catalogue F1, F3)."""

import json
import random
import time
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from agencyam.tenancy.context import tenant_context
from agencyam.tenancy.models import Agency
from agencyam.tenancy.services import delete_agency, suspend_agency
from clients.demo.book import generate_book
from clients.models import Client, Touchpoint
from tests import catalogue
from tests.clients.exchange.books import write_book
from tests.clients.exchange.shell import run, start

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def new_agency():
    """The slug of an agency that a command may make; it is gone afterwards."""
    yield "newcomer"
    agency = Agency.objects.filter(slug="newcomer").first()
    if agency:
        delete_agency(agency=suspend_agency(agency=agency))


def rows_of(agency):
    with tenant_context(agency):
        return Client.objects.count(), Touchpoint.objects.count()


def is_import_running():
    """Whether some process holds the lock that an import takes first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid::bigint = "
            "(SELECT hashtext('book')::bigint & 4294967295)"
        )
        return cursor.fetchone() is not None


def touchpoints(count, *, bad_every=0):
    lines = ["touchpoint_id,client_id,occurred_at,channel,direction,summary"]
    for number in range(count):
        day = "2025-02-30" if bad_every and number % bad_every == 0 else "2025-02-03"
        lines.append(
            f"t{number},c{number % 2 + 1},{day}T09:00:00Z,call,upstream,{'Talked about plans. ' * 6}"
        )
    return "\n".join(lines) + "\n"


def test_import_export_and_import_again_from_a_shell(scratch_agency, tmp_path):
    book = write_book(tmp_path / "book", touchpoints=touchpoints(3))

    first = run("import_book", "scratch", book)
    exported = run("export_book", "scratch", tmp_path / "out.zip")
    second = run("import_book", "scratch", tmp_path / "out.zip", "--json")

    assert (first.code, first.err) == (0, "")
    assert "touchpoints.csv: 3 rows, 3 created, 0 updated, 0 unchanged, 0 left out\n" in first.out
    assert (exported.code, exported.err) == (0, "")
    assert (second.code, second.err) == (0, "")
    files = {entry["file"]: entry for entry in json.loads(second.out)["files"]}
    assert files["touchpoints.csv"]["unchanged"] == 3
    assert rows_of(scratch_agency) == (2, 3)


def test_a_book_with_mistakes_ends_with_1_and_one_sentence(scratch_agency, tmp_path):
    book = write_book(tmp_path, clients="client_id,name\nc1,\n,Birch\n")

    as_text, as_json = run("import_book", "scratch", book), run("import_book", "scratch", book, "--json")

    assert (as_text.code, as_json.code) == (1, 1)
    assert as_text.err == as_json.err == "The book has 2 mistakes; nothing was written.\n"
    assert as_text.out == (
        "clients.csv:2: name: is required and blank ()\nclients.csv:3: client_id: is required and blank ()\n"
    )
    assert [problem["column"] for problem in json.loads(as_json.out)["problems"]] == ["name", "client_id"]
    assert rows_of(scratch_agency) == (0, 0)


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("import_book", "nobody", "{book}"), 2, "There is no agency 'nobody'; use --create to make it."),
        (("import_book", "northwind", "{book}/nowhere"), 2, "{book}/nowhere is not there."),
        (("import_book", "Bad Slug", "{book}", "--create"), 2, "Agency 'Bad Slug': Enter a valid value."),
        (
            ("import_book", "northwind", "{book}/empty"),
            1,
            "The book has no clients.csv, the one file that it must have.",
        ),
        (("import_book", "northwind", "{book}/book.zip"), 1, "book.zip is not a zip that can be read."),
        (("export_book", "nobody", "{book}/out"), 2, "There is no agency 'nobody'."),
        (("export_book", "northwind", "{book}/no/out"), 2, "The folder {book}/no is not there."),
        (
            ("generate_book", "{book}/clients.csv", "--until", "2026-01-31"),
            2,
            "{book}/clients.csv is not a folder.",
        ),
        (
            ("generate_book", "{book}/new", "--until", "2026-01-31", "--clients", "0"),
            2,
            "A book needs at least one client, one member and one month.",
        ),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(tmp_path, arguments, code, sentence):
    write_book(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "book.zip").write_text("text")

    with pytest.raises(CommandError) as refusal:
        call_command(*(argument.format(book=tmp_path) for argument in arguments))

    assert refusal.value.returncode == code
    assert str(refusal.value) == sentence.format(book=tmp_path)


def test_create_makes_the_agency_with_the_name_in_the_book(new_agency, tmp_path):
    book = write_book(tmp_path, agency={"name": "Newcomer & Co", "currency": "CHF"})

    call_command("import_book", new_agency, book, "--create", stdout=StringIO())

    agency = Agency.objects.get(slug=new_agency)
    assert (agency.name, agency.status) == ("Newcomer & Co", "ready")
    assert rows_of(agency) == (2, 0)


def test_create_leaves_no_agency_behind_when_nothing_was_written(new_agency, tmp_path):
    book = write_book(tmp_path, clients="client_id,name\nc1,\n")

    with pytest.raises(CommandError):
        call_command("import_book", new_agency, book, "--create", stdout=StringIO())

    assert not Agency.objects.filter(slug=new_agency).exists()


def test_a_dry_run_with_create_leaves_no_agency_behind(new_agency, tmp_path):
    said = StringIO()

    call_command("import_book", new_agency, write_book(tmp_path), "--create", "--dry-run", stdout=said)

    assert said.getvalue().endswith("Dry run: nothing was written.\n")
    assert not Agency.objects.filter(slug=new_agency).exists()


def test_bad_rows_can_be_left_out(scratch_agency, tmp_path):
    book, said = write_book(tmp_path, clients="client_id,name\nc1,Alder\nc2,\n"), StringIO()

    call_command("import_book", "scratch", book, "--skip-bad-rows", stdout=said)

    assert said.getvalue() == (
        "clients.csv:3: name: is required and blank ()\n"
        "clients.csv: 2 rows, 1 created, 0 updated, 0 unchanged, 1 left out\n"
    )


def test_a_generated_book_imports_whole(scratch_agency, tmp_path):
    order = (
        "--until",
        "2026-03-31",
        "--clients",
        "6",
        "--members",
        "2",
        "--months",
        "4",
        "--profile",
        "harbour",
    )
    said = StringIO()

    call_command("generate_book", tmp_path / "book", *order, stdout=StringIO())
    call_command("import_book", "scratch", tmp_path / "book", "--json", stdout=said)

    report = json.loads(said.getvalue())
    assert (report["problems"], report["notes"]) == ([], [])
    assert rows_of(scratch_agency)[0] == 6


def test_ten_megabytes_with_one_bad_row_in_twenty_are_reported_row_by_row(scratch_agency, tmp_path):
    """Catalogue F1."""
    text = touchpoints(65_000, bad_every=20)
    book = write_book(tmp_path, touchpoints=text)
    began = time.monotonic()

    outcome = run("import_book", "scratch", book, "--json")

    seconds = round(time.monotonic() - began, 1)
    problems = json.loads(outcome.out)["problems"]
    expected = [(number + 2, "occurred_at") for number in range(0, 65_000, 20)]
    rows_wrong = len(set(expected) ^ {(problem["line"], problem["column"]) for problem in problems})
    written = sum(rows_of(scratch_agency))
    catalogue.report(
        "F1",
        ok=outcome.code == 1
        and rows_wrong == 0
        and written == 0
        and outcome.peak_mb <= 150
        and seconds <= 60,
        megabytes=round(len(text) / 1e6, 1),
        seconds=seconds,
        peak_mb=outcome.peak_mb,
        rows_wrong=rows_wrong,
        rows_written=written,
    )


def test_imports_that_are_killed_repeated_or_made_at_once_give_one_set_of_rows(scratch_agency, tmp_path):
    """Catalogue F3."""
    chance = random.Random(3)
    book = tmp_path / "book"
    generate_book(
        book, profile="northwind", seed=1, clients=30, members=4, months=24, until=date(2026, 3, 31)
    )
    expected = 30, len((book / "touchpoints.csv").read_text("utf-8").splitlines()) - 1
    half_written = killed_midway = 0
    for _ in range(4):
        process = start("import_book", "scratch", book)
        while not is_import_running():
            time.sleep(0.02)
        time.sleep(chance.uniform(0, 1.5))
        killed_midway += process.poll() is None
        process.kill()
        process.communicate()
        half_written += rows_of(scratch_agency) not in ((0, 0), expected)

    twins = [start("import_book", "scratch", book) for _ in range(2)]
    codes = [(twin.communicate(), twin.returncode)[1] for twin in twins]
    again = run("import_book", "scratch", book)

    found = rows_of(scratch_agency)
    catalogue.report(
        "F3",
        ok=half_written == 0
        and killed_midway > 0
        and codes == [0, 0]
        and again.code == 0
        and found == expected,
        kills=4,
        killed_midway=killed_midway,
        half_written=half_written,
        duplicates=sum(found) - sum(expected),
    )
