"""The rules' sentences: each equals the rows behind it and carries their address; none of it is internal."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html import unescape

import pytest

from kpis.choices.selectors import query_for
from kpis.engine import evaluate
from reports.qbr.printing.html import to_html
from reports.qbr.writing.changes import write_changes
from reports.qbr.writing.drafting import write_review
from reports.qbr.writing.first_draft import first_texts, write_sentences
from reports.qbr.writing.material import read_material
from tests.factories.accounts import OwnerFactory
from tests.factories.clients import (
    ClientFactory,
    ContractLineFactory,
    MessageFactory,
    OpportunityFactory,
    RequestFactory,
    ServiceFactory,
)
from tests.reports import books
from tests.reports.qbr.builder.drafts import add_quarter_before, make_draft


@pytest.fixture
def settings(agency):
    return books.make_settings()


@pytest.fixture
def client(agency):
    return books.make_client()


def read(client, settings, **changes):
    about = {"period": books.PERIOD, "as_of": books.TODAY, "now": books.NOW, **changes}
    return read_material(client=client, settings=settings, **about)


def value(client, settings, kpi, period):
    query = query_for(period=period, as_of=books.TODAY, by="client", settings=settings)
    return next(result for result in evaluate(query, [kpi]) if result.key == client.book_id)


def test_each_change_says_what_the_rows_say(client, settings):
    add_quarter_before(client, answered=10, late=0, pieces=8, late_pieces=0)

    sentences = [each.text.replace("\u00a0", " ") for each in write_changes(read(client, settings))]

    now = value(client, settings, "sla_attainment", books.PERIOD).figure
    late = int(now.denominator - now.numerator)
    assert (late, int(now.denominator)) == (sum(hours > 4 for hours in books.HOURS), len(books.HOURS))
    assert sentences == [
        "75% of the work due came on time, down from 100% in Q2 2026: “Newsletter templates” came 9 days late "
        "while we waited for you; “Landing page, wholesale shop” came 6 days late on our side.",
        "86.4% of your messages were answered within the promised time, down from 100% in Q2 2026: "
        f"{late} of 22 waited longer than the promised 4 h, after 0 of 10; the longest took 9.5 h "
        "(“Tracking broken on checkout”).",
    ]


def test_a_better_quarter_says_how_bad_the_one_before_was(client, settings):
    add_quarter_before(client, answered=10, late=6, pieces=8, late_pieces=6)

    sentences = [each.text.replace("\u00a0", " ") for each in write_changes(read(client, settings))]

    assert "75% of the work due came on time, up from 25% in Q2 2026" in sentences[0]
    assert (
        "up from 40% in Q2 2026: 3 of 22 waited longer than the promised 4 h, after 6 of 10" in sentences[1]
    )


def solve(client, opened, *, subject="Question", messages=1, **fields):
    """A request that was solved ten days later, after so many messages of the client."""
    request = RequestFactory(
        client=client, subject=subject, opened_at=opened, resolved_at=opened + timedelta(days=10), **fields
    )
    for number in range(messages):
        MessageFactory(request=request, sent_at=opened + timedelta(hours=number))


def test_requests_that_took_more_say_which_and_how(agency, settings):
    client = ClientFactory()
    for number in range(6):
        solve(client, datetime(2026, 4, 2 + number, 9, tzinfo=UTC))
        solve(
            client,
            datetime(2026, 7, 2 + number, 9, tzinfo=UTC),
            messages=1 + number % 3,
            subject=f"No. {number}",
        )
    solve(client, datetime(2026, 7, 20, 9, tzinfo=UTC), is_reopened=True)

    (sentence,) = (each.text for each in write_changes(read(client, settings)))

    assert sentence.replace("\u00a0", " ") == (
        "28.6% of your requests were solved at the first contact, down from 100% in Q2 2026: 2 of 7, after 6 of 6; "
        "for 4 of the others you wrote again (“No. 2” took 3 messages); one came back after it was solved."
    )


def test_too_few_rows_to_compare_are_no_change(client, settings):
    add_quarter_before(client, answered=4, late=4, pieces=4, late_pieces=4)

    sentences = [each.text for each in write_sentences(read(client, settings))]

    assert sentences == ["No number moved much against Q2 2026.", "Done by the agreed day: 1 of 3."]


def test_without_a_quarter_before_it_says_so(agency, settings):
    client = ClientFactory()

    sentences = [each.text for each in write_sentences(read(client, settings))]

    assert sentences == ["There are no numbers of Q2 2026 to compare with."]


def test_the_fee_moves_by_the_services_that_moved_it(agency, settings):
    client = ClientFactory()
    seo, social, mail = (ServiceFactory(name=name) for name in ("SEO", "Social", "Mail"))
    lines = (
        (seo, 1000, date(2026, 1, 1), date(2026, 8, 1)),
        (seo, 1500, date(2026, 8, 1), None),
        (social, 800, date(2026, 9, 1), None),
        (mail, 200, date(2026, 1, 1), date(2026, 9, 1)),
    )
    for service, amount, starts_on, ends_on in lines:
        ContractLineFactory(
            client=client, service=service, amount=Decimal(amount), starts_on=starts_on, ends_on=ends_on
        )

    (sentence,) = write_changes(read(client, settings))

    assert sentence.text == (
        "Your monthly fee rose from €1,200 to €2,300: Social was added on 1 Sept 2026 for €800 a month; "
        "SEO went from €1,000 to €1,500 a month; and 1 more changed."
    )
    assert [rows.words for rows in sentence.rows] == ["Monthly fees", "Contracts"]


def test_every_sentence_leads_to_the_rows_that_it_counts(client, settings, sign_in):
    add_quarter_before(client)
    browser = sign_in(OwnerFactory())

    sentences = write_sentences(read(client, settings))

    for sentence in sentences:
        assert sentence.rows
        for rows in sentence.rows:
            assert browser.get(rows.url.split("#")[0]).status_code == 200
    on_work = next(each for each in sentences if "work due" in each.text)
    assert on_work.rows[0].url == (
        f"/kpis/on_time_delivery_rate/?by=client&key={client.book_id}"
        "&period=2026-07-01..2026-10-01&as_of=2026-10-05"
    )


def test_other_peoples_words_stay_words(client, settings):
    add_quarter_before(client)
    client.deliverables.filter(title="Newsletter templates").update(title="<b>News</b> & more")

    text = first_texts(write_sentences(read(client, settings)))["summary"]

    assert "“&lt;b&gt;News&lt;/b&gt; &amp; more” came 9 days late" in text


def test_the_first_texts_reach_the_document_and_their_addresses_do_not(client, settings):
    add_quarter_before(client)
    OpportunityFactory(client=client, name="Zyxleak", monthly_amount=7654321)
    draft = make_draft(client)

    written = write_review(qbr=draft, now=books.NOW, settings=settings)

    page = unescape(to_html(written.document, has_logo=False))
    assert "“Newsletter templates” came 9 days late while we waited for you" in page
    assert [word for word in ("/kpis/", "/clients/", "Zyxleak", "7654321", "7,654,321") if word in page] == []
    assert [section.key for section in written.draft.sections if section.text] == ["summary", "promises"]
    assert [section.key for section in written.draft.sections if section.is_written] == []
