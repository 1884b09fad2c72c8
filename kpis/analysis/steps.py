"""The bars of the waterfall in their order, with the words for each. Pure."""

from dataclasses import dataclass

from kpis.direct.movements import Kind

OPENING, CLOSING = "opening", "closing"


@dataclass(frozen=True)
class StepWords:
    """A bar: its address, its label, and what it is in one sentence. `noun` stands in findings."""

    key: str
    label: str
    noun: str
    meaning: str


STEPS = (
    StepWords(Kind.NEW, "New", "new clients", "First recurring revenue of a client that never had any."),
    StepWords(
        Kind.REACTIVATION,
        "Returned",
        "returned clients",
        "Clients that had left and pay again (reactivation).",
    ),
    StepWords(Kind.UPSELL, "Upsell", "upsell", "More of a service that the client already had."),
    StepWords(Kind.CROSS_SELL, "Cross-sell", "cross-sell", "A service that the client did not have before."),
    StepWords(Kind.PRICE_CHANGE, "Price", "price rises", "More for the same: lines begun as a price change."),
    StepWords(Kind.RESUME, "Resumed", "resumed pauses", "Services that came back from a pause."),
    StepWords(Kind.CONTRACTION, "Contraction", "contraction", "Less, while the client stayed."),
    StepWords(Kind.PAUSE, "Paused", "pauses", "Clients that paused everything but are still under contract."),
    StepWords(Kind.CHURN, "Churn", "churn", "Clients whose last recurring service ended."),
    StepWords(Kind.TRANSFER_IN, "Moved in", "moves in", "Came from another slice: neither new nor growth."),
    StepWords(Kind.TRANSFER_OUT, "Moved out", "moves out", "Went to another slice: neither churn nor loss."),
    StepWords(Kind.FX, "Rates", "exchange rates", "What exchange rates alone changed."),
)
ENDS = {
    OPENING: StepWords(
        OPENING, "Opening", "opening", "What was paid a month at the close of the day before."
    ),
    CLOSING: StepWords(CLOSING, "Closing", "closing", "What is paid a month at the close of the last day."),
}
BY_KEY: dict[str, StepWords] = ENDS | {step.key: step for step in STEPS}
TRANSFERS = (Kind.TRANSFER_IN, Kind.TRANSFER_OUT)
