"""The pages on outgoing mail: what was sent, what waits, and what a person must decide about."""

import pytest

from accounts.models import AuditEvent, OutboxEmail
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


@pytest.mark.parametrize("state", ["unknown", "failed"])
def test_a_mail_that_did_not_surely_arrive_offers_to_send_it_again(look, post, state):
    mail = post(state=state)

    assert f'action="/mail/{mail.pk}/resend/"' in look(f"{mail.pk}/").content.decode()


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


@pytest.mark.parametrize("state", ["unknown", "failed"])
def test_a_mail_is_sent_again_by_a_person(sign_in, post, state):
    mail = post(state=state)
    owner = OwnerFactory(name="Zoe")

    response = sign_in(owner).post(f"/mail/{mail.pk}/resend/", follow=True)

    mail.refresh_from_db()
    assert response.redirect_chain == [(f"/mail/{mail.pk}/", 302)]
    assert "The mail is on its way again." in response.content.decode()
    assert (mail.state, mail.error) == ("queued", "")
    assert Job.objects.filter(kind="mail.send", payload__outbox_id=mail.pk).count() == 2
    event = AuditEvent.objects.get(action="mail.resend")
    assert (event.actor, event.changes) == (owner, {"to": mail.to_email})


@pytest.mark.parametrize("state", ["queued", "sending", "sent"])
def test_a_mail_that_waits_or_arrived_is_not_sent_again(sign_in, post, state):
    mail = post(state=state)

    response = sign_in(OwnerFactory()).post(f"/mail/{mail.pk}/resend/", follow=True)

    mail.refresh_from_db()
    assert "Only a mail whose outcome is unknown" in response.content.decode()
    assert mail.state == state
    assert AuditEvent.objects.filter(action="mail.resend").count() == 0


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

    assert [*statuses, browser.post(f"/mail/{mail.pk}/resend/").status_code] == [403] * 4
    mail.refresh_from_db()
    assert mail.state == "unknown"


def test_mail_to_members_cannot_be_sent_again(sign_in, post):
    secret = post(state="failed", is_client_mail=False)

    assert sign_in(OwnerFactory()).post(f"/mail/{secret.pk}/resend/").status_code == 404
