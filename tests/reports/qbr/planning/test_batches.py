"""Drafts for many clients at once, and fifty hands on one review (catalogue row J18)."""

import threading
from datetime import date

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from agencyam.jobs import runner
from agencyam.jobs.models import Job
from agencyam.periods import Period, quarter_of
from agencyam.tenancy.context import tenant_context
from reports.models import QBR, QBRBatch
from reports.qbr.planning import batches
from reports.qbr.stages import services as stages
from tests.catalogue import report
from tests.factories.accounts import LeaderFactory, MemberFactory, ViewerFactory
from tests.factories.clients import AssignmentFactory, ClientFactory
from tests.queries import queries_of
from tests.reports import books

HANDS = 50


@pytest.fixture
def manager(agency):
    books.make_settings()
    return MemberFactory(name="Ana Okafor")


def start(clients, by):
    return batches.start_batch(period=books.PERIOD, clients=clients, by=by, today=books.TODAY)


def work(batch):
    for item in batch.items.all():
        batches.make_item(item_id=item.pk, today=books.TODAY)


def progress(batch, user):
    return batches.get_batch(user=user, batch_id=batch.pk, today=books.TODAY)


def test_each_client_has_a_job_and_gets_a_draft(manager):
    batch = start([ClientFactory(name="B"), ClientFactory(name="A")], manager)
    before = progress(batch, manager)

    work(batch)

    after = progress(batch, manager)
    assert (before.done, before.of, before.is_over) == (0, 2, False)
    assert Job.objects.filter(kind="reports.draft_qbr").count() == 2
    assert [(row.item.client.name, row.item.qbr.stage) for row in after.rows] == [
        ("A", "draft"),
        ("B", "draft"),
    ]
    assert (after.made, after.found, after.failed, after.is_over) == (2, 0, 0, True)


def test_a_review_that_is_there_already_is_found(manager):
    client = ClientFactory()
    qbr = books.make_draft(client, manager)
    batch = start([client], manager)

    work(batch)

    after = progress(batch, manager)
    assert [row.item.qbr for row in after.rows] == [qbr]
    assert (after.made, after.found) == (0, 1)


def test_what_could_not_be_made_says_why(manager):
    batch = start([ClientFactory(name="A"), ClientFactory(name="B")], manager)
    first, second = batch.items.order_by("pk")
    QBRBatch.objects.update(period_start=date(2027, 1, 1), period_end=date(2027, 4, 1))
    batches.make_item(item_id=first.pk, today=books.TODAY)
    Job.objects.filter(period_key=second.job_key).update(status="dead")

    after = progress(batch, manager)

    assert [row.error for row in after.rows] == [
        "Q1 2027 has not begun yet. Choose a period with something to review.",
        "The draft could not be made, although it was tried several times.",
    ]
    assert (after.failed, after.is_over) == (2, True)


def test_a_batch_of_nobody_is_refused(manager):
    with pytest.raises(batches.CannotStartBatch, match=r"^There is no client"):
        start([], manager)

    with pytest.raises(stages.CannotCreateQBR):
        batches.start_batch(
            period=Period(date(2027, 1, 1), date(2027, 4, 1)),
            clients=[ClientFactory()],
            by=manager,
            today=books.TODAY,
        )


def test_my_clients_are_those_of_my_portfolio(manager):
    own, other = ClientFactory(name="Own"), ClientFactory(name="Other")
    AssignmentFactory(client=own, member=manager, starts_on=date(2025, 1, 1))
    ClientFactory(name="Gone", archived_on=date(2026, 1, 1))

    def names(whose):
        return [each.name for each in batches.list_clients(user=manager, today=books.TODAY, whose=whose)]

    assert (names("own"), names("all")) == (["Own"], ["Other", "Own"])
    books.make_settings(is_portfolio_private=True)
    assert names("all") == ["Own"]
    assert other.name == "Other"


def test_in_a_private_portfolio_a_batch_is_its_authors_own(manager):
    batch = start([ClientFactory()], LeaderFactory())
    books.make_settings(is_portfolio_private=True)

    with pytest.raises(QBRBatch.DoesNotExist):
        progress(batch, manager)


def test_the_page_goes_from_the_choice_to_the_list(sign_in, manager):
    client = ClientFactory(name="Northwind")
    AssignmentFactory(client=client, member=manager, starts_on=date(2025, 1, 1))
    period = quarter_of(timezone.localdate()).previous()
    browser = sign_in(manager)

    answer = browser.post(
        reverse("reports:batch-create"), {"period": f"{period.start}..{period.end}", "whose": "own"}
    )
    waiting = browser.get(answer.url).text
    batches.make_item(item_id=QBRBatch.objects.get().items.get().pk, today=timezone.localdate())
    done = browser.get(answer.url, headers={"hx-request": "true"}).text

    assert ('hx-trigger="load delay:1s"' in waiting, "0 of 1 clients" in waiting) == (True, True)
    assert ('hx-trigger="load delay:1s"' in done, "1 draft made." in done) == (False, True)


def test_a_choice_without_clients_says_so(sign_in, manager):
    period = quarter_of(timezone.localdate()).previous()

    answer = sign_in(manager).post(
        reverse("reports:batch-create"), {"period": f"{period.start}..{period.end}", "whose": "own"}
    )

    assert answer.status_code == 422
    assert "There is no client among these to make a review for." in answer.text


def test_a_viewer_prepares_nothing(sign_in, manager):
    browser = sign_in(ViewerFactory())

    answers = [browser.get(reverse("reports:batch-create")), browser.post(reverse("reports:batch-create"))]

    assert [answer.status_code for answer in answers] == [403, 403]


def test_a_batch_asks_as_much_for_one_client_as_for_thirty(sign_in, manager):
    browser, small = sign_in(manager), start([ClientFactory()], manager)
    large = start([ClientFactory() for _ in range(30)], manager)
    work(small)
    work(large)

    few, many = (
        len(queries_of(lambda batch=batch: browser.get(reverse("reports:batch-detail", args=[batch.pk]))))
        for batch in (small, large)
    )

    assert many == few


def at_once(agency, act):
    """Do the same in fifty threads from one moment on; what each answered."""
    barrier, answers = threading.Barrier(HANDS), []

    def go():
        barrier.wait()
        try:
            with tenant_context(agency):
                answers.append(act())
        finally:
            connection.close()

    threads = [threading.Thread(target=go) for _ in range(HANDS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def approve(qbr, leader):
    try:
        return stages.approve(qbr=qbr, by=leader, now=books.NOW).stage
    except stages.CannotApproveQBR:
        return "refused"


def test_j18_fifty_requests_for_one_review_are_one_draft_and_one_pdf(scratch_agency):
    with tenant_context(scratch_agency):
        books.make_settings()
        client, leader = ClientFactory(), LeaderFactory()

    drafts = at_once(scratch_agency, lambda: books.make_draft(client).pk)
    with tenant_context(scratch_agency):
        qbr = QBR.objects.get()
        stages.submit_for_review(qbr=qbr, by=None, now=books.NOW)
    approvals = at_once(scratch_agency, lambda: approve(qbr, leader))
    with tenant_context(scratch_agency):
        jobs = list(Job.objects.filter(agency_id=scratch_agency.pk, kind="reports.render_qbr"))
    outcomes = at_once(scratch_agency, lambda: runner.run(job_id=jobs[0].pk, now=timezone.now()))

    with tenant_context(scratch_agency):
        pdfs = QBR.objects.filter(pdf__isnull=False).count()
        reviews = QBR.objects.count()
    figures = {
        "hands": HANDS,
        "drafts": len(set(drafts)),
        "answers": len(drafts),
        "approvals": approvals.count("approved"),
        "jobs": len(jobs),
        "renderings": outcomes.count("done"),
        "pdfs": pdfs,
    }
    ok = (reviews, *figures.values()) == (1, HANDS, 1, HANDS, 1, 1, 1, 1)
    report("J18", ok=ok, half="drafts and PDFs", **figures)
