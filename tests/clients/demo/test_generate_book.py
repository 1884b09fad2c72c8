import csv
import json
from datetime import UTC, date, datetime
from statistics import median

import pytest

from clients.demo.book import BadBookOrder, generate_book
from clients.exchange import book_format
from clients.service.business_time import Calendar, business_seconds

UNTIL = date(2026, 11, 22)


def make(folder, **changes):
    order = {"profile": "northwind", "seed": 7, "clients": 20, "members": 4, "months": 14, "until": UNTIL}
    return generate_book(folder, **order | changes)


@pytest.fixture(scope="module")
def northwind(tmp_path_factory):
    folder = tmp_path_factory.mktemp("northwind")
    make(folder, seed=1, clients=60, members=8, months=36)
    return folder


def rows(folder, name):
    with (folder / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    make(tmp_path / "one")
    make(tmp_path / "two")

    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_another_seed_gives_another_book(tmp_path):
    make(tmp_path / "one", seed=1)
    make(tmp_path / "two", seed=2)

    assert (tmp_path / "one" / "clients.csv").read_bytes() != (tmp_path / "two" / "clients.csv").read_bytes()


def test_all_files_of_the_format_are_written_with_their_columns(northwind):
    headers = {
        spec.name: (northwind / spec.name).read_text("utf-8").split("\n")[0].strip()
        for spec in book_format.FILES
    }

    assert headers == {
        spec.name: ",".join(column.name for column in spec.columns) for spec in book_format.FILES
    }
    assert sorted(path.name for path in northwind.iterdir()) == sorted(
        [*headers, book_format.AGENCY_FILE, book_format.CALENDARS_FILE]
    )


def test_each_file_of_a_full_book_has_rows(northwind):
    empty = [spec.name for spec in book_format.FILES if not rows(northwind, spec.name)]

    assert empty == []


def test_every_cell_parses_as_its_column_says(northwind):
    for spec in book_format.FILES:
        for row in rows(northwind, spec.name):
            values = {
                column.name: column.type.parse(row[column.name])
                for column in spec.columns
                if row[column.name]
            }
            assert [rule.check(values) for rule in spec.rules] == [None] * len(spec.rules)


def test_nothing_happens_after_the_last_day(northwind):
    happened = [
        ("requests.csv", "opened_at"),
        ("messages.csv", "sent_at"),
        ("touchpoints.csv", "occurred_at"),
        ("survey_responses.csv", "answered_at"),
        ("proposals.csv", "decided_at"),
    ]
    last = max(
        datetime.fromisoformat(row[column])
        for name, column in happened
        for row in rows(northwind, name)
        if row[column]
    )

    assert last <= datetime(2026, 11, 22, 18, tzinfo=UTC)


def test_clients_today_and_members_are_as_ordered(northwind):
    managers = [row for row in rows(northwind, "members.csv") if row["role"] == "account_manager"]
    present = [row for row in managers if not row["ends_on"]]

    assert len(rows(northwind, "clients.csv")) == 60
    assert len(present) == 8


def test_primary_assignments_of_a_client_never_overlap(northwind):
    spans = {}
    for row in rows(northwind, "assignments.csv"):
        if row["role"] == "primary":
            spans.setdefault(row["client_id"], []).append((row["starts_on"], row["ends_on"] or "9999"))

    overlaps = [
        client
        for client, days in spans.items()
        for (_start, ends), (starts, _end) in zip(sorted(days), sorted(days)[1:], strict=False)
        if starts < ends
    ]

    assert overlaps == []


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_retention_and_recommendation_tell_a_believable_story(tmp_path, seed):
    make(tmp_path, seed=seed, clients=60, members=8, months=36)

    retained = clients_on(tmp_path, "2025-11-22") & clients_on(tmp_path, "2026-11-22")
    retention = len(retained) / len(clients_on(tmp_path, "2025-11-22"))
    scores = [
        int(row["score"])
        for row in rows(tmp_path, "survey_responses.csv")
        if row["survey_id"].startswith("nps")
    ]
    nps = 100 * (sum(score >= 9 for score in scores) - sum(score <= 6 for score in scores)) / len(scores)

    assert 0.86 <= retention <= 0.94
    assert 33 <= nps <= 57


def test_the_median_first_reply_takes_two_to_three_business_hours(northwind):
    calendars = json.loads((northwind / "calendars.json").read_text("utf-8"))
    calendar = Calendar.from_spec(calendars["Office hours"])
    standard = {
        row["client_id"] for row in rows(northwind, "clients.csv") if row["sla_policy_id"] != "sla-priority"
    }
    theirs = {row["request_id"] for row in rows(northwind, "requests.csv") if row["client_id"] in standard}
    threads = {}
    for row in rows(northwind, "messages.csv"):
        if row["request_id"] in theirs and row["is_auto"] == "false" and row["is_public"] == "true":
            threads.setdefault(row["request_id"], []).append(row)

    hours = []
    for messages in threads.values():
        asked = datetime.fromisoformat(messages[0]["sent_at"])
        reply = next((row["sent_at"] for row in messages if row["direction"] == "outbound"), None)
        if reply:
            hours.append(business_seconds(calendar, asked, datetime.fromisoformat(reply)) / 3600)

    assert 2 <= median(hours) <= 3
    assert 0.05 <= sum(hour > 4 for hour in hours) / len(hours) <= 0.3


def test_the_book_has_what_makes_an_agency_hard(northwind):
    lines = rows(northwind, "contract_lines.csv")
    messages = rows(northwind, "messages.csv")

    assert {"price_change", "renewal", "upsell", "cross_sell", "downgrade"} <= {
        row["reason"] for row in lines
    }
    assert {"EUR", "GBP", "USD"} == {row["currency"] for row in lines}
    assert {row["is_auto"] for row in messages} == {row["is_public"] for row in messages} == {"true", "false"}
    assert "true" in {row["is_reopened"] for row in rows(northwind, "requests.csv")}
    assert {row["delay_cause"] for row in rows(northwind, "deliverables.csv")} == {
        "",
        "ours",
        "client",
        "agreed",
    }
    assert max(len(row["name"]) for row in rows(northwind, "clients.csv")) > 80


def test_harbour_is_a_smaller_agency_in_pounds(tmp_path):
    make(tmp_path, profile="harbour", clients=25, months=24)

    agency = json.loads((tmp_path / "agency.json").read_text("utf-8"))

    assert (agency["currency"], agency["time_zone"]) == ("GBP", "Europe/London")
    assert {row["currency"] for row in rows(tmp_path, "contract_lines.csv")} == {"GBP", "EUR"}


def test_the_smallest_book_can_be_made(tmp_path):
    counts = make(tmp_path, clients=1, members=1, months=1)

    assert counts["clients.csv"] == 1


def test_more_clients_than_names_get_names_of_their_own(tmp_path):
    make(tmp_path, clients=150, months=2)

    names = [row["name"] for row in rows(tmp_path, "clients.csv")]

    assert len(set(names)) == 150


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"profile": "atlantis"}, "'atlantis' is not a profile; choose one of northwind, harbour."),
        ({"months": 0}, "A book needs at least one client, one member and one month."),
    ],
)
def test_a_book_that_cannot_be_made_is_refused(tmp_path, changes, message):
    with pytest.raises(BadBookOrder) as refusal:
        make(tmp_path, **changes)

    assert str(refusal.value) == message


def clients_on(folder, day):
    return {
        row["client_id"]
        for row in rows(folder, "contract_lines.csv")
        if row["kind"] == "recurring" and row["starts_on"] <= day < (row["ends_on"] or "9999")
    }
