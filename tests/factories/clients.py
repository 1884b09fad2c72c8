"""Minimal valid rows of the book. Dates lie in 2025; give the ones that matter to a test."""

from datetime import UTC, date, datetime
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from clients import models
from tests.factories.accounts import MemberFactory

DAY = date(2025, 1, 1)
INSTANT = datetime(2025, 1, 1, 12, tzinfo=UTC)


class ClientFactory(DjangoModelFactory):
    class Meta:
        model = models.Client

    name = factory.Sequence(lambda n: f"Client {n}")


class ContactFactory(DjangoModelFactory):
    class Meta:
        model = models.Contact

    client = factory.SubFactory(ClientFactory)
    name = factory.Sequence(lambda n: f"Contact {n}")
    email = factory.Sequence(lambda n: f"contact{n}@client.example")


class AssignmentFactory(DjangoModelFactory):
    class Meta:
        model = models.Assignment

    client = factory.SubFactory(ClientFactory)
    member = factory.SubFactory(MemberFactory)
    role = models.Assignment.Role.PRIMARY
    starts_on = DAY


class TouchpointFactory(DjangoModelFactory):
    class Meta:
        model = models.Touchpoint

    client = factory.SubFactory(ClientFactory)
    occurred_at = INSTANT
    channel = "call"


class BusinessCalendarFactory(DjangoModelFactory):
    class Meta:
        model = models.BusinessCalendar

    name = factory.Sequence(lambda n: f"Calendar {n}")
    spec = {"time_zone": "UTC", "hours": {"mon": [["09:00", "17:00"]]}, "holidays": [], "special_days": {}}


class SLAPolicyFactory(DjangoModelFactory):
    class Meta:
        model = models.SLAPolicy

    name = factory.Sequence(lambda n: f"Policy {n}")


class RequestFactory(DjangoModelFactory):
    class Meta:
        model = models.Request

    client = factory.SubFactory(ClientFactory)
    subject = factory.Sequence(lambda n: f"Request {n}")
    opened_at = INSTANT


class MessageFactory(DjangoModelFactory):
    class Meta:
        model = models.Message

    request = factory.SubFactory(RequestFactory)
    sent_at = INSTANT
    direction = models.Message.Direction.INBOUND


class ServiceFactory(DjangoModelFactory):
    class Meta:
        model = models.Service

    name = factory.Sequence(lambda n: f"Service {n}")


class ContractFactory(DjangoModelFactory):
    class Meta:
        model = models.Contract

    client = factory.SubFactory(ClientFactory)


class ContractLineFactory(DjangoModelFactory):
    """A retainer of 1,000 EUR a month from DAY on, open."""

    class Meta:
        model = models.ContractLine

    client = factory.SubFactory(ClientFactory)
    service = factory.SubFactory(ServiceFactory)
    kind = models.ContractLine.Kind.RECURRING
    currency = "EUR"
    amount = Decimal(1000)
    interval = models.ContractLine.Interval.MONTH
    starts_on = DAY


class OneOffLineFactory(ContractLineFactory):
    kind = models.ContractLine.Kind.ONE_OFF
    interval = ""


class LinePauseFactory(DjangoModelFactory):
    class Meta:
        model = models.LinePause

    line = factory.SubFactory(ContractLineFactory)
    starts_on = DAY


class FxRateFactory(DjangoModelFactory):
    class Meta:
        model = models.FxRate

    currency = "USD"
    effective_on = DAY
    rate_to_base = Decimal("0.9")


class RetainerUsageFactory(DjangoModelFactory):
    class Meta:
        model = models.RetainerUsage

    line = factory.SubFactory(ContractLineFactory)
    month = DAY


class InvoiceFactory(DjangoModelFactory):
    class Meta:
        model = models.Invoice

    client = factory.SubFactory(ClientFactory)
    issued_on = DAY
    due_on = date(2025, 1, 31)
    amount = Decimal(1000)
    currency = "EUR"


class OpportunityFactory(DjangoModelFactory):
    class Meta:
        model = models.Opportunity

    client = factory.SubFactory(ClientFactory)
    name = factory.Sequence(lambda n: f"Opportunity {n}")
    currency = "EUR"


class ProposalFactory(DjangoModelFactory):
    """A draft."""

    class Meta:
        model = models.Proposal

    client = factory.SubFactory(ClientFactory)
    title = factory.Sequence(lambda n: f"Proposal {n}")
    currency = "EUR"


class ReferralFactory(DjangoModelFactory):
    class Meta:
        model = models.Referral

    client = factory.SubFactory(ClientFactory)
    lead_name = factory.Sequence(lambda n: f"Lead {n}")
    made_on = DAY


class TestimonialFactory(DjangoModelFactory):
    __test__ = False

    class Meta:
        model = models.Testimonial

    client = factory.SubFactory(ClientFactory)
    received_on = DAY
    is_usable = True


class DeliverableFactory(DjangoModelFactory):
    class Meta:
        model = models.Deliverable

    client = factory.SubFactory(ClientFactory)
    title = factory.Sequence(lambda n: f"Deliverable {n}")
    baseline_due_on = DAY


class GoalFactory(DjangoModelFactory):
    class Meta:
        model = models.Goal

    client = factory.SubFactory(ClientFactory)
    title = factory.Sequence(lambda n: f"Goal {n}")


class ActionItemFactory(DjangoModelFactory):
    class Meta:
        model = models.ActionItem

    client = factory.SubFactory(ClientFactory)
    title = factory.Sequence(lambda n: f"Action {n}")


class SurveyFactory(DjangoModelFactory):
    """An NPS survey."""

    class Meta:
        model = models.Survey

    kind = models.Survey.Kind.NPS
    name = factory.Sequence(lambda n: f"Survey {n}")
    scale_min = 0
    scale_max = 10


class SurveyInvitationFactory(DjangoModelFactory):
    class Meta:
        model = models.SurveyInvitation

    survey = factory.SubFactory(SurveyFactory)
    client = factory.SubFactory(ClientFactory)
    sent_at = INSTANT


class SurveyResponseFactory(DjangoModelFactory):
    class Meta:
        model = models.SurveyResponse

    survey = factory.SubFactory(SurveyFactory)
    client = factory.SubFactory(ClientFactory)
    score = 9
    answered_at = INSTANT


class ChangeFactory(DjangoModelFactory):
    class Meta:
        model = models.Change

    area = "contracts"
