"""The choices that are fields of the agency's settings."""

from calendar import month_name
from decimal import Decimal
from typing import Any

from django import forms

from accounts.models import AgencySettings
from kpis.choices.cadence import cadence_field, cadence_words
from kpis.choices.choice import Choice
from kpis.choices.fields import HUNDRED, PercentField, ScoresField, plain
from kpis.choices.own_numbers import (
    list_service_names,
    margin_words,
    margins_field,
    weight_words,
    weights_field,
)

_CLIENTS = (
    "client_retention_rate",
    "client_churn_rate",
    "opening_clients",
    "closing_clients",
    "lost_clients",
    "clv",
    "lifetime_months",
    "touchpoints_per_client_month",
    "touchpoint_coverage",
    "referral_rate",
    "referral_share_of_new_clients",
    "am_workload",
)
_PAUSES = (
    "reactivation_mrr",
    "expansion_mrr",
    "contraction_mrr",
    "churned_mrr",
    "quick_ratio",
)
_BASES = {
    AgencySettings.ClientBasis.RECURRING: "Clients with recurring revenue",
    AgencySettings.ClientBasis.ANY: "Clients with any work, projects included",
}


def _one_off() -> forms.Field:
    answers = [(True, "Count them"), (False, "Leave them out")]
    return forms.TypedChoiceField(
        choices=answers, coerce=lambda answer: answer == "True", widget=forms.RadioSelect
    )


def _days() -> forms.Field:
    return forms.IntegerField(min_value=1, max_value=3650)


def _days_or_none() -> forms.Field:
    return forms.IntegerField(min_value=0, max_value=3650)


def _months() -> forms.Field:
    return forms.IntegerField(min_value=1, max_value=120)


def _margin() -> forms.Field:
    return PercentField(min_value=Decimal("0.0001"), max_value=HUNDRED, max_digits=7, decimal_places=4)


def _basis() -> forms.Field:
    return forms.ChoiceField(choices=list(_BASES.items()), widget=forms.RadioSelect)


def _scores() -> forms.Field:
    return ScoresField(required=False)


def _reply_hours() -> forms.Field:
    return forms.DecimalField(
        required=False, min_value=Decimal("0.01"), max_value=Decimal(9999), decimal_places=2
    )


def _month() -> forms.Field:
    names = [(number, month_name[number]) for number in range(1, 13)]
    return forms.TypedChoiceField(choices=names, coerce=int)


def _day_words(value: int) -> str:
    return f"{value} day" if value == 1 else f"{value} days"


def _month_words(value: int) -> str:
    return f"{value} month" if value == 1 else f"{value} months"


def _score_words(value: list[int] | None) -> str:
    return ", ".join(map(str, value)) if value else "The best scores of each scale"


def _hour_words(value: Decimal | None) -> str:
    if value is None:
        return "As the default policy says"
    return "1 business hour" if value == 1 else f"{plain(value)} business hours"


def _hours_from(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _margin_from(value: Any) -> Decimal:
    return Decimal(str(value))


SETTINGS_CHOICES = (
    Choice(
        name="client_basis",
        label="Who counts as a client",
        meaning="Retention, churn and workload count clients. Either those with recurring revenue, or also those "
        "with an open project and for 90 days after its end.",
        default=AgencySettings.ClientBasis.RECURRING,
        what_changes="With any work, project clients enter every count of clients. Revenue figures stay the same.",
        kpis=_CLIENTS,
        field=_basis,
        words=lambda value: _BASES[value],
    ),
    Choice(
        name="max_pause_days",
        label="Longest pause",
        meaning="A client whose contract is paused is kept for so many days, and counts as lost on the day after.",
        default=180,
        what_changes="A shorter pause turns long pauses into churn sooner, and a return after it into a reactivation.",
        kpis=_CLIENTS + _PAUSES,
        field=_days_or_none,
        hint="In days.",
        words=_day_words,
    ),
    Choice(
        name="gross_margin",
        label="Gross margin",
        meaning="The share of revenue that is left after the cost of doing the work. At 100% the lifetime value is "
        "the revenue of a client, not what is earned.",
        default=Decimal(1),
        what_changes="The lifetime value is multiplied by it.",
        kpis=("clv",),
        field=_margin,
        words=lambda value: f"{plain(value * HUNDRED)}%",
        hint="In percent, above 0 and at most 100.",
        to_json=lambda value: plain(Decimal(value)),
        from_json=_margin_from,
    ),
    Choice(
        name="service_margins",
        label="Gross margin by service",
        meaning="Where a service keeps more or less of its revenue than others, as bought media does, its own margin "
        "goes before the agency's.",
        default={},
        what_changes="The lifetime value of clients moves with the services that they take.",
        kpis=("clv",),
        field=margins_field,
        words=margin_words,
        names=list_service_names,
        hint="In percent, from 0 to 100. A service that is left empty has the agency's gross margin.",
    ),
    Choice(
        name="clv_window_months",
        label="Months of churn in the lifetime value",
        meaning="Churn of so many months is pooled, since an agency of a few dozen clients loses few in any one month.",
        default=12,
        what_changes="Fewer months follow the present faster and jump about more.",
        kpis=("clv",),
        field=_months,
        hint="In months.",
        words=_month_words,
    ),
    Choice(
        name="include_one_off",
        label="One-off projects",
        meaning="Whether the share of clients that bought a project beside what they pay every month is counted. A "
        "project counts on the day on which it begins, if it has a price.",
        default=False,
        what_changes="Counted, the scorecard has one KPI more. Recurring revenue and its rates stay the same.",
        kpis=("project_cross_sell_rate",),
        field=_one_off,
        words=lambda value: "Counted" if value else "Left out",
    ),
    Choice(
        name="proposal_expiry_days",
        label="Days until a proposal expires",
        meaning="A proposal that nobody answered for so long counts as decided and not won, so that silence cannot "
        "flatter the conversion rate.",
        default=90,
        what_changes="Fewer days move silent proposals into the rate sooner.",
        kpis=("proposal_conversion_rate", "proposal_conversion_value_rate"),
        field=_days,
        hint="In days.",
        words=_day_words,
    ),
    Choice(
        name="reply_hours",
        label="Reply promised within",
        meaning="How many business hours a client may wait for a reply. It holds for clients of the default policy and for "
        "those without one; a policy of a client's own goes before. Without a policy it is 4 hours round the clock.",
        default=None,
        what_changes="Fewer hours make more replies late. The times themselves, such as the median, stay the same.",
        kpis=("sla_attainment", "sla_breached", "sla_pending"),
        field=_reply_hours,
        hint="In business hours; leave it empty for what the default policy says.",
        words=_hour_words,
        to_json=lambda value: None if value is None else plain(value),
        from_json=_hours_from,
    ),
    Choice(
        name="cadence",
        label="Conversations a month",
        meaning="How many conversations a client should have in a month: from enough to the most that are not too many. "
        "A tier or a segment may have its own; a tier's goes first. The alert about too few conversations follows it.",
        default={},
        what_changes="More of them make fewer months count as covered. The number of conversations stays the same.",
        kpis=("touchpoint_coverage",),
        field=cadence_field,
        words=cadence_words,
        hint="From and to, in conversations a month. A line that is left empty is as all others.",
    ),
    Choice(
        name="tier_weights",
        label="Weight of a client in the load",
        meaning="An account manager's load counts clients. Where clients of one tier are more work than those of "
        "another, a second figure adds up what they weigh; a client without a weight of its own weighs 1.",
        default={},
        what_changes="With a weight for any tier, the scorecard has one KPI more. The count of clients stays the same.",
        kpis=("weighted_load",),
        field=weights_field,
        words=weight_words,
        hint="From 0 to 100; 2 is as much work as two clients. A tier that is left empty weighs 1.",
    ),
    Choice(
        name="fcr_window_days",
        label="Days without a new request on the topic",
        meaning="A request counts as solved at first contact only if the client asks nothing new on its topic for so "
        "many days. Until they have passed, a fresh month is provisional.",
        default=7,
        what_changes="More days make first contact resolution stricter, and a month final later.",
        kpis=("fcr",),
        field=_days_or_none,
        hint="In days.",
        words=_day_words,
    ),
    Choice(
        name="csat_satisfied_scores",
        label="Scores that count as satisfied",
        meaning="Which answers to a satisfaction survey are good ones. Left empty: the best score of a scale with 2 or 3 "
        "steps, the two best of 4 to 7 steps, the three best of more.",
        default=None,
        what_changes="A list such as 4, 5 holds for each scale that has all of these scores and ends at one of them; "
        "the others keep the usual rule.",
        kpis=("csat",),
        field=_scores,
        words=_score_words,
        hint="Whole numbers with commas, such as 4, 5; leave it empty for the usual rule.",
    ),
    Choice(
        name="fiscal_year_start_month",
        label="First month of the fiscal year",
        meaning="Where quarters and years begin.",
        default=1,
        what_changes="Quarters and years are cut elsewhere. No month's number changes.",
        kpis=(),
        field=_month,
        words=lambda value: month_name[value],
    ),
)
