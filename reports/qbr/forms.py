from datetime import date
from typing import Any

from django import forms

from agencyam.periods import BadPeriod, Period, add_months, month_of, parse_period, quarter_of, within_reach

QUARTERS_BACK = 8


class PeriodForm(forms.Form):
    """Which period a review covers; the latest closed quarter unless changed."""

    period = forms.ChoiceField(label="Period")
    other = forms.CharField(
        label="Another period",
        required=False,
        max_length=40,
        help_text="For example 2026-03, 2026 or 2026-01-01..2026-02-15 (end exclusive). It replaces the choice above.",
    )

    def __init__(self, *args: Any, today: date, fiscal_year_start_month: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today, self._first_month = today, fiscal_year_start_month
        choices = list_periods(today=today, fiscal_year_start_month=fiscal_year_start_month)
        period = self.fields["period"]
        assert isinstance(period, forms.ChoiceField)
        period.choices = choices
        period.initial = choices[0][0]

    def clean(self) -> dict[str, Any]:
        """Adds `chosen`, the Period."""
        data = super().clean() or {}
        if self.errors:
            return data
        text = data["other"] or data["period"]
        try:
            chosen = parse_period(text, as_of=self._today, fiscal_year_start_month=self._first_month)
            data["chosen"] = within_reach(chosen)
        except BadPeriod as error:
            self.add_error("other", str(error))
        return data


class BatchForm(PeriodForm):
    """Which period, and whose clients."""

    whose = forms.ChoiceField(
        label="For which clients",
        choices=[("own", "My clients"), ("all", "All clients that I see")],
        initial="own",
        widget=forms.RadioSelect,
    )


def list_periods(*, today: date, fiscal_year_start_month: int) -> list[tuple[str, str]]:
    """Closed quarters, the latest first; then this quarter so far and the last closed month."""
    current = quarter_of(today, fiscal_year_start_month)
    choices, quarter = [], current
    for _ in range(QUARTERS_BACK):
        quarter = quarter.previous()
        choices.append((_text(quarter), quarter.label))
    month = month_of(add_months(today.replace(day=1), -1))
    return [*choices, (_text(current), f"{current.label} so far"), (_text(month), month.label)]


def _text(period: Period) -> str:
    return f"{period.start}..{period.end}"
