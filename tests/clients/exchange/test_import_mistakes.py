"""Each way in which a row can be wrong has its own sentence, with file, line, column and value."""

from datetime import date

import pytest

from accounts.models import AuditEvent
from agencyam.tenancy.context import tenant_context
from clients.exchange import changed_days
from clients.exchange.merging import merge
from clients.exchange.reading import ParsedRow
from clients.exchange.staging import create_stage, fill_stage
from clients.exchange.tables import table_of
from clients.models import Assignment, Client, ContractLine, LinePause, Service, Survey, SurveyResponse
from tests.clients.exchange.books import load, mistakes, write_book

pytestmark = pytest.mark.usefixtures("agency")

MEMBERS = "member_id,name,email\nm1,Ann,ann@example.com\nm2,Bob,bob@example.com\n"
SERVICES = "services.csv"
LINES = (
    "line_id,client_id,service_id,kind,amount,interval,starts_on\nl1,c1,s1,recurring,100,month,2025-01-01\n"
)
SERVICE = "service_id,name\ns1,SEO\n"
SURVEYS = "survey_id,kind\nnps,nps\ncsat,csat\npulse,pulse\n"


CASES = {
    "a required cell is blank": (
        {"clients": "client_id,name\nc1,\n"},
        "clients.csv:2: name: is required and blank ()",
    ),
    "an id that leads nowhere": (
        {"contacts": "contact_id,client_id,name\np1,c9,Eve\n"},
        "contacts.csv:2: client_id: there is no such id in clients.csv or in the agency (c9)",
    ),
    "a referrer that is not there": (
        {"clients": "client_id,name,referred_by_client_id\nc1,Alder,c7\n"},
        "clients.csv:2: referred_by_client_id: there is no such id in clients.csv or in the agency (c7)",
    ),
    "a calendar that is not there": (
        {"sla_policies": "policy_id,name,calendar\np1,Standard,Office\n"},
        "sla_policies.csv:2: calendar: there is no such id in calendars.json or in the agency (Office)",
    ),
    "an unknown currency": (
        {"clients": "client_id,name,currency\nc1,Alder,EURO\n"},
        "clients.csv:2: currency: is not a known currency; write its ISO code, such as EUR (EURO)",
    ),
    "a thousands separator": (
        {"services": SERVICE, "contract_lines": LINES.replace("100", '"1,200.00"')},
        "contract_lines.csv:2: amount: has a thousands separator; write plain digits with a dot for decimals "
        "(1,200.00)",
    ),
    "a date that does not exist": (
        {"referrals": "referral_id,client_id,lead_name,made_on\nr1,c1,Oak,2025-02-30\n"},
        "referrals.csv:2: made_on: is a date that does not exist (2025-02-30)",
    ),
    "an instant without an offset": (
        {"requests": "request_id,client_id,opened_at\nq1,c1,2025-03-01T10:00:00\n"},
        "requests.csv:2: opened_at: is an instant without an offset; add Z or +01:00 (2025-03-01T10:00:00)",
    ),
    "a word outside a closed list": (
        {"referrals": "referral_id,client_id,lead_name,made_on,outcome\nr1,c1,Oak,2025-02-03,maybe\n"},
        "referrals.csv:2: outcome: must be one of open, won, lost (maybe)",
    ),
    "the wrong encoding": (
        {"clients": "client_id,name\nc1,Müller\n".encode("latin-1")},
        "clients.csv:2: name: is not UTF-8 text; save the file as UTF-8 (M\\udcfcller)",
    ),
    "UTF-16": (
        {"clients": "client_id,name\nc1,Alder\n".encode("utf-16")},
        "clients.csv:1: the file is UTF-16 or UTF-32 text; save it as CSV UTF-8",
    ),
    "a NUL": (
        {"clients": "client_id,name\nc1,Al\0der\n"},
        "clients.csv:2: name: contains a NUL character (Al\\x00der)",
    ),
    "no header": (
        {"clients": "c1,Alder\nc2,Birch\n"},
        "clients.csv:1: the header row is missing; the first row names none of the columns",
    ),
    "an empty file": (
        {"clients": ""},
        "clients.csv:1: the header row is missing; the file is empty",
    ),
    "a required column is missing": (
        {"clients": "client_id,tier\nc1,A\n"},
        "clients.csv:1: name: is missing from the header",
    ),
    "a column twice": (
        {"clients": "client_id,name,name\nc1,Alder,Birch\n"},
        "clients.csv:1: name: is twice in the header",
    ),
    "semicolons": (
        {"clients": "client_id;name\nc1;Alder\n"},
        "clients.csv:1: the columns are separated by semicolons; write commas",
    ),
    "an open quote": (
        {"clients": 'client_id,name\nc1,"Alder\nc2,Birch\n'},
        "clients.csv:2: a quote opens here and is never closed, so the rest of the file cannot be read",
    ),
    "a stray quote": (
        {"clients": 'client_id,name\nc1,"Al"der\nc2,Birch\n'},
        "clients.csv:2: has a quote in the wrong place; a quote inside a quoted cell is written twice",
    ),
    "too many cells": (
        {"clients": "client_id,name\nc1,Alder,A\n"},
        "clients.csv:2: has 3 cells where the header has 2",
    ),
    "an id twice": (
        {"clients": "client_id,name\nc1,Alder\nc2,Birch\nc1,Cedar\n"},
        "clients.csv:4: client_id: is already the id of line 2 (c1)",
    ),
    "a rate twice": (
        {"fx_rates": "currency,effective_on,rate_to_base\nUSD,2025-01-01,0.9\nUSD,2025-01-01,0.8\n"},
        "fx_rates.csv:3: currency: line 2 has the same currency, effective_on (USD · 2025-01-01)",
    ),
    "overlapping primary assignments": (
        {
            "members": MEMBERS,
            "assignments": "client_id,member_id,role,starts_on,ends_on\n"
            "c1,m1,primary,2025-01-01,2025-06-02\nc1,m2,primary,2025-06-01,\n",
        },
        "assignments.csv:3: starts_on: overlaps another primary assignment of this client in line 2 "
        "(2025-01-01 to 2025-06-02) (2025-06-01)",
    ),
    "overlapping pauses": (
        {
            "services": SERVICE,
            "contract_lines": LINES,
            "line_pauses": "line_id,starts_on,ends_on\nl1,2025-03-01,\nl1,2025-04-01,2025-05-01\n",
        },
        "line_pauses.csv:3: starts_on: overlaps another pause of this line in line 2 (2025-03-01 to open) "
        "(2025-04-01)",
    ),
    "an end before the start": (
        {
            "members": MEMBERS,
            "assignments": "client_id,member_id,starts_on,ends_on\nc1,m1,2025-01-01,2025-01-01\n",
        },
        "assignments.csv:2: ends_on: must be after starts_on 2025-01-01 (the end is the first day that is out) "
        "(2025-01-01)",
    ),
    "a decision without a date": (
        {"proposals": "proposal_id,client_id,title,status,decided_at\np1,c1,Site,won,\n"},
        "proposals.csv:2: decided_at: is missing; a proposal that is won needs the date of its decision",
    ),
    "a date without a decision": (
        {"proposals": "proposal_id,client_id,title,status,decided_at\np1,c1,Site,sent,2025-01-01T09:00Z\n"},
        "proposals.csv:2: decided_at: must be blank while the proposal is sent (2025-01-01T09:00Z)",
    ),
    "a decision before the sending": (
        {
            "proposals": "proposal_id,client_id,title,status,sent_at,decided_at\n"
            "p1,c1,Site,lost,2025-01-02T09:00Z,2025-01-01T09:00Z\n"
        },
        "proposals.csv:2: decided_at: is before the proposal was sent (2025-01-01T09:00Z)",
    ),
    "a score outside the scale": (
        {
            "surveys": SURVEYS,
            "survey_responses": "response_id,survey_id,score,answered_at\na1,csat,0,2025-01-01T09:00Z\n",
        },
        "survey_responses.csv:2: score: is outside the survey's scale of 1 to 5 (0)",
    ),
    "an NPS survey of 1 to 10": (
        {"surveys": "survey_id,kind,scale_min,scale_max\nnps,nps,1,10\n"},
        "surveys.csv:2: scale_min: an NPS survey is answered from 0 to 10, not from 1 to 10 (1)",
    ),
    "a scale that does not ascend": (
        {"surveys": "survey_id,kind,scale_min,scale_max\ns,csat,5,5\n"},
        "surveys.csv:2: scale_max: must be above the scale's start 5 (5)",
    ),
    "a recurring line without interval": (
        {"services": SERVICE, "contract_lines": LINES.replace("month", "")},
        "contract_lines.csv:2: interval: is missing; a recurring line needs one",
    ),
    "a one-off line with interval": (
        {"services": SERVICE, "contract_lines": LINES.replace("recurring", "one_off")},
        "contract_lines.csv:2: interval: must be blank for a one-off line (month)",
    ),
    "a contract of two clients": (
        {
            "services": SERVICE,
            "contract_lines": "line_id,client_id,contract_id,service_id,kind,amount,interval,starts_on\n"
            "l1,c1,k1,s1,recurring,1,month,2025-01-01\nl2,c2,k1,s1,recurring,1,month,2025-01-01\n",
        },
        "contract_lines.csv:3: contract_id: is a contract of another client, c1 (k1)",
    ),
    "a request solved before it began": (
        {
            "requests": "request_id,client_id,opened_at,resolved_at\n"
            "q1,c1,2025-03-01T10:00:00Z,2025-03-01T09:00:00Z\n"
        },
        "requests.csv:2: resolved_at: is before the request was opened (2025-03-01T09:00:00Z)",
    ),
    "a client that referred itself": (
        {"clients": "client_id,name,referred_by_client_id\nc1,Alder,c1\n"},
        "clients.csv:2: referred_by_client_id: is the client itself (c1)",
    ),
    "two default policies": (
        {"sla_policies": "policy_id,name,is_default\np1,Standard,true\np2,Fast,true\n"},
        "sla_policies.csv:3: is_default: only one policy can be the default, and 'p1' is (p2)",
    ),
    "an address of two members": (
        {"members": "member_id,name,email\nm1,Ann,ann@example.com\nm2,Bob,ANN@example.com\n"},
        "members.csv:3: email: is the address of member 'm1' already (ann@example.com)",
    ),
    "a rate of nothing": (
        {"fx_rates": "currency,effective_on,rate_to_base\nUSD,2025-01-01,0\n"},
        "fx_rates.csv:2: rate_to_base: must be more than 0 (0)",
    ),
    "a bill due before it was written": (
        {"invoices": "invoice_id,client_id,issued_on,due_on,amount\ni1,c1,2025-02-01,2025-01-01,5\n"},
        "invoices.csv:2: due_on: is before the invoice was issued (2025-01-01)",
    ),
    "a probability in per cent": (
        {"opportunities": "opportunity_id,client_id,probability\no1,c1,60\n"},
        "opportunities.csv:2: probability: has more than 1 digits before the dot (60)",
    ),
    "a calendar with a strange weekday": (
        {"calendars": {"Office": {"time_zone": "Europe/London", "hours": {"monday": []}}}},
        "calendars.json:1: spec: is not a calendar: hours: 'monday' is not a weekday; use mon, tue, wed, thu, "
        'fri, sat or sun ({"time_zone": "Europe/London", "hours": {"monday": []}})',
    ),
    "settings that cannot be": (
        {"agency": {"currency": "XXQ"}},
        "agency.json: currency: is not a known currency; write its ISO code, such as EUR (XXQ)",
    ),
}


@pytest.mark.parametrize(("files", "sentence"), CASES.values(), ids=CASES)
def test_a_mistake_is_named_and_nothing_is_written(tmp_path, files, sentence):
    book = write_book(tmp_path, **files)

    found = mistakes(book)

    assert found == [sentence]
    assert Client.objects.count() == 0
    assert not AuditEvent.objects.filter(action="book.import").exists()


def test_all_mistakes_of_all_files_come_in_one_run_in_the_order_of_the_book(tmp_path):
    book = write_book(
        tmp_path,
        clients="client_id,name,currency\nc1,Alder,EURO\nc2,,\nc3,Cedar,GBP\n",
        contacts="contact_id,client_id,name,left_on\np1,c3,Eve,2025-13-01\np2,c9,Ian,\np3,c1,Uwe,\n",
        goals="goal_id,client_id,title,baseline\ng1,c3,Leads,many\n",
    )

    found = [line.split(": ")[:2] for line in mistakes(book)]

    assert found == [
        ["clients.csv:2", "currency"],
        ["clients.csv:3", "name"],
        ["contacts.csv:2", "left_on"],
        ["contacts.csv:3", "client_id"],
        ["goals.csv:2", "baseline"],
    ]


def test_mistakes_in_other_files_are_named_beside_a_file_that_cannot_be_read(tmp_path):
    book = write_book(
        tmp_path,
        contacts="contact_id;client_id;name\n",
        touchpoints="touchpoint_id,client_id,contact_id,occurred_at\nt1,c9,p1,2025-01-01T09:00Z\n",
    )

    found = mistakes(book)

    assert found == [
        "contacts.csv:1: the columns are separated by semicolons; write commas",
        "touchpoints.csv:2: client_id: there is no such id in clients.csv or in the agency (c9)",
    ]


def test_several_cells_of_one_row_are_all_named(tmp_path):
    book = write_book(tmp_path, fx_rates="currency,effective_on,rate_to_base\nDOLLAR,2025-02-31,1,5\n")

    assert mistakes(book) == ["fx_rates.csv:2: has 4 cells where the header has 3"]


def test_an_overlap_with_a_row_of_the_agency_is_named(tmp_path):
    assignments = "client_id,member_id,starts_on,ends_on\n"
    load(write_book(tmp_path / "1", members=MEMBERS, assignments=assignments + "c1,m1,2025-01-01,\n"))

    found = mistakes(write_book(tmp_path / "2", assignments=assignments + "c1,m2,2025-06-01,\n"))

    assert found == [
        "assignments.csv:2: starts_on: overlaps another primary assignment of this client in the agency "
        "(2025-01-01 to open) (2025-06-01)"
    ]
    assert Assignment.objects.count() == 1


def test_a_hand_over_that_closes_the_old_assignment_is_no_overlap(tmp_path):
    assignments = "client_id,member_id,starts_on,ends_on\n"
    load(write_book(tmp_path / "1", members=MEMBERS, assignments=assignments + "c1,m1,2025-01-01,\n"))
    handed_over = "c1,m2,2025-06-01,\nc1,m1,2025-01-01,2025-06-01\n"

    report = load(write_book(tmp_path / "2", assignments=assignments + handed_over))

    assert (report.files["assignments.csv"].created, report.files["assignments.csv"].updated) == (1, 1)
    assert list(Assignment.objects.order_by("starts_on").values_list("member__book_id", flat=True)) == [
        "m1",
        "m2",
    ]


def test_assignments_that_swap_their_days_do_not_collide_on_the_way(tmp_path):
    pauses = "line_id,starts_on,ends_on\n"
    first = pauses + "l1,2025-01-01,2025-02-01\nl1,2025-03-01,2025-06-01\n"
    load(write_book(tmp_path / "1", services=SERVICE, contract_lines=LINES, line_pauses=first))

    second = pauses + "l1,2025-01-01,2025-03-01\nl1,2025-03-01,2025-04-01\nl1,2025-05-01,2025-06-01\n"
    load(write_book(tmp_path / "2", line_pauses=second))

    days = LinePause.objects.order_by("starts_on").values_list("starts_on__month", "ends_on__month")
    assert list(days) == [(1, 3), (3, 4), (5, 6)]


def test_a_secondary_assignment_may_run_beside_the_primary(tmp_path):
    rows = "c1,m1,primary,2025-01-01,\nc1,m2,secondary,2025-01-01,\n"

    load(
        write_book(
            tmp_path, members=MEMBERS, assignments="client_id,member_id,role,starts_on,ends_on\n" + rows
        )
    )

    assert Assignment.objects.count() == 2


def test_a_score_is_compared_with_a_survey_that_the_agency_has(tmp_path):
    load(write_book(tmp_path / "1", surveys=SURVEYS))
    responses = "response_id,survey_id,score,answered_at\na1,pulse,10,2025-01-01T09:00Z\na2,nps,11,2025-01-01T09:00Z\n"

    found = mistakes(write_book(tmp_path / "2", survey_responses=responses))

    assert found == ["survey_responses.csv:3: score: is outside the survey's scale of 0 to 10 (11)"]


def test_a_scale_cannot_shrink_below_the_answers_that_the_agency_has(tmp_path):
    responses = "response_id,survey_id,score,answered_at\na1,csat,5,2025-01-01T09:00Z\n"
    load(write_book(tmp_path / "1", surveys=SURVEYS, survey_responses=responses))

    found = mistakes(
        write_book(tmp_path / "2", surveys="survey_id,kind,scale_min,scale_max\ncsat,csat,1,4\n")
    )

    assert found == ["surveys.csv:2: scale_max: the agency has an answer of 5 outside 1 to 4"]
    assert Survey.objects.get(book_id="csat").scale_max == 5
    assert SurveyResponse.objects.count() == 1


def test_ids_of_another_agency_do_not_count(tmp_path, other_agency):
    with tenant_context(other_agency):
        load(write_book(tmp_path / "1", clients="client_id,name\nc7,Elm\n"))

    found = mistakes(write_book(tmp_path / "2", contacts="contact_id,client_id,name\np1,c7,Eve\n"))

    assert found == ["contacts.csv:2: client_id: there is no such id in clients.csv or in the agency (c7)"]


def test_what_only_the_database_refuses_is_narrowed_down_to_its_rows():
    service, client = (
        Service.objects.create(book_id="s1", name="SEO"),
        Client.objects.create(book_id="c1", name="A"),
    )
    line = {"client": client, "service": service, "kind": "recurring", "currency": "EUR", "interval": "month"}
    ContractLine.objects.create(book_id="l1", amount=5, starts_on=date(2025, 1, 1), **line)
    pauses, found = table_of("line_pauses.csv"), []
    days = [("l1", 1, 3), ("l1", 2, 4), ("l1", 5, 6), ("nowhere", 1, 2), ("l1", 8, 7)]
    rows = [
        {"line_id": line_id, "starts_on": date(2025, first, 1), "ends_on": date(2025, last, 1)}
        for line_id, first, last in days
    ]

    changed_days.begin()
    create_stage(pauses)
    fill_stage(pauses, (ParsedRow(number, row) for number, row in enumerate(rows, start=2)))
    counts = merge(pauses, found.append, rows=len(rows), zone="UTC")

    assert [str(problem) for problem in found] == [
        "line_pauses.csv:3: The line is paused already on some of these days",
        "line_pauses.csv:5: line is missing",
        "line_pauses.csv:6: The end must be after the start",
    ]
    assert (counts.created, counts.left_out) == (2, 3)
    assert LinePause.objects.count() == 2
