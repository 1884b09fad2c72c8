"""What a reading says, in words: value, target, interval, change, sample."""

from dataclasses import dataclass
from decimal import Decimal

from agencyam.charts.formats import MINUS
from kpis.display import format_money_words, format_value
from kpis.formulas.definition import Definition, Display
from kpis.formulas.reasons import REASONS
from kpis.formulas.target import MINIMUM_SAMPLE, SMALL_SAMPLE
from kpis.reading import Reading


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one KPI in the agency's currency and locale."""

    definition: Definition
    currency: str
    locale: str

    def value(self, value: Decimal | None) -> str:
        return format_value(self.definition, value, currency=self.currency, locale=self.locale)

    def target(self, reading: Reading) -> str:
        """The target as it applies to the period, both edges of a band; nothing where none applies."""
        if reading.target is None:
            return ""
        low = self.value(reading.target)
        return low if reading.target_high is None else f"{low} to {self.value(reading.target_high)}"

    def interval(self, reading: Reading) -> str:
        """The 95% interval, or nothing."""
        if reading.ci_low is None or reading.ci_high is None:
            return ""
        return f"{self.value(reading.ci_low)} to {self.value(reading.ci_high)}"

    def reason(self, reading: Reading) -> str:
        """Why there is no value; nothing where there is one."""
        return REASONS.get(reading.reason, "")

    def change(self, difference: Decimal) -> str:
        """Signed, in the KPI's own unit; rates in percentage points."""
        size = self._size(abs(difference))
        is_nothing = not any(digit in size for digit in "123456789")
        sign = "±" if is_nothing else "+" if difference > 0 else MINUS
        return sign + size.replace("%", " pts")

    def _size(self, value: Decimal) -> str:
        """An amount of a change needs no cents."""
        if self.definition.display == Display.MONEY:
            return format_money_words(value, self.currency, self.locale, places=0)
        return self.value(value)

    def sample(self, reading: Reading) -> str:
        """Tiny below 5, where nothing is judged; small below 30; else nothing."""
        if not self.definition.is_sampled or not 0 < reading.n < SMALL_SAMPLE:
            return ""
        return "tiny" if reading.n < MINIMUM_SAMPLE else "small"
