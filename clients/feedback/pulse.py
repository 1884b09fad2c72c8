"""How long an account manager's confidence in a client holds. Pure."""

from datetime import date, timedelta

PULSE_DAYS = 90
# A 1 or a 10 is a strong word: it is asked for again sooner.
EXTREME_PULSE_DAYS = 30
SCALE = (1, 10)
SAFE_FROM = 7


def expires_on(*, score: int, given_on: date, scale: tuple[int, int] = SCALE) -> date:
    """The first day on which the answer no longer counts."""
    return given_on + timedelta(days=EXTREME_PULSE_DAYS if score in scale else PULSE_DAYS)
