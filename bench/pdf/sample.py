"""A review of twelve pages with eight charts, made of nothing but loops; the same one each time."""

from decimal import Decimal

from reports.qbr.document import (
    Commercials,
    Cover,
    Decision,
    DeliveredRow,
    DeliverySection,
    FeedbackMeasure,
    FeedbackSection,
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
)
from reports.qbr.drawn import (
    AnswerPeriod,
    FeeChange,
    FeePoint,
    Fees,
    FeeStep,
    Replies,
    ReplyMonth,
    SharePeriod,
    Waits,
    WorkMonth,
)

# With fourteen steps more the last page would stay nearly empty, so that all is laid out a second time.
STEPS, MORE_STEPS = 10, 24
MONTHS = ("Apr 2026", "May 2026", "Jun 2026", "Jul 2026", "Aug 2026", "Sept 2026")
GOOD, WARN, BAD = State(Tone.GOOD, "Met"), State(Tone.WARN, "Just missed"), State(Tone.BAD, "Missed")
PLAIN = State(Tone.PLAIN, "Planned")
COVER = Cover(
    agency="Harbour & Finch",
    client="Zażółć Sp. z o.o.",
    title="Quarterly Business Review",
    period="July to September 2026",
    period_short="Q3 2026",
    prepared_by="Ana Okafor",
    prepared_on="5 October 2026",
    known_until="5 October 2026",
    created="2026-10-05",
    brand_color="#0f4c81",
    accent_color="#d97706",
    language="en-GB",
)
SERVICES = ("Search advertising", "Paid social", "Content and SEO", "Email and CRM", "Web analytics")


def make_document(*, steps: int = STEPS) -> QBRDocument:
    return QBRDocument(
        cover=COVER,
        summary=_summary(),
        scorecard=Scorecard("Q2 2026", tuple(_score(number) for number in range(8))),
        service=_service(),
        delivery=_delivery(),
        feedback=_feedback(),
        promises=tuple(_step(f"Rebuild the product titles, part {number}", GOOD) for number in range(14)),
        goals=tuple(_goal(number) for number in range(10)),
        next_steps=tuple(_step(f"Agree the autumn set, part {number}", PLAIN) for number in range(steps)),
        commercials=_commercials(),
        measures=tuple(_measure(number) for number in range(12)),
        risks=tuple(_risk(number) for number in range(8)),
        opportunities=tuple(_opportunity(number) for number in range(8)),
    )


def _summary() -> Summary:
    return Summary(
        sentences=(
            "We answered 95.1% of your 61 messages within the promised time, up from 88% in Q2 2026.",
            "24 of 30 pieces of work came on time; four were late on our side.",
            "We need three decisions from you.",
        ),
        tiles=(
            Tile("Answered in time", "95.1%", "target ≥ 90%", GOOD),
            Tile("Usual first answer", "1.9 h", "target ≤ 4 h", GOOD),
            Tile("Delivered on time", "80%", "target ≥ 90%", WARN),
            Tile("Would recommend us", "+45", "target ≥ 70", BAD),
        ),
        went_well=("95.1% of your messages were answered in time.", "First answers came sooner."),
        did_not=(
            "3 messages (5%) waited longer than promised, up to 9.5 h.",
            "“Landing page” came 6 days late.",
        ),
        decisions=tuple(Decision(f"Approve “Newsletter {n}”", "with you since 2 Oct 2026") for n in range(3)),
    )


def _score(number: int) -> ScorecardRow:
    state = (GOOD, WARN, BAD)[number % 3]
    return ScorecardRow(f"Measure of our work {number}", "95.1%", "88%", "≥ 90%", state, "61 messages")


def _service() -> ServiceSection:
    requests = tuple(
        RequestRow(
            f"{1 + number} Jul 2026",
            f"Please change the landing page of shop {number}",
            "Júlia Ramos",
            "1.4 h",
            "9 Jul 2026",
            GOOD if number > 2 else BAD,
        )
        for number in range(10)
    )
    replies = tuple(ReplyMonth(label, Decimal(2 + n % 3), Decimal(9 - n)) for n, label in enumerate(MONTHS))
    return ServiceSection(
        lead="Three of 61 messages (5%) waited longer than the promised 4 h, the longest 9.5 h.",
        waits=Waits(tuple(Decimal(n % 40) / 8 for n in range(58)), Decimal(4), "Working hours, 58 requests."),
        requests=requests,
        more="And 48 more requests. None of them was late.",
        theirs="You answered nine messages of ours, half of them within 2.7 h.",
        complaints="You complained once; that is solved.",
        replies=Replies(replies, "Half of the messages of a month were answered within these hours."),
    )


def _delivery() -> DeliverySection:
    rows = tuple(
        DeliveredRow(
            f"Newsletter and landing page {number}",
            SERVICES[number % 5],
            "1 Jul 2026",
            "4 Jul 2026",
            BAD if number < 4 else GOOD,
            "On our side" if number < 4 else "–",
        )
        for number in range(30)
    )
    months = tuple(WorkMonth(label, 5 - n % 3, n % 2, n % 3) for n, label in enumerate(MONTHS))
    note = "Work by the month in which it was due."
    return DeliverySection("Six of 30 pieces of work came late.", rows, "", months, note)


def _feedback() -> FeedbackSection:
    return FeedbackSection(
        lead="Seven of the 12 questions that we sent were answered.",
        measures=(
            FeedbackMeasure(
                "Would you recommend us? (NPS)", "+45", "6 would, 4 might, 1 not", "11 answers", BAD
            ),
            FeedbackMeasure("Satisfied with an answer", "91%", "21 of 23 were satisfied", "23 answers", GOOD),
        ),
        quotes=(Quote("The weekly note is the best thing you do.", "Júlia Ramos"),),
        recommending=tuple(AnswerPeriod(f"Q{n} 2026", 4 + n, 3, 2, f"+{20 + n}") for n in (1, 2, 3)),
        satisfied=tuple(SharePeriod(f"Q{n} 2026", Decimal(80 + n) / 100) for n in (1, 2, 3)),
        satisfied_target=Decimal("0.8"),
    )


def _step(what: str, state: State) -> StepRow:
    return StepRow(what, "Harbour & Finch", "Ana Okafor", "3 Aug 2026", state)


def _goal(number: int) -> GoalRow:
    """Without a start, so that no chart is drawn of them: the eight others are enough."""
    return GoalRow(
        f"More orders from shop {number}", "Orders a month", "–", "402", "450", "31 Dec 2026", PLAIN
    )


def _commercials() -> Commercials:
    services = tuple(
        ServiceLine(name, "€4,000 a month", "1 Jan 2026", "31 Dec 2026, notice by 1 Oct 2026")
        for name in SERVICES
    )
    points = tuple(FeePoint(f"{month:02} 26", Decimal(4000 + 250 * month), False) for month in range(1, 13))
    steps = (FeeStep("Search advertising", Decimal(3000)), FeeStep("Paid social", Decimal(-250)))
    return Commercials(
        lead="You had five running services for €7,000 a month on 30 September 2026.",
        services=services,
        fees=Fees("EUR", "up from €6,500 when the period began", points, "Running services, in EUR."),
        hours=tuple(
            HoursRow(name, "112.5 h", "120 h", "94%", Decimal("112.5"), Decimal(120)) for name in SERVICES
        ),
        change=FeeChange(
            "EUR", "01 26", Decimal(4250), steps, "12 26", "Change of the monthly fee by service."
        ),
    )


def _measure(number: int) -> MeasureNote:
    words = (
        "Deliverables due in the period that were delivered on or before their due day / all that were due."
    )
    return MeasureNote(f"Measure of our work {number}", words)


def _risk(number: int) -> RiskRow:
    return RiskRow(
        f"“Newsletter {number}” is 12 days late", "Harbour & Finch", "It stands before all new work."
    )


def _opportunity(number: int) -> OpportunityRow:
    return OpportunityRow(f"Creator programme {number}", "Our proposal, sent 24 Sept 2026", "You decide")
