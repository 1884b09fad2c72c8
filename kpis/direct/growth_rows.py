"""What the growth numbers are made of, and what is left out of them: proposals, clients, testimonials. Pure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from kpis.direct.evidence import as_json
from kpis.direct.query import SliceKey


class Listed(Protocol):
    """A row that knows its slice and can be shown."""

    @property
    def slice_key(self) -> SliceKey: ...
    def as_json(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Decision:
    """A proposal decided in the period. `base_amount` is in the agency's currency at the rate of that day."""

    slice_key: SliceKey
    proposal: str
    client: str
    client_name: str
    title: str
    outcome: str
    decided_on: date
    amount: Decimal | None
    currency: str
    base_amount: Decimal | None

    @property
    def is_won(self) -> bool:
        return self.outcome == "won"

    def as_json(self, **cells: Any) -> dict[str, Any]:
        """The proposal as an evidence row."""
        return as_json(
            proposal=self.proposal,
            client=self.client,
            name=self.client_name,
            title=self.title,
            outcome=self.outcome,
            decided_on=self.decided_on,
            amount=self.amount,
            currency=self.currency,
            **cells,
        )


@dataclass(frozen=True, slots=True)
class Referrer:
    """A client with the referrals that it made in the trailing 12 months, still active at the close or not."""

    slice_key: SliceKey
    client: str
    client_name: str
    referrals: int

    def as_json(self) -> dict[str, Any]:
        """The client as an evidence row."""
        return as_json(
            client=self.client,
            name=self.client_name,
            referrals=self.referrals,
            numerator=int(self.referrals > 0),
            denominator=1,
        )


@dataclass(frozen=True, slots=True)
class NewClient:
    """A client whose first MRR ever falls in the period."""

    slice_key: SliceKey
    client: str
    client_name: str
    joined_on: date
    is_referred: bool

    def as_json(self) -> dict[str, Any]:
        """The client as an evidence row."""
        return as_json(
            client=self.client,
            name=self.client_name,
            joined_on=self.joined_on,
            numerator=int(self.is_referred),
            denominator=1,
        )


@dataclass(frozen=True, slots=True)
class Praise:
    """A testimonial received in the period."""

    slice_key: SliceKey
    testimonial: str
    client: str
    client_name: str
    received_on: date

    def as_json(self) -> dict[str, Any]:
        """The testimonial as an evidence row."""
        return as_json(
            testimonial=self.testimonial,
            client=self.client,
            name=self.client_name,
            received_on=self.received_on,
            numerator=1,
        )


@dataclass(frozen=True, slots=True)
class OpenProposal:
    """A proposal that has not been decided by the client."""

    slice_key: SliceKey
    proposal: str
    client: str
    client_name: str
    title: str
    state: str
    sent_on: date | None
    amount: Decimal | None
    currency: str

    def as_json(self) -> dict[str, Any]:
        """The proposal as an evidence row."""
        return as_json(
            proposal=self.proposal,
            client=self.client,
            name=self.client_name,
            title=self.title,
            sent_on=self.sent_on,
            amount=self.amount,
            currency=self.currency,
        )
