"""What a number of a closed month carries beside it: what was reported, and whether it is another one now."""

from dataclasses import dataclass

from kpis.frozen.models import FrozenFigure, FrozenMonth, Restatement

# A freeze this long after the month began is told with its year.
_USUAL_DAYS = 90


@dataclass(frozen=True)
class Mark:
    """The reported figure of a KPI in a slice of a closed month, and its latest restatement if there is any.

    `frozen` is the number of record; None where the slice did not exist in the report. It never changes.
    """

    month: FrozenMonth
    frozen: FrozenFigure | None
    restatement: Restatement | None

    @property
    def is_restated(self) -> bool:
        """Whether the number is another one now than what was reported."""
        return self.restatement is not None and self.restatement.is_other_figure

    @property
    def has_other_rows(self) -> bool:
        """Whether the number is the same, but of other rows."""
        latest = self.restatement
        return latest is not None and not latest.is_back and not latest.is_other_figure

    @property
    def reported(self) -> str:
        """The number of record as people read it."""
        return self.frozen.display if self.frozen else "–"

    @property
    def now(self) -> str:
        """What the number would be today, as people read it."""
        return self.restatement.new_display if self.restatement else self.reported

    @property
    def short(self) -> str:
        """A few words beside what was reported; nothing for a number that is as it was."""
        if not self.is_restated:
            return ""
        if self.frozen is None:
            return f"Not in the report of {reported_on(self.month)}"
        return "Restated, rounded the same" if self.reported == self.now else f"Restated, now {self.now}"

    @property
    def words(self) -> str:
        """One sentence: reported, restated, or back to what was reported."""
        day, latest = reported_on(self.month), self.restatement
        if latest is None:
            return f"Reported on {day}"
        if latest.is_back:
            return f"Back to {self.reported}, as reported on {day}"
        if self.has_other_rows:
            return f"As reported on {day}, but of other rows"
        if self.frozen is None:
            return f"Restated: not in the report of {day}, now {self.now}"
        if latest.old_value == latest.new_value:
            return f"Restated: still {self.reported} as reported on {day}, but of other figures"
        if self.reported == self.now:
            return f"Restated beyond the decimals shown: {self.reported} as reported on {day}"
        return f"Restated: reported {self.reported} on {day}, now {self.now}{self._why}"

    @property
    def _why(self) -> str:
        is_matured = self.restatement is not None and self.restatement.is_matured
        return " (what came later counts; nothing was corrected)" if is_matured else ""


def reported_on(month: FrozenMonth) -> str:
    """The day of the freeze for people: 7 Oct, with the year where it is not obvious."""
    day = month.frozen_on
    is_late = (day - month.starts_on).days > _USUAL_DAYS
    return f"{day.day} {day:%b %Y}" if is_late else f"{day.day} {day:%b}"
