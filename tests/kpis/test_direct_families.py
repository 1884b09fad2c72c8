"""What holds for every family of client-day KPIs, on books made at random from a seed."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db.models import F

from clients import models
from kpis.direct import delivery, feedback, growth, people, service, touchpoints
from tests.factories.accounts import MemberFactory
from tests.factories.clients import (
    AssignmentFactory,
    BusinessCalendarFactory,
    ClientFactory,
    ContactFactory,
    ContractLineFactory,
    DeliverableFactory,
    MessageFactory,
    ProposalFactory,
    ReferralFactory,
    RequestFactory,
    SLAPolicyFactory,
    SurveyFactory,
    SurveyInvitationFactory,
    SurveyResponseFactory,
    TestimonialFactory,
    TouchpointFactory,
)
from tests.kpis.asking import ask

FAMILIES = (delivery, feedback, growth, service, touchpoints)
FIRST, DAYS = date(2026, 3, 1), 92
KNOWN_UNTIL = datetime(2026, 5, 1, tzinfo=UTC)
AS_OF = date(2026, 4, 30)


class Book:
    """A random book of March to May 2026."""

    def __init__(self, seed):
        self.random = Random(seed)
        self.surveys = {
            kind: SurveyFactory(kind=kind, scale_min=low, scale_max=high)
            for kind, (low, high) in {"nps": (0, 10), "csat": (1, 5), "pulse": (1, 10)}.items()
        }
        spec = {
            "time_zone": "Europe/Paris",
            "hours": {day: [["09:00", "17:00"]] for day in ("mon", "tue", "fri")},
        }
        SLAPolicyFactory(calendar=BusinessCalendarFactory(spec=spec), is_default=True)
        self.members = [MemberFactory() for _ in range(3)]
        self.clients = [self.client() for _ in range(5)]
        for member in self.members:
            self.answer("pulse", member=member)
        for client in self.clients:
            for _ in range(3):
                self.events(client)

    def day(self):
        return FIRST + timedelta(days=self.random.randrange(DAYS))

    def moment(self):
        return datetime.combine(self.day(), datetime.min.time(), UTC) + timedelta(
            minutes=self.random.randrange(1440)
        )

    def later(self, moment, hours):
        return moment + timedelta(minutes=self.random.randrange(hours * 60))

    def client(self):
        client = ClientFactory(segment=self.random.choice(["Retail", "Health", ""]))
        joins = self.day() - timedelta(days=40)
        ContractLineFactory(
            client=client, starts_on=joins, ends_on=joins + timedelta(days=self.random.randrange(20, 99))
        )
        handover = self.day()
        AssignmentFactory(
            client=client,
            member=self.random.choice(self.members),
            starts_on=date(2025, 1, 1),
            ends_on=handover,
        )
        if self.random.random() < 0.7:
            AssignmentFactory(client=client, member=self.random.choice(self.members), starts_on=handover)
        return client

    def answer(self, kind, client=None, member=None, **more):
        survey = self.surveys[kind]
        score = self.random.randint(survey.scale_min, survey.scale_max)
        SurveyResponseFactory(
            survey=survey, client=client, member=member, score=score, answered_at=self.moment(), **more
        )

    def events(self, client):
        self.thread(client)
        self.feedback(client)
        sent = self.moment()
        decided = self.later(sent, 1200)
        status = self.random.choice(["won", "lost", "expired", "sent", "withdrawn"])
        ProposalFactory(
            client=client,
            status=status,
            sent_at=sent - timedelta(days=self.random.randrange(80)),
            decided_at=None if status == "sent" else decided,
            amount=self.random.randrange(1, 999),
        )
        delivered = self.random.choice([None, self.day()])
        DeliverableFactory(client=client, baseline_due_on=self.day(), delivered_on=delivered)
        TestimonialFactory(client=client, received_on=self.day())
        ReferralFactory(client=client, made_on=self.day())
        for _ in range(2):
            TouchpointFactory(client=client, occurred_at=self.moment())

    def thread(self, client):
        opened = self.moment()
        resolved = self.random.choice([None, self.later(opened, 400)])
        topic = self.random.choice(["Ads", "SEO", ""])
        request = RequestFactory(client=client, opened_at=opened, resolved_at=resolved, topic=topic)
        for _ in range(self.random.randrange(1, 6)):
            MessageFactory(
                request=request,
                sent_at=self.later(opened, 400),
                direction=self.random.choice(["inbound", "outbound"]),
                is_auto=self.random.random() < 0.1,
                is_public=self.random.random() < 0.9,
                no_reply_needed=self.random.random() < 0.1,
            )

    def feedback(self, client):
        contact = ContactFactory(client=client)
        for kind in ("nps", "csat"):
            invitation = SurveyInvitationFactory(
                survey=self.surveys[kind], client=client, contact=contact, sent_at=self.moment()
            )
            for _ in range(self.random.randrange(3)):
                self.answer(kind, client=client, contact=contact, invitation=invitation)
            self.answer(kind, client=client)


def forget_what_came_later():
    """Makes the book what it was at the close of AS_OF."""
    models.Message.objects.filter(sent_at__gte=KNOWN_UNTIL).delete()
    models.Request.objects.filter(opened_at__gte=KNOWN_UNTIL).delete()
    models.Request.objects.filter(resolved_at__gte=KNOWN_UNTIL).update(resolved_at=None)
    models.SurveyResponse.objects.filter(answered_at__gte=KNOWN_UNTIL).delete()
    models.SurveyInvitation.objects.filter(sent_at__gte=KNOWN_UNTIL, responses__isnull=True).delete()
    models.Proposal.objects.filter(sent_at__gte=KNOWN_UNTIL).delete()
    models.Proposal.objects.filter(decided_at__gte=KNOWN_UNTIL).update(status="sent", decided_at=None)
    models.Deliverable.objects.filter(delivered_on__gt=AS_OF).update(delivered_on=None)
    models.Testimonial.objects.filter(received_on__gt=AS_OF).delete()
    models.Referral.objects.filter(made_on__gt=AS_OF).delete()
    models.Touchpoint.objects.filter(occurred_at__gte=KNOWN_UNTIL).delete()
    for model in (models.Assignment, models.ContractLine):
        model.objects.filter(starts_on__gt=AS_OF).delete()
        model.objects.filter(ends_on__gt=AS_OF + timedelta(days=1)).update(ends_on=None)


def parts(figure):
    return {"numerator": figure.numerator or Decimal(0), "denominator": figure.denominator or Decimal(0)}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("by", ["am", "segment", "client"])
def test_slices_add_up_to_the_agency(agency, seed, by):
    Book(seed)
    total, sliced = ask("2026-03-01..2026-06-01"), ask("2026-03-01..2026-06-01", by=by)

    # Medians have no parts to add, and small slices of the promoter score are hidden.
    additive = [key for family in FAMILIES for key in family.KEYS if key != "nps"]

    for family in FAMILIES:
        whole, split = family.compute(total, additive), family.compute(sliced, additive)
        for key, figures in whole.items():
            for part in ("numerator", "denominator"):
                added = sum(parts(figure)[part] for figure in split[key].values())
                assert (key, part, added) == (key, part, parts(figures[None])[part])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("by", ["agency", "am", "client"])
def test_an_as_of_day_equals_a_book_without_later_rows(agency, seed, by):
    Book(seed)
    families = (*FAMILIES, people)

    with_later_rows = [family.compute(ask("2026-04", as_of=AS_OF, by=by), family.KEYS) for family in families]
    trailing = [family.compute(ask("ttm", as_of=AS_OF, by=by), family.KEYS) for family in families]
    forget_what_came_later()

    assert with_later_rows == [
        family.compute(ask("2026-04", as_of=AS_OF, by=by), family.KEYS) for family in families
    ]
    assert trailing == [family.compute(ask("ttm", as_of=AS_OF, by=by), family.KEYS) for family in families]


@pytest.mark.parametrize("seed", range(2))
def test_shifting_all_rows_and_the_period_by_weeks_changes_no_reply_time(agency, seed):
    Book(seed)
    # March to May holds one clock change in Paris, on 29 March: look at what comes after it.
    before = service.compute(
        ask("2026-04-01..2026-05-01", as_of=date(2026, 5, 20)), ["reply_hours", "sla_breached"]
    )

    for model, fields in ((models.Message, ["sent_at"]), (models.Request, ["opened_at", "resolved_at"])):
        model.objects.update(**{field: F(field) + timedelta(weeks=3) for field in fields})

    after = service.compute(
        ask("2026-04-22..2026-05-22", as_of=date(2026, 6, 10)), ["reply_hours", "sla_breached"]
    )
    assert before == after
