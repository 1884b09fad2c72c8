"""What an alert can be about, and from which measure on a subscriber wants to hear of it. Pure."""

from dataclasses import dataclass

from django.db.models import TextChoices

from accounts.roles import Role


class Rule(TextChoices):
    KPI_STATUS = "kpi_status", "KPI misses its target"
    HEALTH = "health", "Health falls"
    CHURN_RISK = "churn_risk", "Churn risk rises"
    LATE_REPLY = "late_reply", "Reply is late"
    NOTICE = "notice", "Notice date comes"
    CADENCE = "cadence", "Too few conversations this month"
    QUIET = "quiet", "No contact for long"
    DETRACTOR = "detractor", "Unhappy survey answer"


class Scope(TextChoices):
    PORTFOLIO = "portfolio", "My portfolio"
    AGENCY = "agency", "Whole agency"


class Delivery(TextChoices):
    APP = "app", "In the app only"
    AT_ONCE = "at_once", "Also by mail, at once"
    DIGEST = "digest", "Also by mail, once a day in the morning"


# What is told first.
TONE_ORDER = {"bad": 0, "warn": 1, "info": 2}
# Measures of rules that have levels instead of amounts.
MILD, GRAVE = 1, 2
# A client whose health is red counts as a fall of more points than there are.
RED = 101


@dataclass(frozen=True)
class RuleDefinition:
    """A rule in words, and its threshold: the choices, what they mean, and the usual one.

    `is_countdown`: the measure falls as time goes on, and the threshold is reached from above.
    """

    meaning: str
    threshold: int
    choices: tuple[tuple[int, str], ...]
    is_countdown: bool = False

    @property
    def widest(self) -> int:
        """The threshold from which on somebody may want to hear of it."""
        values = [value for value, _ in self.choices]
        return max(values) if self.is_countdown else min(values)

    def is_reached(self, measure: int, threshold: int) -> bool:
        return measure <= threshold if self.is_countdown else measure >= threshold


def _days(*numbers: int) -> tuple[tuple[int, str], ...]:
    return tuple((number, f"{number} days") for number in numbers)


RULES = {
    Rule.KPI_STATUS: RuleDefinition(
        "A KPI misses its target in the last closed month: the agency's and its teams', or your own.",
        GRAVE,
        ((MILD, "Near the target, or missed"), (GRAVE, "Missed")),
    ),
    Rule.HEALTH: RuleDefinition(
        "A client's health falls by so many points within 30 days, or becomes red.",
        10,
        (*((number, f"{number} points, or red") for number in (5, 10, 15, 20)), (RED, "Red only")),
    ),
    Rule.CHURN_RISK: RuleDefinition(
        "The risk that a client leaves rises.",
        GRAVE,
        ((MILD, "Medium or high risk"), (GRAVE, "High risk")),
    ),
    Rule.LATE_REPLY: RuleDefinition(
        "A client waits for a reply for longer than promised.",
        GRAVE,
        ((MILD, "An hour before it is late"), (GRAVE, "When it is late")),
    ),
    Rule.NOTICE: RuleDefinition(
        "The last day on which notice can be given for a contract line comes near, before it ends or renews.",
        30,
        _days(7, 14, 30, 60, 90),
        is_countdown=True,
    ),
    Rule.CADENCE: RuleDefinition(
        "The month is nearly over and a client had fewer conversations than its tier should have.",
        7,
        _days(3, 5, 7, 10),
        is_countdown=True,
    ),
    Rule.QUIET: RuleDefinition(
        "Nobody has had a conversation with a client for so many days.", 45, _days(30, 45, 60, 90)
    ),
    Rule.DETRACTOR: RuleDefinition(
        "A client answers a survey with 0 to 6 of 10, and nobody has spoken with them since.",
        GRAVE,
        ((GRAVE, "0 to 6"),),
    ),
}


@dataclass(frozen=True)
class Wish:
    """What a member wants of a rule, by choice or by the usual of the role."""

    rule: Rule
    is_active: bool
    scope: Scope
    delivery: Delivery
    threshold: int

    def wants(self, measure: int) -> bool:
        return self.is_active and RULES[self.rule].is_reached(measure, self.threshold)


# Rules by role with how they reach the member; what is not listed is off.
_USUAL: dict[str, tuple[Scope, dict[Rule, Delivery]]] = {
    Role.ACCOUNT_MANAGER: (
        Scope.PORTFOLIO,
        dict.fromkeys(Rule, Delivery.DIGEST)
        | {Rule.LATE_REPLY: Delivery.AT_ONCE, Rule.DETRACTOR: Delivery.AT_ONCE},
    ),
    Role.LEADER: (
        Scope.AGENCY,
        dict.fromkeys(
            (Rule.KPI_STATUS, Rule.HEALTH, Rule.CHURN_RISK, Rule.NOTICE, Rule.DETRACTOR), Delivery.DIGEST
        )
        | {Rule.LATE_REPLY: Delivery.APP},
    ),
    Role.VIEWER: (Scope.AGENCY, {Rule.KPI_STATUS: Delivery.APP}),
}
_USUAL[Role.OWNER] = _USUAL[Role.LEADER]


def usual_wish(rule: Rule, role: str) -> Wish:
    """What a member of the role gets before they choose."""
    scope, deliveries = _USUAL.get(role, (Scope.PORTFOLIO, {}))
    return Wish(
        rule=rule,
        is_active=rule in deliveries,
        scope=scope,
        delivery=deliveries.get(rule, Delivery.APP),
        threshold=RULES[rule].threshold,
    )
