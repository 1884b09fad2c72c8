"""Catalogue row D13: a page asks the database as often for a hundred rows as for ten."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from agencyam.jobs import outbox
from agencyam.periods import month_of
from reports.models import QBR
from tests.catalogue import report
from tests.factories.accounts import LeaderFactory, MemberFactory
from tests.factories.clients import (
    ActionItemFactory,
    AssignmentFactory,
    ClientFactory,
    ContactFactory,
    ContractLineFactory,
    DeliverableFactory,
    GoalFactory,
    LinePauseFactory,
    ProposalFactory,
    RequestFactory,
    SurveyResponseFactory,
    TouchpointFactory,
)
from tests.kpis.storing import compute_and_store
from tests.queries import queries_of

FEW, MANY, SLACK = 10, 100, 2
NOW = datetime(2025, 6, 10, 12, tzinfo=UTC)
PERIOD = month_of(NOW.date())


def add_clients(number):
    """Clients with a row of everything, each with a manager of its own."""
    for at in range(number):
        client = ClientFactory()
        contact = ContactFactory(client=client)
        AssignmentFactory(client=client, member=MemberFactory())
        LinePauseFactory(line=ContractLineFactory(client=client), starts_on=PERIOD.start)
        ContractLineFactory(client=client)
        RequestFactory(client=client, contact=contact)
        TouchpointFactory(client=client, contact=contact, occurred_at=NOW)
        SurveyResponseFactory(client=client, contact=contact, answered_at=NOW)
        DeliverableFactory(client=client, baseline_due_on=PERIOD.start + timedelta(days=at % 20))
    compute_and_store(period=PERIOD, as_of=NOW.date(), by="agency", now=timezone.now())


def add_to_one_client(number):
    client = ClientFactory._meta.model.objects.filter(name="The one").first() or ClientFactory(name="The one")
    for _ in range(number):
        contact = ContactFactory(client=client)
        AssignmentFactory(client=client, member=MemberFactory(), role="secondary")
        ContractLineFactory(client=client)
        RequestFactory(client=client, contact=contact, member=MemberFactory())
        TouchpointFactory(client=client, contact=contact, member=MemberFactory(), occurred_at=NOW)
        ProposalFactory(client=client, status="sent", sent_at=NOW)
        GoalFactory(client=client)
        ActionItemFactory(client=client, owner=MemberFactory(), is_ours=True)
    return client


def add_mail(number):
    for _ in range(number):
        key = f"mail:{timezone.now().timestamp()}"
        outbox.post(key=key, to="a@b.example", subject="Hello", text="Text.", is_client_mail=True)


def add_reviews(number):
    for _ in range(number):
        period = {"period_start": PERIOD.start, "period_end": PERIOD.end, "as_of": NOW.date()}
        QBR.objects.create(client=ClientFactory(), requested_by=MemberFactory(), **period)


PAGES = {
    "client list": (add_clients, "/clients/"),
    "client list, filtered": (add_clients, "/clients/?scope=all&sort=-mrr&search=client"),
    "client page": (add_to_one_client, "/clients/{one}/"),
    "scorecard": (add_clients, "/kpis/?period=2025-06"),
    "drill-down, mrr": (add_clients, "/kpis/mrr/?period=2025-06"),
    "drill-down, sla_attainment": (add_clients, "/kpis/sla_attainment/?period=2025-06"),
    "drill-down, on_time_delivery_rate": (add_clients, "/kpis/on_time_delivery_rate/?period=2025-06"),
    "drill-down, am_workload": (add_clients, "/kpis/am_workload/?period=2025-06"),
    "mail list": (add_mail, "/mail/"),
    "reviews list": (add_reviews, "/reviews/"),
}


@pytest.mark.parametrize(
    "adds", dict.fromkeys(add for add, _ in PAGES.values()), ids=lambda add: add.__name__
)
def test_d13_a_page_asks_as_often_for_a_hundred_rows_as_for_ten(sign_in, adds):
    browser, counts = sign_in(LeaderFactory()), {}
    pages = {name: url for name, (add, url) in PAGES.items() if add is adds}

    for number in (FEW, MANY - FEW):
        one = adds(number)
        for name, url in pages.items():
            path = url.format(one=one.pk) if one else url
            counts.setdefault(name, []).append(len(queries_of(lambda at=path: browser.get(at))))

    failing = {name: pair for name, pair in counts.items() if abs(pair[1] - pair[0]) > SLACK}
    report("D13", ok=not failing, rows=[FEW, MANY], queries=counts, failing=len(failing))
