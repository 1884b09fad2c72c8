"""A book in which everything happens that a KPI tells apart, around March and April 2026."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from clients.models import Assignment, Client, SurveyInvitation, SurveyResponse
from tests.factories.accounts import MemberFactory, TeamFactory, TeamMembershipFactory
from tests.factories.clients import (
    AssignmentFactory,
    ContactFactory,
    DeliverableFactory,
    FxRateFactory,
    MessageFactory,
    OneOffLineFactory,
    ProposalFactory,
    ReferralFactory,
    RequestFactory,
    SurveyFactory,
    SurveyInvitationFactory,
    SurveyResponseFactory,
    TestimonialFactory,
    TouchpointFactory,
)
from tests.kpis.books import client, line
from tests.kpis.books import day as to_day
from tests.kpis.books import service as service_of

NAMES = ("grows", "shrinks", "leaves", "comes", "rests", "returns", "foreign", "moves", "visits", "thirds")


def at(day: str, hour: int = 12) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC) + timedelta(hours=hour)


def make_rich_book() -> None:
    """Ten clients of two account managers (one in a team), three services and two currencies."""
    _make_people()
    _make_lines()
    _make_service()
    _make_feedback()
    _make_growth()
    for name in NAMES[:6]:
        _make_care(client(name))


def _make_people() -> None:
    ada, bo = MemberFactory(name="Ada", book_id="ada"), MemberFactory(name="Bo", book_id="bo")
    TeamMembershipFactory(team=TeamFactory(name="North", book_id="north"), member=ada)
    for number, name in enumerate(NAMES):
        made = client(name, segment="Retail" if number % 2 else "", tier="" if number % 3 else "gold")
        if name != "visits":
            AssignmentFactory(client=made, member=bo if number % 3 else ada, starts_on=date(2024, 1, 1))
    Assignment.objects.filter(client=client("moves")).update(ends_on=date(2026, 3, 16))
    AssignmentFactory(client=client("moves"), member=ada, starts_on=date(2026, 3, 16))


def _make_lines() -> None:
    FxRateFactory(currency="USD", effective_on=date(2024, 1, 1), rate_to_base=Decimal("0.9"))
    FxRateFactory(currency="USD", effective_on=date(2026, 3, 11), rate_to_base=Decimal("0.95"))
    line("grows", 300, "2025-01-01", of="seo")
    line("grows", 90, "2026-03-05", of="ppc")
    line("grows", 100, "2025-01-01", "2026-03-09", of="mail")
    line("grows", 170, "2026-03-09", of="mail")
    line("shrinks", 200, "2025-01-01", "2026-03-12", of="seo")
    line("shrinks", 130, "2026-03-12", of="seo")
    line("shrinks", 60, "2026-04-12", of="mail")
    line("leaves", 80, "2025-01-01", "2026-03-20", of="ppc", ended_reason="price")
    line("comes", 60, "2026-03-02", of="seo")
    line("rests", 50, "2025-01-01", of="seo", pauses=[("2026-03-10", "2026-04-20")])
    line("returns", 75, "2024-01-01", "2025-06-01", of="mail")
    line("returns", 85, "2026-03-25", of="mail")
    line("foreign", 1000, "2025-05-05", of="seo", currency="USD")
    line("foreign", 40, "2026-04-02", of="seo", currency="USD", reason="price_change")
    line("moves", 500, "2025-01-01", of="ppc")
    line("moves", 55, "2026-03-28", of="mail")
    line("visits", 45, "2026-03-04", "2026-03-18", of="ppc")
    line("thirds", 1000, "2025-02-01", of="seo", interval="quarter")
    line("thirds", 700, "2026-03-15", of="ppc", interval="year")
    line("joins in April", 33, "2026-04-15", of="ppc")
    for name, price, day, service in (
        ("grows", 900, "2026-03-06", "web"),
        ("grows", 250, "2026-03-07", "seo"),
        ("moves", 400, "2026-03-20", "web"),
        ("shrinks", 0, "2026-03-08", "web"),
        ("comes", 700, "2026-03-15", "web"),
        ("foreign", 500, "2026-04-02", "web"),
        ("thirds", 100, "2026-04-20", "web"),
    ):
        OneOffLineFactory(
            client=client(name), service=service_of(service), amount=price, starts_on=to_day(day)
        )


def _make_service() -> None:
    for number, name in enumerate(NAMES):
        request = RequestFactory(
            client=client(name),
            topic="report",
            opened_at=at("2026-03-09"),
            resolved_at=at("2026-03-11") if number % 2 else None,
            is_fcr_eligible=number != 3,
        )
        MessageFactory(request=request, sent_at=at("2026-03-09"), direction="inbound")
        if number % 4:
            MessageFactory(request=request, sent_at=at("2026-03-09", 12 + number), direction="outbound")
        MessageFactory(
            request=request, sent_at=at("2026-03-12"), direction="inbound", no_reply_needed=number == 4
        )
        if number % 3 == 1:
            MessageFactory(request=request, sent_at=at("2026-03-13"), direction="outbound")
    late = RequestFactory(client=client("grows"), opened_at=at("2026-04-09"), resolved_at=at("2026-04-20"))
    MessageFactory(request=late, sent_at=at("2026-04-09"), direction="inbound")
    MessageFactory(request=late, sent_at=at("2026-04-20"), direction="inbound")
    open_late = RequestFactory(client=client("comes"), opened_at=at("2026-04-10", 22))
    MessageFactory(request=open_late, sent_at=at("2026-04-10", 22), direction="inbound")


def _make_feedback() -> None:
    nps, csat = SurveyFactory(kind="nps"), SurveyFactory(kind="csat", scale_min=1, scale_max=5)
    pulse = SurveyFactory(kind="pulse", scale_min=1, scale_max=10)
    for number, name in enumerate(NAMES):
        contact = ContactFactory(client=client(name))
        for day, score in (("2026-03-03", 6), ("2026-03-24", 4 + number % 7), ("2026-04-14", 9)):
            SurveyResponseFactory(
                survey=nps, client=client(name), contact=contact, score=score, answered_at=at(day)
            )
        invitation: SurveyInvitation = SurveyInvitationFactory(
            survey=csat, client=client(name), sent_at=at("2026-03-10")
        )
        if number % 2:
            answer: SurveyResponse = SurveyResponseFactory(
                survey=csat, client=client(name), score=1 + number % 5, answered_at=at("2026-03-15")
            )
            answer.invitation = invitation
            answer.save()
    for number in range(4):
        rater = MemberFactory(name=f"Rater {number}")
        for day in ("2026-03-05", "2026-03-25"):
            SurveyResponseFactory(
                survey=pulse, client=None, member=rater, score=5 + number, answered_at=at(day)
            )


def _make_growth() -> None:
    states = (
        ("won", "2026-03-12"),
        ("lost", "2026-03-14"),
        ("expired", "2026-03-16"),
        ("won", "2026-04-18"),
        ("withdrawn", "2026-03-18"),
        ("sent", None),
        ("draft", None),
    )
    for number, (status, decided) in enumerate(states):
        ProposalFactory(
            client=client(NAMES[number]),
            status=status,
            sent_at=None if status == "draft" else at("2026-03-01"),
            decided_at=at(decided) if decided else None,
            amount=None if number == 1 else Decimal("1000.10") * (number + 1),
            currency="USD" if number == 0 else "EUR",
        )
    for name, day in (("grows", "2026-02-01"), ("leaves", "2026-02-01"), ("grows", "2026-03-01")):
        ReferralFactory(client=client(name), made_on=date.fromisoformat(day))
    Client.objects.filter(name="comes").update(referred_by=client("grows"))
    for day, is_usable in (("2026-03-05", True), ("2026-03-06", False), ("2026-04-20", True)):
        TestimonialFactory(client=client("grows"), received_on=date.fromisoformat(day), is_usable=is_usable)


def _make_care(owner: Client) -> None:
    for day, status in (
        ("2026-03-06", "held"),
        ("2026-03-20", "held"),
        ("2026-03-21", "cancelled"),
        ("2026-04-20", "held"),
    ):
        TouchpointFactory(client=owner, occurred_at=at(day), status=status)
    for due, delivered, status in (
        ("2026-03-10", "2026-03-09", ""),
        ("2026-03-12", "2026-03-14", ""),
        ("2026-03-13", None, "cancelled"),
        ("2026-04-25", None, ""),
    ):
        DeliverableFactory(
            client=owner,
            baseline_due_on=date.fromisoformat(due),
            delivered_on=date.fromisoformat(delivered) if delivered else None,
            status=status,
        )
