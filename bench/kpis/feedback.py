"""The invented agency's surveys, proposals, deliverables, referrals and testimonials."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from bench.kpis.commerce import CENTS
from bench.kpis.copying import Rows
from bench.kpis.desk import Desk
from bench.kpis.people import Life, People
from bench.kpis.sizes import Sizes
from clients.models import (
    Deliverable,
    Proposal,
    Referral,
    Survey,
    SurveyInvitation,
    SurveyResponse,
    Testimonial,
)

SURVEYS = (("nps", 0, 10), ("csat", 1, 5), ("csat", 1, 3), ("csat", 0, 10), ("pulse", 1, 10), ("pulse", 1, 5))
WEIGHTS = (45, 30, 5, 5, 10, 5)


class Feedback:
    """What clients and members answered when asked, some of them twice, some never."""

    def __init__(self, sizes: Sizes, dice: Random, people: People, desk: Desk) -> None:
        self._sizes, self._dice, self._people, self._desk = sizes, dice, people, desk
        self.surveys = Rows(Survey, ("book_id", "kind", "name", "scale_min", "scale_max"))
        self.invitations = Rows(
            SurveyInvitation, ("book_id", "survey_id", "client_id", "contact_id", "member_id", "sent_at")
        )
        self.responses = Rows(
            SurveyResponse,
            ("book_id", "survey_id", "invitation_id", "client_id", "contact_id", "member_id", "score", "answered_at",
             "comment"),
        )  # fmt: skip
        for number, (kind, low, high) in enumerate(SURVEYS, start=1):
            self.surveys.add(f"survey-{number}", kind, f"{kind} {number}", low, high)
        while len(self.responses.rows) < sizes.survey_answers:
            self._ask()

    @property
    def tables(self) -> list[Rows]:
        return [self.surveys, self.invitations, self.responses]

    def _ask(self) -> None:
        dice = self._dice
        survey = dice.choices(range(1, len(SURVEYS) + 1), WEIGHTS)[0]
        life = dice.choice(self._people.lives)
        sent = self._desk.instant(life)
        who = self._respondent(survey, life)
        invitation = None
        if dice.random() < 0.8:
            number = len(self.invitations.rows) + 1
            invitation = self.invitations.add(f"invitation-{number}", survey, *who, sent)
            if dice.random() < 0.4:
                return
        answered = sent + timedelta(hours=dice.randrange(1, 200), seconds=dice.randrange(3600))
        edits = 2 if invitation and dice.random() < 0.12 else 1
        _, low, high = SURVEYS[survey - 1]
        for _ in range(edits):
            score = max(dice.randint(low, high), dice.randint(low, high))
            number = len(self.responses.rows) + 1
            # An answer to an invitation need not repeat who was asked.
            by = (None, None, None) if invitation and dice.random() < 0.3 else who
            self.responses.add(
                f"response-{number}", survey, invitation, *by, score, answered, "Fine." * dice.randrange(9)
            )
            answered += timedelta(hours=dice.randrange(1, 1_200))

    def _respondent(self, survey: int, life: Life) -> tuple[int | None, int | None, int | None]:
        """Client, contact and member; some answers say nothing of who gave them."""
        dice = self._dice
        if SURVEYS[survey - 1][0] == "pulse":
            return life.id if dice.random() < 0.3 else None, None, dice.randrange(self._sizes.members) + 1
        if dice.random() < 0.03:
            return None, None, None
        contact = self._people.contact_of(life.id) if dice.random() < 0.9 else None
        return (None if contact and dice.random() < 0.1 else life.id), contact, None


class Growth:
    """Offers, work delivered, leads sent and praise."""

    def __init__(self, sizes: Sizes, dice: Random, people: People, desk: Desk) -> None:
        self._sizes, self._dice, self._people, self._desk = sizes, dice, people, desk
        self.proposals = Rows(
            Proposal,
            ("book_id", "client_id", "title", "amount", "currency", "status", "sent_at", "decided_at"),
        )
        self.deliverables = Rows(
            Deliverable,
            (
                "book_id",
                "client_id",
                "title",
                "baseline_due_on",
                "due_on",
                "delivered_on",
                "status",
                "delay_cause",
            ),
        )
        self.referrals = Rows(
            Referral, ("book_id", "client_id", "lead_name", "made_on", "outcome", "became_client_id")
        )
        self.testimonials = Rows(Testimonial, ("book_id", "client_id", "received_on", "text", "is_usable"))
        for number in range(1, 3 * sizes.clients + 1):
            self._add_proposal(number)
        for number in range(1, 12 * sizes.clients + 1):
            self._add_deliverable(number)
        for number in range(1, sizes.clients + 1):
            self._add_referral(number)
            life = dice.choice(people.lives)
            self.testimonials.add(
                f"testimonial-{number}", life.id, self._day(life), "Great.", dice.random() < 0.8
            )

    @property
    def tables(self) -> list[Rows]:
        return [self.proposals, self.deliverables, self.referrals, self.testimonials]

    def _day(self, life: Life) -> date:
        return self._desk.instant(life).date()

    def _add_proposal(self, number: int) -> None:
        dice = self._dice
        life = dice.choice(self._people.lives)
        status = dice.choices(
            ("won", "lost", "expired", "sent", "withdrawn", "draft"), (45, 28, 7, 12, 5, 3)
        )[0]
        sent = None if status == "draft" else self._desk.instant(life)
        is_decided = status in ("won", "lost", "expired") or (status == "withdrawn" and dice.random() < 0.5)
        decided = sent + timedelta(hours=dice.randrange(1, 2_600)) if sent and is_decided else None
        amount = (
            None if dice.random() < 0.05 else (Decimal(dice.randrange(500, 4_000_000)) / 37).quantize(CENTS)
        )
        currency = life.currency if dice.random() < 0.9 else "USD"
        self.proposals.add(
            f"proposal-{number}", life.id, f"Offer {number}", amount, currency, status, sent, decided
        )

    def _add_deliverable(self, number: int) -> None:
        dice = self._dice
        life = dice.choice(self._people.lives)
        baseline = self._day(life)
        moved = baseline + timedelta(days=dice.randrange(1, 30)) if dice.random() < 0.15 else None
        cause = dice.choice(("", "ours", "client", "agreed")) if moved or dice.random() < 0.1 else ""
        delivered = baseline + timedelta(days=dice.randrange(-9, 5)) if dice.random() < 0.93 else None
        status = (
            dice.choice(("cancelled", "Cancelled"))
            if dice.random() < 0.03
            else "done"
            if delivered
            else "open"
        )
        self.deliverables.add(
            f"deliverable-{number}", life.id, f"Piece {number}", baseline, moved, delivered, status, cause
        )

    def _add_referral(self, number: int) -> None:
        dice = self._dice
        life = dice.choice(self._people.lives)
        became = dice.randrange(self._sizes.clients) + 1 if dice.random() < 0.1 else None
        became = None if became == life.id else became
        outcome = "won" if became else dice.choice(("open", "lost"))
        self.referrals.add(f"referral-{number}", life.id, f"Lead {number}", self._day(life), outcome, became)
