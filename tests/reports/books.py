"""Clients with something to review in the third quarter of 2026."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from accounts.models import AgencySettings
from agencyam.periods import Period
from reports.pdf import RenderedPDF
from reports.qbr import services
from reports.qbr.delivery import sending
from reports.qbr.stages import services as stages
from tests.factories.accounts import LeaderFactory, MemberFactory
from tests.factories.clients import (
    ActionItemFactory,
    AssignmentFactory,
    ClientFactory,
    ContactFactory,
    ContractLineFactory,
    DeliverableFactory,
    GoalFactory,
    MessageFactory,
    OneOffLineFactory,
    ProposalFactory,
    RequestFactory,
    RetainerUsageFactory,
    ServiceFactory,
    SLAPolicyFactory,
    SurveyFactory,
    SurveyInvitationFactory,
    SurveyResponseFactory,
    TestimonialFactory,
    TouchpointFactory,
)

PERIOD = Period(date(2026, 7, 1), date(2026, 10, 1))
LAST_DAY = date(2026, 9, 30)
NOW = datetime(2026, 10, 5, 9, tzinfo=UTC)
TODAY = NOW.date()
HOURS = (
    0.4,
    0.9,
    1.2,
    1.6,
    2.1,
    2.3,
    0.7,
    3.1,
    3.8,
    1.1,
    0.5,
    2.8,
    9.5,
    6.2,
    1.9,
    4.6,
    0.8,
    1.4,
    2.6,
    3.3,
    1.7,
    0.6,
)
SUBJECTS = (
    "Tracking broken on checkout",
    "Access for a new colleague",
    "New creative for the autumn sale",
    "Report question",
)
WORK = (
    ("Autumn campaign concept", "Autumn 2026", -1, ""),
    ("Media plan Q4", "Autumn 2026", 0, ""),
    ("Landing page, wholesale shop", "Wholesale", 6, "ours"),
    ("Product feed clean-up", "Search", -3, ""),
    ("Newsletter templates", "E-mail", 9, "client"),
    ("Monthly report July", "Reporting", 0, ""),
    ("Monthly report August", "Reporting", 0, ""),
    ("Consent banner, version 2", "Tracking", 0, ""),
)


def make_settings(**changes) -> AgencySettings:
    """The agency's settings, saved."""
    settings = AgencySettings.objects.get_solo()
    for name, value in {"name": "Harbour & Finch", "time_zone": "Europe/Berlin", **changes}.items():
        setattr(settings, name, value)
    settings.save()
    return settings


def make_draft(client, by=None, *, period=PERIOD):
    """The draft of the period's review."""
    return stages.create_draft(client=client, period=period, by=by, today=TODAY)


def make_approved(client, by=None, *, period=PERIOD):
    """A review that a leader approved and nobody has printed."""
    qbr = make_draft(client, by, period=period)
    stages.submit_for_review(qbr=qbr, by=by, now=NOW)
    return stages.approve(qbr=qbr, by=LeaderFactory(), now=NOW)


def make_printed(client, by=None, *, period=PERIOD):
    """An approved review with a planted PDF."""
    return plant_pdf(make_approved(client, by, period=period))


def plant_pdf(qbr):
    """Print an approved review without the seconds that it takes."""
    begun = services._begin(qbr_id=qbr.pk)
    return services._store(qbr=begun, rendered=RenderedPDF(b"%PDF-1.7 planted", 3, 0.1, 1.0), now=NOW)


def make_sent(client, by=None, *, period=PERIOD):
    """A review that the client has; the client needs a contact with an address."""
    qbr = make_printed(client, by, period=period)
    sending.send_qbr(qbr=qbr, by=by, today=TODAY, now=NOW)
    return stages.lock(qbr)


def make_ready(client, by=None):
    """An approved review with its PDF."""
    return services.render_qbr(qbr_id=make_approved(client, by).pk, now=NOW)


def make_client(name="Northwind Ltd", *, is_first=True, **fields):
    """A client with a full quarter behind it; the first one of a test also brings the default promise."""
    client = ClientFactory(name=name, **fields)
    manager = MemberFactory(name="Ana Okafor")
    AssignmentFactory(client=client, member=manager, starts_on=date(2025, 1, 1))
    if is_first:
        SLAPolicyFactory(reply_hours=Decimal(4), is_default=True)
    ramos = ContactFactory(
        client=client, name="Júlia Ramos", email="julia@northwind.example", job_title="Head of Marketing"
    )
    lind = ContactFactory(
        client=client, name="Łukasz Lindqvist", email="lukasz@northwind.example", job_title="E-commerce lead"
    )
    _add_contract(client)
    _add_requests(client, ramos, manager)
    _add_work(client)
    _add_plan(client, manager)
    _add_opinions(client, (ramos, lind))
    for number in range(7):
        TouchpointFactory(
            client=client, occurred_at=datetime(2026, 7, 3, 10, tzinfo=UTC) + timedelta(days=12 * number)
        )
    return client


def _add_contract(client):
    social, search, shop = (ServiceFactory(name=name) for name in ("Paid social", "Search", "Web shop build"))
    ContractLineFactory(
        client=client, service=search, amount=4000, starts_on=date(2025, 3, 1), ends_on=date(2026, 4, 1)
    )
    ContractLineFactory(client=client, service=search, amount=4600, starts_on=date(2026, 4, 1), ends_on=date(2027, 1, 1),
                        notice_days=60, is_auto_renewing=True)  # fmt: skip
    line = ContractLineFactory(
        client=client, service=social, amount=2500, starts_on=date(2026, 2, 1), notice_days=30
    )
    OneOffLineFactory(
        client=client, service=shop, amount=18000, starts_on=date(2026, 8, 1), ends_on=date(2026, 12, 1)
    )
    for month, used in ((7, "38.5"), (8, "44"), (9, "41.25")):
        RetainerUsageFactory(
            line=line, month=date(2026, month, 1), hours_budget=Decimal(40), hours_used=Decimal(used)
        )


def _add_requests(client, contact, manager):
    for number, hours in enumerate(HOURS):
        opened = datetime(2026, 7, 2, 9, tzinfo=UTC) + timedelta(days=4 * number)
        request = RequestFactory(
            client=client, contact=contact, member=manager, subject=SUBJECTS[number % 4], opened_at=opened,
            resolved_at=opened + timedelta(hours=hours + 20) if number % 9 else None,
        )  # fmt: skip
        MessageFactory(request=request, sent_at=opened)
        MessageFactory(request=request, sent_at=opened + timedelta(hours=hours), direction="outbound")


def _add_work(client):
    for number, (title, project, late, cause) in enumerate(WORK):
        due = date(2026, 7, 10) + timedelta(days=9 * number)
        DeliverableFactory(client=client, title=title, project=project, baseline_due_on=due,
                           delivered_on=due + timedelta(days=late), delay_cause=cause)  # fmt: skip
    DeliverableFactory(client=client, title="Autumn film, 30 seconds", project="Autumn 2026",
                       baseline_due_on=date(2026, 10, 14), submitted_on=date(2026, 9, 28))  # fmt: skip
    DeliverableFactory(client=client, title="Holiday media plan", baseline_due_on=date(2026, 11, 2))


def _add_plan(client, manager):
    ActionItemFactory(
        client=client,
        title="Rebuild product titles",
        owner=manager,
        due_on=date(2026, 8, 14),
        done_on=date(2026, 8, 12),
    )
    ActionItemFactory(
        client=client,
        title="Repair purchase tracking",
        owner=manager,
        due_on=date(2026, 8, 28),
        done_on=date(2026, 9, 2),
    )
    ActionItemFactory(
        client=client, title="Share the wholesale price list", is_ours=False, due_on=date(2026, 9, 18)
    )
    ActionItemFactory(
        client=client, title="Set up the loyalty audience", owner=manager, due_on=date(2026, 10, 20)
    )
    ActionItemFactory(client=client, title="Agree the 2027 targets", is_ours=False, due_on=date(2026, 11, 18))
    ProposalFactory(client=client, title="Creator programme 2027", amount=Decimal(36000), status="sent",
                    sent_at=datetime(2026, 9, 24, 9, tzinfo=UTC))  # fmt: skip
    GoalFactory(
        client=client,
        title="Grow new customers",
        metric="New customers a quarter",
        baseline=1120,
        target=1250,
        current=1302,
        due_on=date(2026, 9, 30),
    )
    GoalFactory(
        client=client,
        title="Lower the cost of a new customer",
        metric="Cost per new customer, €",
        baseline=41,
        target=35,
        current=38,
        due_on=date(2026, 12, 31),
    )
    GoalFactory(
        client=client,
        title="Raise checkout conversion",
        metric="Checkout conversion, %",
        baseline="2.1",
        target="2.4",
        current="2.2",
        due_on=date(2026, 9, 15),
    )


def _add_opinions(client, contacts):
    nps, csat = (
        SurveyFactory(name="Twice a year"),
        SurveyFactory(kind="csat", name="After a request", scale_min=1, scale_max=5),
    )
    sent = datetime(2026, 8, 20, 9, tzinfo=UTC)
    for number, score in enumerate((9, 10, 7, 4, None, None)):
        contact = contacts[number] if number < 2 else ContactFactory(client=client, email="")
        invitation = SurveyInvitationFactory(survey=nps, client=client, contact=contact, sent_at=sent)
        if score is not None:
            SurveyResponseFactory(survey=nps, invitation=invitation, client=client, contact=contact, score=score,
                                  answered_at=sent + timedelta(days=1), comment="Secret remark")  # fmt: skip
    for number, score in enumerate((5, 5, 4, 2, 5, 4, None)):
        invitation = SurveyInvitationFactory(
            survey=csat, client=client, contact=contacts[number % 2], sent_at=sent + timedelta(days=number)
        )
        if score:
            SurveyResponseFactory(survey=csat, invitation=invitation, client=client, score=score,
                                  answered_at=sent + timedelta(days=number, hours=5))  # fmt: skip
    TestimonialFactory(client=client, contact=contacts[0], received_on=date(2026, 9, 10),
                       text="The weekly note is the best thing you do. Please warn us earlier about budget.")  # fmt: skip
    TestimonialFactory(
        client=client, received_on=date(2026, 9, 11), text="Not to be repeated", is_usable=False
    )


def make_long(client):
    """Words without end, long titles and many rows for a client."""
    word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
    for number in range(40):
        due = date(2026, 7, 2) + timedelta(days=2 * number)
        DeliverableFactory(
            client=client,
            title=f"{word} {number} and a title that goes on and on until nobody knows what it was about",
            project=word * 2,
            baseline_due_on=due,
            delivered_on=due + timedelta(days=number % 3),
            delay_cause="ours",
        )
    for number in range(30):
        opened = datetime(2026, 7, 2, 9, tzinfo=UTC) + timedelta(days=2 * number)
        contact = ContactFactory(client=client, name=f"{word} {number}", email="")
        request = RequestFactory(
            client=client, contact=contact, subject=f"{word} {word} {number}", opened_at=opened
        )
        MessageFactory(request=request, sent_at=opened)
        MessageFactory(request=request, sent_at=opened + timedelta(hours=number * 30), direction="outbound")
    for number in range(20):
        ActionItemFactory(
            client=client, title=f"{word} {number}", due_on=date(2026, 10, 20), is_ours=bool(number % 2)
        )
        ContractLineFactory(client=client, service=ServiceFactory(name=f"{word} {number}"), amount=Decimal("1234567.89"),
                            starts_on=date(2024, 1, 1), ends_on=date(2027, 1, 1), notice_days=90)  # fmt: skip
        GoalFactory(
            client=client,
            title=f"{word} {number}",
            metric=word,
            baseline=Decimal("-1234567.89"),
            target=Decimal("9876543210.12"),
            current=0,
        )
