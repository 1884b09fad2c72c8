"""What an import writes, and what it leaves alone."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from accounts.models import AgencySettings, AuditEvent, User
from clients.exchange.importing import CannotImportBook
from clients.exchange.problems import BadBook, BookNotFound
from clients.models import (
    BusinessCalendar,
    Client,
    Contact,
    ContractLine,
    Message,
    Request,
    RetainerUsage,
    SLAPolicy,
    Survey,
)
from tests.clients.exchange.books import load, mistakes, write_book
from tests.factories.clients import ClientFactory

pytestmark = pytest.mark.usefixtures("agency")

SERVICE = "service_id,name\ns1,SEO\n"
LINES = "line_id,client_id,service_id,kind,amount,interval,starts_on"


def test_rows_are_created_with_their_values(tmp_path):
    book = write_book(
        tmp_path,
        clients="client_id,name,tier,tags,referred_by_client_id\nc1,Alder & Søn,A,big; old,c2\nc2,Birch,,,\n",
        requests="request_id,client_id,subject,opened_at,is_fcr_eligible\n"
        'q1,c1,"Logo, please",2025-03-01T10:00:00+01:00,no\n',
        messages="message_id,request_id,sent_at,direction,body\nx1,q1,2025-03-01T10:00:00+01:00,inbound,'=hello\n",
    )

    load(book)

    alder = Client.objects.get(book_id="c1")
    request = Request.objects.get()
    assert (alder.name, alder.tier, alder.tags, alder.referred_by.book_id) == (
        "Alder & Søn",
        "A",
        ["big", "old"],
        "c2",
    )
    assert request.subject == "Logo, please"
    assert (request.opened_at, request.is_fcr_eligible) == (datetime(2025, 3, 1, 9, tzinfo=UTC), False)
    assert Message.objects.get().body == "=hello"


def test_blanks_become_the_defaults_of_the_format(tmp_path):
    book = write_book(
        tmp_path,
        clients="client_id,name,currency\nc1,Alder,GBP\nc2,Birch,\n",
        members="member_id,name,email,role,fte\nm1,Ann,ann@example.com,,\n",
        services=SERVICE,
        contract_lines=f"{LINES}\nl1,c1,s1,recurring,5,month,2025-01-01\nl2,c2,s1,recurring,5,month,2025-01-01\n",
        requests="request_id,client_id,opened_at\nq1,c1,2025-03-01T10:00Z\n",
        sla_policies="policy_id,name\np1,Standard\n",
        surveys="survey_id,kind\nn,nps\nc,csat\np,pulse\n",
    )

    load(book)

    member, request, policy = User.objects.get(), Request.objects.get(), SLAPolicy.objects.get()
    assert (member.role, member.fte) == ("account_manager", Decimal(1))
    assert (request.kind, request.is_fcr_eligible, request.is_reopened) == ("other", True, False)
    assert (policy.reply_hours, policy.calendar, policy.is_default) == (Decimal(4), None, False)
    assert list(ContractLine.objects.order_by("book_id").values_list("currency", flat=True)) == ["GBP", "EUR"]
    assert list(Survey.objects.order_by("pk").values_list("scale_min", "scale_max")) == [
        (0, 10),
        (1, 5),
        (1, 10),
    ]


def test_members_have_no_password_and_a_small_lettered_address(tmp_path):
    load(
        write_book(tmp_path, members="member_id,name,email\nm1,Ann,Ann@Example.com\nm2,Bob,bob@example.com\n")
    )

    ann, bob = User.objects.order_by("book_id")
    assert ann.email == "ann@example.com"
    assert not ann.has_usable_password()
    assert ann.password != bob.password


def test_settings_come_with_the_book(tmp_path):
    agency = {
        "time_zone": "Europe/Berlin",
        "currency": "USD",
        "fiscal_year_start_month": 4,
        "settings": {
            "gross_margin": 0.6,
            "max_pause_days": 90,
            "csat_satisfied_scores": [5, 4],
            "reply_hours": 2.5,
            "cadence": {"gold": [3, 6], "segment:Retail": [1, 2]},
            "service_margins": {"media": 0.15, "web": "0.400"},
            "tier_weights": {"gold": 2, "silver": 1.50},
            "include_one_off": True,
            "colour": "red",
        },
    }

    report = load(write_book(tmp_path, agency=agency))

    settings = AgencySettings.objects.get_solo()
    assert (settings.time_zone, settings.currency, settings.fiscal_year_start_month) == (
        "Europe/Berlin",
        "USD",
        4,
    )
    assert (settings.gross_margin, settings.max_pause_days) == (Decimal("0.6"), 90)
    assert settings.csat_satisfied_scores == [4, 5]
    assert settings.reply_hours == Decimal("2.5")
    assert settings.cadence == {"gold": [3, 6], "segment:Retail": [1, 2]}
    assert settings.service_margins == {"media": "0.15", "web": "0.4"}
    assert (settings.tier_weights, settings.include_one_off) == ({"gold": "2", "silver": "1.5"}, True)
    assert report.notes == ["agency.json: 'settings.colour' is not known and is ignored."]


def test_the_books_own_currency_fills_blank_ones(tmp_path):
    lines = f"{LINES}\nl1,c1,s1,recurring,5,month,2025-01-01\n"

    load(write_book(tmp_path, agency={"currency": "CHF"}, services=SERVICE, contract_lines=lines))

    assert ContractLine.objects.get().currency == "CHF"


def test_calendars_are_stored_as_they_were_given(tmp_path):
    spec = {"time_zone": "Europe/London", "hours": {"mon": [["22:00", "06:00"]]}, "holidays": ["2025-12-25"]}
    policies = "policy_id,name,calendar\np1,Nights,Night\n"

    load(write_book(tmp_path, calendars={"Night": spec}, sla_policies=policies))

    assert BusinessCalendar.objects.get().spec == spec
    assert SLAPolicy.objects.get().calendar.name == "Night"


def test_lines_of_one_contract_share_it(tmp_path):
    rows = "l1,c1,s1,recurring,5,month,2025-01-01,k1\nl2,c1,s1,recurring,7,month,2025-01-01,k1\n"

    load(write_book(tmp_path, services=SERVICE, contract_lines=f"{LINES},contract_id\n{rows}"))

    first, second = ContractLine.objects.order_by("book_id")
    assert first.contract == second.contract
    assert (first.contract.book_id, first.contract.client.book_id) == ("k1", "c1")


def test_a_second_import_of_the_same_book_changes_nothing(tmp_path):
    book = write_book(tmp_path, contacts="contact_id,client_id,name\np1,c1,Eve\n")
    load(book)
    before = list(Contact.objects.values())

    report = load(book)

    assert (report.files["contacts.csv"].unchanged, report.files["clients.csv"].unchanged) == (1, 2)
    assert list(Contact.objects.values()) == before


def test_a_known_id_is_updated_and_an_absent_one_left_alone(tmp_path):
    load(write_book(tmp_path / "1"))

    report = load(write_book(tmp_path / "2", clients="client_id,name\nc2,Beech\nc3,Cedar\n"))

    assert list(Client.objects.order_by("book_id").values_list("name", flat=True)) == [
        "Alder",
        "Beech",
        "Cedar",
    ]
    assert (report.files["clients.csv"].created, report.files["clients.csv"].updated) == (1, 1)


def test_a_column_that_the_file_does_not_have_keeps_its_values(tmp_path):
    load(write_book(tmp_path / "1", clients="client_id,name,tier,tags\nc1,Alder,A,x;y\n"))

    load(write_book(tmp_path / "2", clients="client_id,name\nc1,Elder\nc2,Birch\n"))

    alder, birch = Client.objects.order_by("book_id")
    assert (alder.name, alder.tier, alder.tags) == ("Elder", "A", ["x", "y"])
    assert (birch.tier, birch.tags) == ("", [])


def test_a_blank_cell_empties_the_value(tmp_path):
    load(
        write_book(
            tmp_path / "1", clients="client_id,name,tier,referred_by_client_id\nc1,Alder,A,c2\nc2,Birch,B,\n"
        )
    )

    load(write_book(tmp_path / "2", clients="client_id,name,tier,referred_by_client_id\nc1,Alder,,\n"))

    alder = Client.objects.get(book_id="c1")
    assert (alder.tier, alder.referred_by) == ("", None)


def test_ids_may_lead_to_rows_that_came_before(tmp_path):
    load(write_book(tmp_path / "1"))

    load(
        write_book(
            tmp_path / "2",
            clients="client_id,name\nc9,Yew\n",
            contacts="contact_id,client_id,name\np,c1,Eve\n",
        )
    )

    assert Contact.objects.get().client.book_id == "c1"


def test_a_dry_run_counts_and_writes_nothing(tmp_path):
    report = load(write_book(tmp_path, agency={"currency": "USD"}), is_dry_run=True)

    assert (report.is_written, report.files["clients.csv"].created) == (False, 2)
    assert Client.objects.count() == 0
    assert AgencySettings.objects.get_solo().currency == "EUR"
    assert not AuditEvent.objects.filter(action="book.import").exists()


def test_a_dry_run_finds_mistakes_as_well(tmp_path):
    assert mistakes(write_book(tmp_path, clients="client_id,name\nc1,\n"), is_dry_run=True) == [
        "clients.csv:2: name: is required and blank ()"
    ]


def test_an_import_leaves_one_audit_row_with_its_counts(tmp_path):
    load(write_book(tmp_path, contacts="contact_id,client_id,name\np1,c1,Eve\n"))

    event = AuditEvent.objects.get(action="book.import")
    assert event.actor is None
    assert event.changes == {
        "files": {
            "clients.csv": {"created": 2, "updated": 0, "left_out": 0},
            "contacts.csv": {"created": 1, "updated": 0, "left_out": 0},
        }
    }


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfclient_id,name\r\nc1,Alder\r\n",
        b"client_id,name\rc1,Alder\r",
        b"client_id,name\nc1,Alder",
        b"name,client_id\nAlder,c1\n",
        b" client_id , name \n c1 ,Alder\n",
        b'"client_id","name"\n"c1","Alder"\n',
        b"client_id,name\n\n\nc1,Alder\n,\n\n",
    ],
    ids=["BOM and CRLF", "CR", "no last line end", "other order", "spaces", "quotes", "empty rows"],
)
def test_harmless_differences_of_files_are_understood(tmp_path, content):
    load(write_book(tmp_path, clients=content))

    assert list(Client.objects.values_list("book_id", "name")) == [("c1", "Alder")]


def test_unknown_columns_and_files_are_named_and_ignored(tmp_path):
    book = write_book(tmp_path, clients="client_id,name,colour,mood\nc1,Alder,red,good\n", notes="a\nb\n")

    report = load(book)

    assert report.notes == [
        "Not part of a book, and ignored: notes.csv.",
        "clients.csv: unknown columns are ignored: colour, mood.",
    ]
    assert Client.objects.count() == 1


def test_line_numbers_count_the_lines_of_quoted_cells(tmp_path):
    rows = 't1,c1,2025-01-01T09:00Z,"one\ntwo\nthree"\nt2,c1,yesterday,\n'

    found = mistakes(write_book(tmp_path, touchpoints=f"touchpoint_id,client_id,occurred_at,summary\n{rows}"))

    assert found == [
        "touchpoints.csv:5: occurred_at: is not an instant; write 2026-03-05T09:30:00+01:00 (yesterday)"
    ]


def test_a_month_is_stored_as_its_first_day(tmp_path):
    lines = f"{LINES}\nl1,c1,s1,recurring,5,month,2025-01-01\n"
    usage = "line_id,month,hours_budget,hours_used\nl1,2025-03,20,18.25\n"

    load(write_book(tmp_path, services=SERVICE, contract_lines=lines, retainer_usage=usage))

    assert RetainerUsage.objects.values_list("month", "hours_used").get() == (
        date(2025, 3, 1),
        Decimal("18.25"),
    )


def test_rows_made_by_hand_stay_untouched(tmp_path):
    ClientFactory(name="By hand")

    load(write_book(tmp_path))

    assert Client.objects.filter(name="By hand").count() == 1


def test_a_book_without_clients_is_refused(tmp_path):
    (tmp_path / "contacts.csv").write_text("contact_id,client_id,name\n")

    with pytest.raises(BadBook) as refusal:
        load(tmp_path)

    assert str(refusal.value) == "The book has no clients.csv, the one file that it must have."


def test_a_path_that_is_no_book_is_not_found(tmp_path):
    (tmp_path / "book.txt").write_text("")

    for path, sentence in (
        (tmp_path / "nowhere", f"{tmp_path / 'nowhere'} is not there."),
        (
            tmp_path / "book.txt",
            f"{tmp_path / 'book.txt'} is not a book; a book is a folder, a .zip or an .xlsx.",
        ),
    ):
        with pytest.raises(BookNotFound) as refusal:
            load(path)
        assert str(refusal.value) == sentence


def test_the_report_is_the_same_as_json(tmp_path):
    with pytest.raises(CannotImportBook) as refusal:
        load(write_book(tmp_path, clients="client_id,name\nc1,\n"))

    assert str(refusal.value) == "The book has 1 mistake; nothing was written."
    assert refusal.value.report.as_json()["problems"] == [
        {"file": "clients.csv", "line": 2, "column": "name", "message": "is required and blank", "value": ""}
    ]


def test_progress_runs_from_nothing_to_all(tmp_path):
    seen = []

    load(write_book(tmp_path), progress=lambda what, share: seen.append(share))

    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0.0, 1.0)
