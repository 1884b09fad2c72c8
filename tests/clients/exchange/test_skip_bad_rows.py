"""With --skip-bad-rows good rows come in; bad ones and those that need them stay out, each with its reason."""

import pytest

from clients.exchange.importing import CannotImportBook
from clients.models import Client, Contact, ContractLine, Message, Request, SurveyResponse
from tests.clients.exchange.books import load, write_book

pytestmark = pytest.mark.usefixtures("agency")


def sentences(report):
    return [str(problem) for problem in report.problems]


def test_good_rows_are_kept_and_bad_ones_named(tmp_path):
    book = write_book(tmp_path, clients="client_id,name,currency\nc1,Alder,\nc2,Birch,EURO\nc3,Cedar,\n")

    report = load(book, skips_bad_rows=True)

    assert list(Client.objects.order_by("book_id").values_list("book_id", flat=True)) == ["c1", "c3"]
    assert report.is_written
    assert (report.files["clients.csv"].created, report.files["clients.csv"].left_out) == (2, 1)
    assert len(sentences(report)) == 1


def test_rows_that_need_a_bad_row_are_left_out_too(tmp_path):
    book = write_book(
        tmp_path,
        clients="client_id,name,currency\nc1,Alder,EURO\nc2,Birch,\n",
        contacts="contact_id,client_id,name\np1,c1,Eve\np2,c2,Ian\n",
        requests="request_id,client_id,contact_id,opened_at\n"
        "q1,c2,p1,2025-01-01T09:00Z\nq2,c2,p2,2025-01-01T09:00Z\n",
        messages="message_id,request_id,sent_at,direction\n"
        "x1,q1,2025-01-01T09:00Z,inbound\nx2,q2,2025-01-01T09:00Z,inbound\n",
    )

    report = load(book, skips_bad_rows=True)

    assert sentences(report) == [
        "clients.csv:2: currency: is not a known currency; write its ISO code, such as EUR (EURO)",
        "contacts.csv:2: client_id: needs clients.csv:2, which is left out (c1)",
        "requests.csv:2: contact_id: needs contacts.csv:2, which is left out (p1)",
        "messages.csv:2: request_id: needs requests.csv:2, which is left out (q1)",
    ]
    assert [model.objects.count() for model in (Client, Contact, Request, Message)] == [1, 1, 1, 1]


def test_a_chain_of_referrals_falls_with_its_first(tmp_path):
    book = write_book(
        tmp_path,
        clients="client_id,name,referred_by_client_id\nc1,Alder,c2\nc2,Birch,c3\nc3,,\nc4,Cedar,\n",
    )

    report = load(book, skips_bad_rows=True)

    assert sentences(report) == [
        "clients.csv:2: referred_by_client_id: needs clients.csv:3, which is left out (c2)",
        "clients.csv:3: referred_by_client_id: needs clients.csv:4, which is left out (c3)",
        "clients.csv:4: name: is required and blank ()",
    ]
    assert Client.objects.get().book_id == "c4"


def test_a_bad_row_of_a_known_id_does_not_drop_what_needs_it(tmp_path):
    load(write_book(tmp_path / "1"))
    book = write_book(
        tmp_path / "2",
        clients="client_id,name\nc1,\n",
        contacts="contact_id,client_id,name\np1,c1,Eve\n",
    )

    report = load(book, skips_bad_rows=True)

    assert sentences(report) == ["clients.csv:2: name: is required and blank ()"]
    assert Contact.objects.get().client.name == "Alder"


def test_lines_keep_their_contract_when_its_first_line_is_bad(tmp_path):
    book = write_book(
        tmp_path,
        services="service_id,name\ns1,SEO\n",
        contract_lines="line_id,client_id,contract_id,service_id,kind,amount,interval,starts_on\n"
        "l1,c1,k1,s1,recurring,many,month,2025-01-01\n"
        "l2,c9,k1,s1,recurring,5,month,2025-01-01\n"
        "l3,c1,k1,s1,recurring,5,month,2025-01-01\n",
    )

    report = load(book, skips_bad_rows=True)

    assert len(report.problems) == 2
    assert ContractLine.objects.values_list("book_id", "contract__book_id").get() == ("l3", "k1")


def test_a_later_overlap_is_the_one_that_is_left_out(tmp_path):
    book = write_book(
        tmp_path,
        members="member_id,name,email\nm1,Ann,ann@example.com\n",
        assignments="client_id,member_id,starts_on,ends_on\nc1,m1,2025-01-01,\nc1,m1,2025-02-01,\nc2,m1,2025-01-01,\n",
    )

    report = load(book, skips_bad_rows=True)

    assert (report.files["assignments.csv"].created, report.files["assignments.csv"].left_out) == (2, 1)


def test_answers_of_a_survey_that_is_left_out_go_with_it(tmp_path):
    book = write_book(
        tmp_path,
        surveys="survey_id,kind,scale_min,scale_max\nn,nps,1,10\nc,csat,,\n",
        survey_responses="response_id,survey_id,score,answered_at\n"
        "a1,n,9,2025-01-01T09:00Z\na2,c,5,2025-01-01T09:00Z\na3,c,6,2025-01-01T09:00Z\n",
    )

    report = load(book, skips_bad_rows=True)

    assert [line.split(": ", 1)[0] for line in sentences(report)] == [
        "surveys.csv:2",
        "survey_responses.csv:2",
        "survey_responses.csv:4",
    ]
    assert SurveyResponse.objects.get().book_id == "a2"


@pytest.mark.parametrize(
    "clients",
    ["client_id\nc1\n", 'client_id,name\nc1,Alder\nc2,"Birch\nc3,Cedar\n', "client_id;name\nc1;Alder\n"],
    ids=["missing column", "open quote", "semicolons"],
)
def test_a_file_that_cannot_be_read_is_refused_all_the_same(tmp_path, clients):
    with pytest.raises(CannotImportBook):
        load(write_book(tmp_path, clients=clients), skips_bad_rows=True)

    assert Client.objects.count() == 0


def test_wrong_settings_are_refused_all_the_same(tmp_path):
    with pytest.raises(CannotImportBook):
        load(write_book(tmp_path, agency={"time_zone": "Mars"}), skips_bad_rows=True)

    assert Client.objects.count() == 0
