"""Documents without a database: a full one, one of a quiet quarter, and one whose every text is too long."""

from dataclasses import replace
from decimal import Decimal

from bench.pdf.sample import BAD, COVER, GOOD, MONTHS, WARN
from reports.qbr.document import (
    Commercials,
    Cover,
    Decision,
    DeliveredRow,
    DeliverySection,
    FeedbackMeasure,
    FeedbackSection,
    Fees,
    GoalRow,
    HoursRow,
    MeasureNote,
    OpportunityRow,
    QBRDocument,
    Quote,
    RequestRow,
    RiskRow,
    Scorecard,
    ScorecardRow,
    ServiceLine,
    ServiceSection,
    State,
    StepRow,
    Summary,
    Tile,
    Tone,
    Waits,
)
from reports.qbr.drawn import (
    AnswerPeriod,
    FeeChange,
    FeePoint,
    FeeStep,
    Forecast,
    ForecastRow,
    Replies,
    ReplyMonth,
    SharePeriod,
    WorkMonth,
)

PLAIN = State(Tone.PLAIN, "No target")
LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitänsvereinigungsvorstandssitzung"
LONG = f"{LONG_WORD} Niederösterreich & Söhne International Holding, formerly known as Łódź Żółć Spółka"

EMPTY = QBRDocument(
    cover=COVER,
    summary=Summary(
        sentences=("July to September 2026 was quiet.", "We need no decision from you."),
        tiles=(Tile("Answered in time", "–", "", State(Tone.PLAIN, "No messages")),) * 4,
        went_well=("Too little happened to say.",),
        did_not=("Too little happened to say.",),
        decisions=(),
    ),
    scorecard=Scorecard("Q2 2026", (ScorecardRow("Delivered on time", "–", "–", "–", PLAIN, "–"),)),
    service=ServiceSection("No message from you needed an answer.", None, (), ""),
    delivery=DeliverySection("Nothing was due for delivery in this time.", (), ""),
    feedback=FeedbackSection("No survey answers in this time.", (), ()),
    promises=(),
    goals=(),
    next_steps=(),
    commercials=Commercials("No service with a running fee was under contract.", (), None, ()),
    measures=(MeasureNote("Delivered on time", "Work delivered by its day / work due."),),
)


def full_document() -> QBRDocument:
    """A lively quarter: every section has rows, one of them more than a page."""
    requests = tuple(
        RequestRow(
            f"{1 + n} Jul 2026",
            f"Please change the landing page {n}",
            "J. Ramos",
            "1.4 h",
            "9 Jul 2026",
            GOOD,
        )
        for n in range(12)
    )
    delivered = tuple(
        DeliveredRow(f"Newsletter {n}", "Retainer 2026", "1 Jul 2026", "4 Jul 2026", BAD, "On our side")
        for n in range(28)
    )
    points = tuple(FeePoint(f"{month:02} 26", Decimal(4000 + 250 * month), False) for month in range(1, 13))
    return replace(
        EMPTY,
        summary=Summary(
            sentences=(
                "We answered 95.1% of your 61 messages within the promised time, up from 88.0% in Q2 2026.",
                "Nine of 11 pieces of work came on time; one was late on our side.",
                "We need two decisions from you.",
            ),
            tiles=(
                Tile("Answered in time", "95.1%", "target at least 90.0%", GOOD),
                Tile("Usual first answer", "1.9 h", "target at most 4.0 h", GOOD),
                Tile("Delivered on time", "81.8%", "target at least 90.0%", WARN),
                Tile("Would recommend us", "+45", "target at least 70", BAD),
            ),
            went_well=("95.1% of your messages were answered in time.", "First answers came sooner."),
            did_not=(
                "3 messages (5%) waited longer than promised, up to 9.5 h.",
                "“Newsletter 3” came 3 days late.",
            ),
            decisions=(
                Decision("Approve “Newsletter 3”", "with you since 2 Oct 2026"),
                Decision("Agree a day", ""),
            ),
        ),
        scorecard=Scorecard(
            "Q2 2026",
            (ScorecardRow("Answered in time", "95.1%", "88.0%", "at least 90.0%", GOOD, "61 messages"),) * 8,
        ),
        service=ServiceSection(
            "Three of 61 messages (5%) waited longer than the promised 4 h, the longest 9.5 h.",
            Waits(
                tuple(Decimal(n % 40) / 8 for n in range(58)),
                Decimal(4),
                "Working hours to our first answer.",
            ),
            requests,
            "And 46 more requests, none of them late.",
            "You answered nine messages of ours, half of them within 2.7 h.",
            "You complained once; that is solved.",
            Replies(
                tuple(ReplyMonth(label, Decimal(n + 1), Decimal(9 - n)) for n, label in enumerate(MONTHS)),
                "Half of the messages of a month were answered within these hours.",
            ),
        ),
        delivery=DeliverySection(
            "Two of 28 pieces of work came late.",
            delivered,
            "And 12 more pieces of work.",
            tuple(WorkMonth(label, 5 - n, n % 2, n % 3) for n, label in enumerate(MONTHS)),
            "Work by the month in which it was due.",
        ),
        feedback=FeedbackSection(
            "Seven of the 12 questions that we sent were answered.",
            (
                FeedbackMeasure(
                    "Would you recommend us? (NPS)", "+45", "6 would, 4 might, 1 would not", "11 answers", BAD
                ),
                FeedbackMeasure(
                    "Satisfied with an answer (CSAT)", "91%", "21 of 23 were satisfied", "23 answers", GOOD
                ),
            ),
            (Quote("The weekly note is the best thing you do.", "J. Ramos"),),
            tuple(AnswerPeriod(f"Q{n} 2026", 4 + n, 3, 2, f"+{20 + n}") for n in (1, 2, 3)),
            tuple(SharePeriod(f"Q{n} 2026", Decimal(80 + n) / 100) for n in (1, 2, 3)),
            Decimal("0.8"),
        ),
        promises=(StepRow("Send the new tracking plan", "We", "Ana Okafor", "3 Aug 2026", GOOD),) * 3,
        goals=(
            GoalRow(
                "More orders from the shop",
                "Orders a month",
                "310",
                "402",
                "450",
                "31 Dec 2026",
                PLAIN,
                Decimal("0.657143"),
            ),
        )
        * 3,
        next_steps=(StepRow("Approve the autumn set", "You", "Zażółć", "9 Oct 2026", PLAIN),) * 6,
        commercials=Commercials(
            "You had three running services for €7,000 a month on 30 September 2026.",
            (
                ServiceLine(
                    "Search advertising", "€4,000 a month", "1 Jan 2026", "31 Dec 2026, notice by 1 Oct 2026"
                ),
            )
            * 3,
            Fees("EUR", "unchanged", points, "Running monthly services at the close of each month, in EUR."),
            (HoursRow("Search advertising", "112.5 h", "120 h", "94%", Decimal("112.5"), Decimal(120)),) * 2,
            FeeChange(
                "EUR",
                "01 26",
                Decimal(4250),
                (FeeStep("Search advertising", Decimal(3000)), FeeStep("Newsletter", Decimal(-250))),
                "12 26",
                "Change of the monthly fee by service.",
            ),
            Forecast(
                "EUR",
                tuple(ForecastRow(f"Q{n} 2027", Decimal(21000), Decimal(500 * n)) for n in (1, 2, 3, 4)),
                "Running services without one-off work, in EUR.",
            ),
        ),
        risks=(
            RiskRow("“Newsletter 3” is 12 days late", "Harbour & Finch", "It stands before all new work."),
        )
        * 2,
        opportunities=(
            OpportunityRow(
                "Creator programme 2027 (€36,000)", "Our proposal, sent 24 Sept 2026", "You decide"
            ),
        )
        * 2,
        measures=(MeasureNote("Delivered on time", "Work delivered by its day / work due in the period."),)
        * 9,
    )


def overlong_document() -> QBRDocument:
    """Every text that people write as long as the database allows; what rules write stays as it is."""
    return _stretched(full_document())


WRITTEN = {
    "what",
    "owner",
    "title",
    "project",
    "metric",
    "subject",
    "asked_by",
    "text",
    "said_by",
    "went_well",
    "did_not",
    "because",
}


def _stretched(value, name=""):
    if isinstance(value, Cover):
        long = {"agency": LONG, "client": f"{LONG} {LONG}", "prepared_by": LONG}
        return replace(value, **long, period_short="1 Jan 2026 – 30 Sep 2026")
    if isinstance(value, ServiceLine | HoursRow | FeeStep):
        first = next(iter(value.__dataclass_fields__))
        return replace(value, **{first: LONG})
    if isinstance(value, tuple):
        return tuple(_stretched(item, name) for item in value)
    if isinstance(value, str):
        return f"{value} {LONG}" if name in WRITTEN else value
    if hasattr(value, "__dataclass_fields__"):
        return replace(
            value, **{name: _stretched(getattr(value, name), name) for name in value.__dataclass_fields__}
        )
    return value
