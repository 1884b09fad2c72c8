"""Random books for the two routes of the money KPIs, and the question whether both answer alike."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal, localcontext

from django.db import transaction
from hypothesis import strategies as st

from accounts.models import AgencySettings
from agencyam.periods import Period
from clients.models import Client, ContractLine, LinePause
from kpis.direct import money
from kpis.direct.exact import CONTEXT
from kpis.direct.query import Figure, Query
from kpis.engine import as_text
from kpis.facts.money import family
from tests.factories.accounts import MemberFactory, TeamFactory, TeamMembershipFactory
from tests.factories.clients import AssignmentFactory, ContractLineFactory, FxRateFactory, OneOffLineFactory
from tests.kpis import books

FIRST_DAY = date(2025, 6, 1)
LONG_AGO = date(2025, 1, 1)
WHOLE = Period(FIRST_DAY, FIRST_DAY + timedelta(days=110))
MAX_PAUSE_DAYS = 12
KEYS = money.KEYS
KINDS = ("agency", "am", "team", "segment", "service", "client")
MEMBERS = ("anna", "ben")
TEAMS = ("north", "south")
AMOUNTS = ("50", "100", "700", "33.333333", "0.000006", "0")
LONG = timedelta(days=120)

Span = tuple[date, date | None]
# Few days, so that rates, hand-overs, pauses and prices often change on the same one.
OFFSETS = (0, 1, 10, 11, 20, 30, 31, 45, 60, 75)
days = st.sampled_from(OFFSETS).map(lambda number: FIRST_DAY + timedelta(days=number))


@dataclass(frozen=True)
class RandomLine:
    client: str
    service: str
    amount: Decimal
    interval: str  # empty for a one-off line
    currency: str
    span: Span
    pauses: tuple[Span, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class RandomBook:
    """`owners`: client, member and days. `places`: member, team and days. `rates`: currency, day and rate."""

    lines: tuple[RandomLine, ...]
    rates: tuple[tuple[str, date, Decimal], ...]
    owners: tuple[tuple[str, str, Span], ...] = ()
    places: tuple[tuple[str, str, Span], ...] = ()
    segments: dict[str, str] = field(default_factory=dict)


@st.composite
def spans(draw, after: date = FIRST_DAY) -> Span:
    start = after + timedelta(days=draw(st.sampled_from(OFFSETS)))
    length = draw(st.sampled_from((None, None, 1, 10, 19, 20, 30)))
    return start, None if length is None else start + timedelta(days=length)


@st.composite
def chains(draw, names: Sequence[str]) -> list[tuple[str, Span]]:
    """Names that follow each other, each from its day to that of the next, with a gap here and there."""
    borders = sorted(draw(st.sets(days, max_size=3)))
    starts = [LONG_AGO, *borders]
    ends = [*borders, None]
    chosen = [draw(st.sampled_from((*names, ""))) for _ in starts]
    return [(name, (start, end)) for name, start, end in zip(chosen, starts, ends, strict=True) if name]


@st.composite
def pauses_after(draw, start: date) -> tuple[Span, ...]:
    """Up to two pauses that do not overlap; the second may follow the first at once."""
    first, until = draw(spans(start))
    if until is None or draw(st.booleans()):
        return ((first, until),)
    second = until + timedelta(days=draw(st.sampled_from((0, 1, 9))))
    return ((first, until), (second, draw(st.sampled_from((None, second + timedelta(days=15))))))


@st.composite
def lines(draw) -> RandomLine:
    start, end = draw(spans(draw(st.sampled_from((LONG_AGO, FIRST_DAY)))))
    interval = draw(st.sampled_from(("month", "month", "month", "year", "quarter", "week", "")))
    return RandomLine(
        client=draw(st.sampled_from("abc")),
        service=draw(st.sampled_from(("seo", "ppc", "web"))),
        amount=Decimal(draw(st.sampled_from(AMOUNTS))),
        interval=interval,
        currency=draw(st.sampled_from(("EUR", "EUR", "EUR", "USD", "USD", "CHF"))),
        span=(start, end),
        pauses=draw(pauses_after(max(start, FIRST_DAY))) if interval and draw(st.booleans()) else (),
        reason=draw(st.sampled_from(("", "price_change"))) if interval else "",
    )


@st.composite
def renewals(draw) -> list[RandomLine]:
    """One service at a price, then at another: most often on the next day, now and then after a gap."""
    before = draw(lines())
    border = draw(days)
    after = border + timedelta(days=draw(st.sampled_from((0, 0, 0, 5, 30))))
    amount = Decimal(draw(st.sampled_from(AMOUNTS)))
    reason = draw(st.sampled_from(("", "price_change"))) if before.interval else ""
    return [
        replace(before, span=(LONG_AGO, border), reason=""),
        replace(
            before,
            span=(after, draw(st.none() | days.map(lambda day: day + LONG))),
            amount=amount,
            pauses=(),
            reason=reason,
        ),
    ]


@st.composite
def discounts(draw) -> RandomLine:
    """A reduction, agreed before the first period or on any day; it may outweigh all that the client pays."""
    return RandomLine(
        client=draw(st.sampled_from("abc")),
        service=draw(st.sampled_from(("seo", "ppc"))),
        amount=Decimal(draw(st.sampled_from(("-20", "-75", "-600")))),
        interval="month",
        currency=draw(st.sampled_from(("EUR", "USD"))),
        span=draw(spans()),
    )


@st.composite
def rates(draw) -> tuple[tuple[str, date, Decimal], ...]:
    """Most books know their currencies from long ago; in some the first rate comes late or never."""
    found: dict[tuple[str, date], Decimal] = {}
    for currency in ("USD", "CHF"):
        if draw(st.sampled_from((True, True, True, False))):
            found[currency, LONG_AGO] = Decimal("0.5")
        for day in draw(st.sets(days, max_size=2)):
            found[currency, day] = draw(st.sampled_from((Decimal("0.3"), Decimal("1.25"), Decimal("0.9317"))))
    return tuple((currency, day, rate) for (currency, day), rate in sorted(found.items()))


@st.composite
def random_books(draw) -> RandomBook:
    sold = draw(st.lists(lines(), min_size=1, max_size=5))
    renewed = [line for pair in draw(st.lists(renewals(), max_size=3)) for line in pair]
    reduced = draw(st.lists(discounts(), max_size=1))
    owners = [(client, member, span) for client in "abc" for member, span in draw(chains(MEMBERS))]
    places = [(member, team, span) for member in MEMBERS for team, span in draw(chains(TEAMS))]
    segments = {client: draw(st.sampled_from(("", "retail", "finance"))) for client in "abc"}
    return RandomBook(tuple(sold + renewed + reduced), draw(rates()), tuple(owners), tuple(places), segments)


@st.composite
def random_periods(draw) -> Period:
    start = draw(days)
    return Period(start, start + timedelta(days=draw(st.sampled_from((1, 2, 10, 30, 45, 60)))))


months = st.sampled_from([Period(date(2025, month, 1), date(2025, month + 1, 1)) for month in range(5, 10)])


@contextmanager
def planted(book: RandomBook) -> Iterator[None]:
    """The book as rows of the agency; gone afterwards."""
    with transaction.atomic():
        for currency, day, rate in book.rates:
            FxRateFactory(currency=currency, effective_on=day, rate_to_base=rate)
        for name, segment in book.segments.items():
            books.client(name, segment=segment)
        members = {name: MemberFactory(book_id=name) for name in MEMBERS}
        teams = {name: TeamFactory(book_id=name, name=name) for name in TEAMS}
        for client, member, (start, end) in book.owners:
            AssignmentFactory(
                client=books.client(client), member=members[member], starts_on=start, ends_on=end
            )
        for member, team, (start, end) in book.places:
            TeamMembershipFactory(member=members[member], team=teams[team], starts_on=start, ends_on=end)
        for line in book.lines:
            plant(line)
        yield
        transaction.set_rollback(True)


def plant(line: RandomLine) -> ContractLine:
    terms = {
        "client": books.client(line.client),
        "service": books.service(line.service),
        "amount": line.amount,
        "currency": line.currency,
        "starts_on": line.span[0],
        "ends_on": line.span[1],
    }
    if not line.interval:
        return OneOffLineFactory(**terms)
    made = ContractLineFactory(interval=line.interval, reason=line.reason, **terms)
    for start, end in line.pauses:
        LinePause.objects.create(line=made, starts_on=start, ends_on=end)
    return made


def agency_settings(**changes) -> AgencySettings:
    return books.settings(**{"max_pause_days": MAX_PAUSE_DAYS, "include_one_off": True, **changes})


def ask(period: Period, by: str = "agency", as_of: date | None = None, **changes) -> Query:
    return Query(period=period, as_of=as_of or date(2030, 1, 1), by=by, settings=agency_settings(**changes))


def build(clients: list[str] | None = None, **changes) -> None:
    """The facts of the clients with these names, or of all."""
    ids = (
        None
        if clients is None
        else list(Client.objects.filter(book_id__in=clients).values_list("pk", flat=True))
    )
    family.build(settings=agency_settings(**changes), clients=ids)


def direct_answer(query: Query) -> dict:
    with localcontext(CONTEXT):
        return plain(money.compute(query, money.KEYS))


def fact_answers(queries: Sequence[Query], only: str | None = None) -> list[dict]:
    return [plain(figures) for figures in family.compute(queries, family.KEYS, only)]


def plain(figures: dict[str, dict[str | None, Figure]]) -> dict:
    """What a result shows of each figure, and its value so closely that no target tells it apart."""
    return {
        (key, name): (
            as_text(figure.numerator),
            as_text(figure.denominator),
            figure.n,
            as_text(figure.value),
            figure.reason,
            figure.value
            if figure.value is None
            else figure.value.quantize(Decimal("1E-20"), context=CONTEXT),
        )
        for key, by_slice in figures.items()
        for name, figure in by_slice.items()
    }
