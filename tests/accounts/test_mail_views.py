"""The pages on outgoing mail: what was sent, what waits, and what a person must decide about."""

import pytest

from accounts.models import AuditEvent, MailEvent, OutboxEmail
from agencyam.jobs import outbox
from agencyam.jobs.models import Job
from agencyam.tenancy.context import tenant_context
from tests.factories.accounts import LeaderFactory, MemberFactory, OwnerFactory, ViewerFactory
from tests.queries import queries_of

HTMX = {"HX-Request": "true"}
PDF = b"%PDF-1.7 \x00\xff"


@pytest.fixture
def post(agency):
    """`post(subject="…", state="unknown")` writes a mail to a client's contact."""

    def write(state="queued", **fields):
        number = OutboxEmail.objects.count()
        mail = outbox.post(
            **{
                "key": f"qbr:{number}",
                "to": f"julia{number}@client.example",
                "subject": f"Review {number}",
                "text": "Dear Julia,\n\nhere it is.",
                "attachments": [("review-q3.pdf", PDF, "application/pdf")],
                "is_client_mail": True,
                **fields,
            }
        )
        OutboxEmail.objects.filter(pk=mail.pk).update(state=state, sent_at="2026-01-01T10:00Z")
        mail.refresh_from_db()
        return mail

    return write


@pytest.fixture
def look(sign_in):
    browser = sign_in(LeaderFactory())
    return lambda path="", **headers: browser.get(f"/mail/{path}", headers=headers)


def subjects(response):
    return [mail.subject for mail in response.context["page"].object_list]


def test_the_list_shows_mail_to_clients_latest_first(look, post):
    post(subject="First")
    post(subject="Second", state="sent")

    assert subjects(look()) == ["Second", "First"]


def test_mail_to_members_is_nobodys_to_read(look, post):
    secret = post(subject="Reset your password", text="https://secret", is_client_mail=False)

    paths = [f"{secret.pk}/", f"{secret.pk}/attachments/0/"]

    assert subjects(look()) == []
    assert [look(path).status_code for path in paths] == [404, 404]


def test_mail_of_another_agency_is_not_listed(look, post, other_agency):
    with tenant_context(other_agency):
        theirs = post(subject="Theirs")

    assert subjects(look()) == []
    assert look(f"{theirs.pk}/").status_code == 404


@pytest.mark.parametrize("state", ["queued", "sending", "sent", "unknown", "failed"])
def test_the_list_is_narrowed_to_a_state(look, post, state):
    for each in OutboxEmail.State:
        post(subject=each.value, state=each.value)

    assert subjects(look(f"?state={state}")) == [state]


@pytest.mark.parametrize("query", ["?state=lost", "?state=%00", "?page=99", "?page=x"])
def test_a_state_or_page_that_does_not_exist_is_left_out(look, post, query):
    post(subject="One")

    assert subjects(look(query)) == ["One"]


def test_the_list_is_cut_into_pages_of_fifty(look, post):
    for number in range(51):
        post(subject=f"Mail {number}")

    assert (len(subjects(look())), subjects(look("?page=2"))) == (50, ["Mail 0"])


def test_mail_that_somebody_must_decide_about_is_announced(look, post):
    post(state="unknown")

    page = look().content.decode()

    assert "Some mail may or may not have arrived" in page
    assert 'href="/mail/?state=unknown"' in page


def test_mail_whose_end_a_provider_reported_waits_for_nobody(look, post):
    MailEvent.objects.create(mail=post(state="unknown"), kind="delivered", at="2026-01-02T10:00Z")

    assert "Some mail may or may not have arrived" not in look().text


def test_without_mail_the_list_says_what_will_be_there(look):
    page = look().content.decode()

    assert "No mail here" in page
    assert "Some mail may or may not" not in page


def test_htmx_gets_the_table_alone(look, post):
    post()

    page = look("?state=queued", **HTMX).content.decode().strip()

    assert page.startswith('<div id="mail-table"')
    assert "<html" not in page


def test_the_number_of_queries_does_not_grow_with_the_mail(look, post):
    post()
    few = queries_of(look)
    for _ in range(29):
        post()

    many = queries_of(look)

    assert len(many) == len(few)


def test_a_mail_is_shown_as_its_reader_gets_it(look, post):
    mail = post(state="sent", text="Dear Julia,\n\n<b>here</b> it is.")

    page = look(f"{mail.pk}/").content.decode()

    words = ["Review 0", "julia0@client.example", "&lt;b&gt;here&lt;/b&gt; it is.", "review-q3.pdf"]
    assert [each for each in words if each not in page] == []
    assert "Send again" not in page


def test_an_attachment_downloads_under_its_own_name(look, post):
    mail = post()

    response = look(f"{mail.pk}/attachments/0/")

    assert response.content == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="review-q3.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ['a"b\r\nX: y.pdf', "Überblick.pdf", "../../etc/passwd"])
def test_no_name_of_an_attachment_breaks_out_of_its_header(look, post, name):
    mail = post()
    # The outbox refuses such a name; a row from an earlier release may have it.
    mail.attachments = [mail.attachments[0] | {"name": name, "type": "text/html"}]
    mail.save(update_fields=["attachments"])

    response = look(f"{mail.pk}/attachments/0/")

    assert response["Content-Disposition"].startswith("attachment; filename")
    assert not response.has_header("X")
    assert "\n" not in response["Content-Disposition"]


def test_an_attachment_that_is_not_there_is_404(look, post):
    mail = post()

    assert [look(f"{mail.pk}/attachments/{number}/").status_code for number in (1, 10**30)] == [404, 404]


DECISIONS = {"resend": "unknown", "retry": "failed"}
REFUSALS = {
    "resend": "Only a mail of which nobody knows whether it arrived can be sent again.",
    "retry": "Only a mail that surely never left can be tried again.",
}


@pytest.mark.parametrize(
    ("verb", "asked", "said"),
    [
        (
            "resend",
            "gets a second copy of the same mail",
            "A second copy is on its way to julia0@client.example.",
        ),
        ("retry", "gets it once", "The mail to julia0@client.example waits to leave once more."),
    ],
)
def test_a_person_is_asked_and_decides(sign_in, post, verb, asked, said):
    mail = post(state=DECISIONS[verb])
    owner = OwnerFactory(name="Zoe")
    browser = sign_in(owner)

    question = browser.get(f"/mail/{mail.pk}/{verb}/", headers=HTMX)
    mail.refresh_from_db()
    state_after_the_question = mail.state
    response = browser.post(f"/mail/{mail.pk}/{verb}/", follow=True)

    mail.refresh_from_db()
    assert (asked in question.text, state_after_the_question) == (True, DECISIONS[verb])
    assert response.redirect_chain == [(f"/mail/{mail.pk}/", 302)]
    assert said in response.text
    assert (mail.state, mail.error) == ("queued", "")
    assert Job.objects.filter(kind="mail.send", payload__outbox_id=mail.pk).count() == 2
    event = AuditEvent.objects.get(action=f"mail.{verb}")
    assert (event.actor, event.changes) == (owner, {"to": mail.to_email})


@pytest.mark.parametrize("verb", DECISIONS)
@pytest.mark.parametrize("state", OutboxEmail.State.values)
def test_in_any_other_state_it_is_refused_in_a_sentence(sign_in, post, verb, state):
    mail = post(state=state)
    browser = sign_in(OwnerFactory())
    is_offered = f'href="/mail/{mail.pk}/{verb}/"' in browser.get(f"/mail/{mail.pk}/").text

    question = browser.get(f"/mail/{mail.pk}/{verb}/").text
    answer = browser.post(f"/mail/{mail.pk}/{verb}/", follow=True).text

    is_wanted = state == DECISIONS[verb]
    mail.refresh_from_db()
    assert is_offered == is_wanted
    assert [REFUSALS[verb] in page for page in (question, answer)] == [not is_wanted] * 2
    assert mail.state == ("queued" if is_wanted else state)
    assert AuditEvent.objects.filter(action__startswith="mail.").count() == is_wanted


def test_what_the_server_refused_for_good_or_a_provider_reported_goes_neither_way(sign_in, post):
    refused, arrived = post(state="failed"), post(state="unknown")
    OutboxEmail.objects.filter(pk=refused.pk).update(smtp_code=550)
    MailEvent.objects.create(mail=arrived, kind="delivered", at="2026-01-02T10:00Z")
    browser = sign_in(OwnerFactory())

    for mail in (refused, arrived):
        for verb in DECISIONS:
            browser.post(f"/mail/{mail.pk}/{verb}/")

    states = dict(OutboxEmail.objects.values_list("pk", "state"))
    assert states == {refused.pk: "failed", arrived.pk: "unknown"}


def test_sending_twice_at_once_makes_one_more_job(sign_in, post):
    mail = post(state="unknown")
    browser = sign_in(OwnerFactory())

    for _ in range(2):
        browser.post(f"/mail/{mail.pk}/resend/")

    assert Job.objects.filter(kind="mail.send", payload__outbox_id=mail.pk).count() == 2


@pytest.mark.parametrize("factory", [MemberFactory, ViewerFactory])
def test_account_managers_and_viewers_read_no_mail(sign_in, post, factory):
    mail = post(state="unknown")
    browser = sign_in(factory())

    paths = ["", f"{mail.pk}/", f"{mail.pk}/attachments/0/"]
    statuses = [browser.get(f"/mail/{path}").status_code for path in paths]
    statuses += [browser.post(f"/mail/{mail.pk}/{verb}/").status_code for verb in DECISIONS]

    assert statuses == [403] * 5
    mail.refresh_from_db()
    assert mail.state == "unknown"


def test_mail_to_members_cannot_be_sent_again(sign_in, post):
    secret = post(state="failed", is_client_mail=False)

    browser = sign_in(OwnerFactory())

    assert [browser.post(f"/mail/{secret.pk}/{verb}/").status_code for verb in DECISIONS] == [404, 404]
