"""What a client can do with a personal link, and what nobody can do without one: rows W3, W4 and W6."""

import re
import secrets
import time
from collections import defaultdict
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from hypothesis import settings

from accounts.models import AuditEvent, OutboxEmail
from agencyam.tenancy.context import tenant_context
from clients.models import Contact
from reports.models import QBRAgreement, QBRComment, QBRLink, QBROptOut, QBRSignOff
from reports.pdf import RenderedPDF
from reports.qbr import services
from reports.qbr.builder.services import show_section
from reports.qbr.delivery import links
from reports.qbr.delivery.answers import CannotAnswer, sign_off
from reports.qbr.delivery.sending import send_qbr
from reports.qbr.document import from_json
from reports.qbr.printing.html import to_html
from reports.qbr.stages import meetings
from reports.qbr.stages import services as stages
from tests.catalogue import report
from tests.factories.accounts import LeaderFactory
from tests.factories.clients import ContactFactory
from tests.reports import books
from tests.reports.qbr.delivery.conftest import open_letter
from tests.web.checksums import changed, checksums
from tests.web.visitors import new_browser

# Forged tokens for each example of the property tests' profile, each tried for both purposes: 5,000 tries in
# every run, 100,000 with --hypothesis-profile=thorough.
FORGED_PER_EXAMPLE = 25
# A page of a link that opens nothing may not tell by its time which kind of nothing it was.
SPREAD_MS = 15


@pytest.fixture(autouse=True)
def soon():
    """A day after the review was sent."""
    with time_machine.travel(books.NOW + timedelta(days=1), tick=True):
        yield


def find(token, purpose=QBRLink.Purpose.REVIEW):
    return links.find_link(token=token, purpose=purpose, now=timezone.now(), today=books.TODAY)


def words_of(page):
    """The text of a page's main part, as one line."""
    main = re.search(r"<main.*?>(.*?)(<section id=\"answer\"|</main>)", page, re.DOTALL)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def correct_and_send(qbr):
    new = meetings.correct(qbr=qbr, what="The fee of August was wrong.", by=None, today=books.TODAY)
    stages.submit_for_review(qbr=new, by=None, now=books.NOW)
    stages.approve(qbr=new, by=LeaderFactory(), now=books.NOW)
    waiting = services._begin(qbr_id=new.pk)
    services._store(qbr=waiting, rendered=RenderedPDF(b"%PDF-1.7 corrected", 3, 0.1, 1.0), now=books.NOW)
    return send_qbr(qbr=new, by=None, today=books.TODAY, now=books.NOW)


def test_the_page_says_what_the_pdf_says_and_nothing_else(browser, letter, printed):
    printed.refresh_from_db()

    page = browser.get(letter.review)

    assert page.status_code == 200
    review = to_html(from_json(printed.snapshot), has_logo=False, has_narrow=True)
    assert words_of(page.text) == words_of(review)
    assert "asset:" not in page.text
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in page.headers["Cache-Control"]


def test_the_pdf_and_the_colours_come_with_the_same_link(browser, letter):
    pdf, look = browser.get(f"{letter.review}review.pdf"), browser.get(f"{letter.review}look.css")

    assert pdf.content == b"%PDF-1.7 planted"
    assert pdf.headers["Content-Disposition"] == 'attachment; filename="northwind-ltd-review-q3-2026.pdf"'
    assert look.headers["Content-Type"] == "text/css"
    assert "--brand: #0f4c81;" in look.text


def test_a_reader_agrees_comments_and_signs_off(browser, letter):
    deeds = [
        {"deed": "agree", "steps": ["0", "1"]},
        {"deed": "comment", "comment": "Please <b>warn</b> us earlier."},
        {"deed": "sign_off"},
    ]

    answers = [browser.post(letter.review, deed).url for deed in deeds]
    page = browser.get(letter.review).text

    assert answers == [f"{letter.review}?done={deed['deed']}#answer" for deed in deeds]
    assert QBRAgreement.objects.count() == 2
    assert [row.text for row in QBRComment.objects.all()] == ["Please <b>warn</b> us earlier."]
    assert "Please &lt;b&gt;warn&lt;/b&gt; us earlier." in page
    assert QBRSignOff.objects.get().contact.email == "julia@northwind.example"
    assert list(AuditEvent.objects.order_by("-pk").values_list("action", flat=True)[:3]) == [
        "qbr.sign_off",
        "qbr.comment",
        "qbr.agree",
    ]


def test_the_same_answers_twice_count_once(browser, letter):
    for _ in range(3):
        for deed in (
            {"deed": "agree", "steps": ["0"]},
            {"deed": "comment", "comment": "Once"},
            {"deed": "sign_off"},
        ):
            browser.post(letter.review, deed)

    counts = [model.objects.count() for model in (QBRAgreement, QBRComment, QBRSignOff)]
    assert counts == [1, 1, 1]


@pytest.mark.parametrize(
    ("deed", "words"),
    [
        ({"deed": "agree"}, "Tick at least one step that you agree to."),
        ({"deed": "comment", "comment": "  "}, "Write a comment first."),
        ({"deed": "comment", "comment": "x" * 4001}, "A comment may have 4000 characters."),
        ({"deed": "comment", "comment": "\x00"}, "This could not be read."),
        ({"deed": "agree", "steps": ["99"]}, "This could not be read."),
        ({"deed": "delete"}, "This could not be read."),
        ({}, "This could not be read."),
    ],
)
def test_an_answer_that_says_nothing_is_named_and_not_kept(browser, letter, deed, words):
    response = browser.post(letter.review, deed)

    assert response.status_code == 422
    assert words in response.text
    assert QBRAgreement.objects.count() + QBRComment.objects.count() + QBRSignOff.objects.count() == 0


def test_a_comment_as_long_as_the_field_takes_is_kept_whatever_its_lines_end_with(browser, letter):
    browser.post(letter.review, {"deed": "comment", "comment": "\r\n".join(["x" * 99] * 40)})

    assert QBRComment.objects.get().text == "\n".join(["x" * 99] * 40)


def test_steps_of_a_hidden_roadmap_are_not_to_be_agreed(browser, client, member):
    draft = books.make_draft(client, member)
    show_section(qbr=draft, key="roadmap", is_shown=False, by=member)
    send_qbr(qbr=books.make_printed(client, member), by=member, today=books.TODAY, now=books.NOW)
    letter = open_letter(OutboxEmail.objects.order_by("to_email")[0])

    page = browser.get(letter.review)
    answer = browser.post(letter.review, {"deed": "agree", "steps": ["0"]})

    assert "Set up the loyalty audience" not in page.text
    assert answer.status_code == 422
    assert QBRAgreement.objects.count() == 0


def test_a_corrected_version_is_not_signed_off_any_more(browser, letter, printed):
    link = find(letter.token)
    correct_and_send(printed)

    with pytest.raises(CannotAnswer, match="A corrected version"):
        sign_off(link=link, now=timezone.now())

    page = browser.get(letter.review).text
    assert "A corrected version of this review was sent to you." in page
    assert "Sign off as" not in page


def test_w3_fetching_every_link_of_a_mail_changes_nothing(browser, letters):
    before, fetched = checksums(), 0

    for letter in letters.values():
        found = set(
            re.findall(r"https?://northwind[^\s\"<>]+", letter.text + letter.html + str(letter.headers))
        )
        for address in found:
            path = "/" + address.split("/", 3)[3].rstrip("'>")
            for _ in range(2):
                statuses = [browser.get(path).status_code, browser.head(path).status_code]
                fetched += 2
                assert statuses == [200, 200]

    tables = changed(before, checksums())
    votes = QBRSignOff.objects.count() + QBROptOut.objects.count() + QBRAgreement.objects.count()
    report("W3", ok=not tables and votes == 0 and fetched > 0, fetched=fetched, votes=votes, changed=tables)
    assert QBRLink.objects.filter(sighting__times__gte=4).count() == len(letters)


def mutated(token):
    """The token with one mark changed, dropped, doubled or in the other case."""
    place = secrets.randbelow(len(token))
    ways = [
        token[:place] + secrets.choice("abcXYZ019-_") + token[place + 1 :],
        token[:place] + token[place + 1 :],
        token[:place] + token[place] + token[place:],
        token.swapcase(),
        token[::-1],
        secrets.token_urlsafe(32),
    ]
    return next(way for way in ways[secrets.randbelow(6) :] + ways if way != token)


def test_w4_no_forged_token_is_taken(letter):
    accepted = 0

    tries = FORGED_PER_EXAMPLE * settings.default.max_examples
    for _ in range(tries):
        forged = mutated(letter.token)
        for purpose in QBRLink.Purpose:
            accepted += find(forged, purpose) is not None

    real = find(letter.token)
    report("W4", ok=accepted == 0 and real is not None, tried=tries * 2, accepted=accepted)


def test_w4_whatever_does_not_open_gets_one_answer_in_one_time(
    browser, letters, letter, printed, other_agency
):
    def fresh(**changes):
        contact = ContactFactory(client=printed.client, name="Extra", email="")
        token = links.make_link(qbr=printed, contact=contact, purpose="review", now=books.NOW)
        QBRLink.objects.filter(contact=contact).update(**changes)
        return f"/r/{token}/"

    closed = {
        "forged": lambda: f"/r/{secrets.token_urlsafe(32)}/",
        "short": lambda: "/r/x/",
        "expired": fresh(expires_at=books.NOW + timedelta(hours=1)).__str__,
        "revoked": fresh(revoked_at=books.NOW).__str__,
        "other purpose": letter.unsubscribe.replace("/u/", "/r/").__str__,
        "other purpose, the other way": letter.review.replace("/r/", "/u/").__str__,
    }
    abroad = new_browser("harbour.localhost")
    browser.get("/r/warm/"), abroad.get("/r/warm/")

    answers, times = {}, defaultdict(list)
    for _ in range(15):
        for name, address in closed.items():
            for method in ("get", "post"):
                path, start = address(), time.perf_counter()
                response = getattr(browser, method)(path, {})
                times[name, method].append((time.perf_counter() - start) * 1000)
                answers[name, method] = (response.status_code, response.content)
    elsewhere = abroad.get(letter.review)

    by_method = {
        method: {answer for (_, how), answer in answers.items() if how == method}
        for method in ("get", "post")
    }
    # The quickest of many: what else the machine does only ever adds.
    quickest = [min(spent) for spent in times.values()]
    spread = max(quickest) - min(quickest)
    same = all(len(seen) == 1 for seen in by_method.values()) and by_method["get"] == by_method["post"]
    report(
        "W4",
        ok=same and elsewhere.status_code == 404 and spread < SPREAD_MS,
        kinds=len(closed) + 1,
        answers=len({status for status, _ in answers.values()}),
        spread_ms=round(spread, 2),
        other_agency=elsewhere.status_code,
    )


def test_a_token_opens_nothing_in_a_copy_of_the_rows(letter, other_agency):
    row = QBRLink.objects.get(purpose="review", contact__email="julia@northwind.example")

    with tenant_context(other_agency):
        client = books.make_client()
        copy = books.make_printed(client)
        contact = Contact.objects.filter(client=client).first()
        QBRLink.objects.create(
            token_hash=row.token_hash, purpose="review", qbr=copy, contact=contact,
            created_at=row.created_at, expires_at=row.expires_at,
        )  # fmt: skip
        found = find(letter.token)

    assert found is None


def test_a_contact_who_left_reads_no_more(browser, letter):
    Contact.objects.filter(email="julia@northwind.example").update(left_on=books.TODAY)

    assert browser.get(letter.review).status_code == 404


def test_w6_one_click_unsubscribe(agency, letter):
    strict = new_browser(enforce_csrf_checks=True)
    asked = strict.get(letter.unsubscribe)
    after_get = QBROptOut.objects.count()

    done = strict.post(letter.unsubscribe, {"List-Unsubscribe": "One-Click"})
    wrong = strict.post(f"/u/{secrets.token_urlsafe(32)}/", {"List-Unsubscribe": "One-Click"})
    closed = strict.get("/r/nothing/")

    out = list(QBROptOut.objects.values_list("contact__email", flat=True))
    ok = (
        (asked.status_code, done.status_code, wrong.status_code) == (200, 200, 404)
        and after_get == 0
        and out == ["julia@northwind.example"]
        and wrong.content == closed.content
        and letter.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        and letter.headers["List-Unsubscribe"].endswith(f"{letter.unsubscribe}>")
    )
    report("W6", ok=ok, get=asked.status_code, post=done.status_code, wrong=wrong.status_code, out=len(out))
    assert AuditEvent.objects.filter(action="contact.unsubscribe").count() == 1


def test_a_contact_can_come_back(browser, letter):
    browser.post(letter.unsubscribe)
    page = browser.get(letter.unsubscribe).text

    browser.post(letter.unsubscribe, {"again": "1"})

    assert "gets no more reviews by mail" in page
    assert QBROptOut.objects.count() == 0
