"""`manage.py qbr`: a PDF file, or one sentence and an exit code."""

import pypdfium2
import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEvent, OutboxEmail
from reports.models import QBR
from reports.qbr.stages import services as stages
from tests.factories.accounts import LeaderFactory, MemberFactory
from tests.factories.clients import ClientFactory, ContactFactory
from tests.reports import books


@pytest.fixture
def client(agency):
    books.make_settings()
    client = ClientFactory(name="Northwind Ltd", book_id="c1")
    ContactFactory(client=client, email="julia@northwind.example")
    return client


@pytest.fixture
def leader(agency):
    return LeaderFactory()


def waiting(client):
    """A review that was asked to be approved."""
    return stages.submit_for_review(qbr=books.make_draft(client), by=None, now=books.NOW)


def run(*words):
    call_command("qbr", *words)


def test_the_file_is_what_a_draft_says_and_nothing_is_stored(client, tmp_path, capsys):
    output = tmp_path / "review.pdf"

    run("northwind", "c1", "--period", "2026Q3", "--output", str(output))

    pages = len(pypdfium2.PdfDocument(output.read_bytes()))
    assert [path.name for path in tmp_path.iterdir()] == ["review.pdf"]
    assert capsys.readouterr().out == f"{output}: Northwind Ltd, Q3 2026, {pages} pages\n"
    assert (QBR.objects.count(), OutboxEmail.objects.count()) == (0, 0)


@pytest.mark.parametrize("make", [None, books.make_draft, waiting])
def test_send_does_not_mail_what_nobody_approved(client, tmp_path, make):
    before = make(client).stage if make else ""

    with pytest.raises(CommandError, match=r"not approved|no review of Q3 2026"):
        run("northwind", "c1", "--period", "2026Q3", "--output", str(tmp_path / "a.pdf"), "--send")

    assert [qbr.stage for qbr in QBR.objects.all()] == ([before] if make else [])
    assert OutboxEmail.objects.count() == 0
    assert list(tmp_path.iterdir()) == []


def test_send_mails_what_was_approved_on_the_site(client, tmp_path):
    approved, output = books.make_printed(client), tmp_path / "a.pdf"

    run("northwind", "c1", "--period", "2026Q3", "--output", str(output), "--send")

    assert list(OutboxEmail.objects.values_list("to_email", flat=True)) == ["julia@northwind.example"]
    assert (QBR.objects.get().stage, output.read_bytes()) == ("sent", bytes(approved.pdf))


def test_a_leader_who_is_named_approves_and_the_client_gets_that_pdf(client, leader, tmp_path):
    output = tmp_path / "a.pdf"

    run(
        "northwind", "c1", "--period", "2026Q3", "--output", str(output), "--send", "--approve-as", leader.email
    )  # fmt: skip

    qbr = QBR.objects.get()
    assert list(OutboxEmail.objects.values_list("to_email", flat=True)) == ["julia@northwind.example"]
    assert (qbr.stage, qbr.approved_by, bytes(qbr.pdf)) == ("sent", leader, output.read_bytes())
    assert AuditEvent.objects.get(action="qbr.approve").actor == leader


def test_who_may_not_approve_on_the_site_may_not_at_the_command_line(client, tmp_path):
    member = MemberFactory()
    words = ["northwind", "c1", "--period", "2026Q3", "--output", str(tmp_path / "a.pdf")]

    with pytest.raises(CommandError, match=r"^Only leaders and owners approve reviews.$"):
        run(*words, "--send", "--approve-as", member.email)
    with pytest.raises(CommandError, match=r"^There is no member with the address 'nobody@x.example'.$"):
        run(*words, "--send", "--approve-as", "nobody@x.example")
    with pytest.raises(CommandError, match=r"^--approve-as goes with --send.$"):
        run(*words, "--approve-as", member.email)

    assert (QBR.objects.count(), OutboxEmail.objects.count()) == (0, 0)


def test_sending_twice_gives_the_same_file_and_no_second_mail(client, leader, tmp_path):
    outputs = [tmp_path / "a.pdf", tmp_path / "b.pdf"]

    for output in outputs:
        run(
            "northwind", "c1", "--period", "2026Q3", "--output", str(output), "--send",
            "--approve-as", leader.email,
        )  # fmt: skip

    assert outputs[0].read_bytes() == outputs[1].read_bytes()
    assert (QBR.objects.count(), OutboxEmail.objects.count()) == (1, 1)


def test_an_older_file_is_replaced(client, tmp_path):
    output = tmp_path / "a.pdf"
    output.write_bytes(b"old")

    run("northwind", "c1", "--period", "2026Q3", "--output", str(output))

    assert output.read_bytes()[:5] == b"%PDF-"


@pytest.mark.parametrize(
    ("words", "sentence", "code"),
    [
        (["nobody", "c1", "--period", "2026Q3"], "There is no agency called 'nobody'.", 2),
        (["northwind", "c9", "--period", "2026Q3"], "There is no client with the id 'c9'.", 2),
        (
            ["northwind", "c1", "--period", "Q3"],
            "'Q3' is not a period; write 2026-03, 2026Q1, 2026, ttm or 2026-01-01..2026-02-15 (end exclusive).",
            2,
        ),
        (
            ["northwind", "c1", "--period", "2999Q1"],
            "Q1 2999 has not begun yet. Choose a period with something to review.",
            1,
        ),
    ],
)
def test_a_wrong_word_is_one_sentence_and_no_file(client, tmp_path, words, sentence, code):
    with pytest.raises(CommandError) as refusal:
        run(*words, "--output", str(tmp_path / "a.pdf"))

    assert (str(refusal.value), refusal.value.returncode) == (sentence, code)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_said_before_any_work(client, tmp_path):
    folder = tmp_path / "none"

    with pytest.raises(CommandError) as refusal:
        run("northwind", "c1", "--period", "2026Q3", "--output", str(folder / "a.pdf"))

    assert (str(refusal.value), refusal.value.returncode) == (f"The folder '{folder}' does not exist.", 2)
    assert QBR.objects.count() == 0


def test_sending_to_nobody_is_refused(client, tmp_path):
    books.make_printed(ClientFactory(name="Silent Ltd", book_id="c2"))

    with pytest.raises(CommandError, match=r"^No contact of Silent Ltd has an e-mail address.$"):
        run("northwind", "c2", "--period", "2026Q3", "--output", str(tmp_path / "a.pdf"), "--send")

    assert list(tmp_path.iterdir()) == []
