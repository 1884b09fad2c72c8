"""From numbers to places on the drawing, and how many labels fit there.

Values stay Decimal up to the last step, so that ticks are exact and neither huge nor tiny amounts overflow;
only the resulting position is a float.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from unicodedata import east_asian_width

TICK_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
# Widths of Inter in parts of the font size, rounded up: a label may end early, never run over.
NARROW_LETTERS = frozenset("iljtfrI.,:;|!'()[]/ \u00a0")
WIDE_LETTERS = frozenset("mwMWQO@%&€—…")


@dataclass(frozen=True)
class Scale:
    """Maps low..high to start..end in drawing units; values outside land on the nearer end."""

    low: Decimal
    high: Decimal
    start: float
    end: float

    def __call__(self, value: Decimal) -> float:
        part = float((value - self.low) / (self.high - self.low))
        return self.start + (self.end - self.start) * min(max(part, 0.0), 1.0)


@dataclass(frozen=True)
class Axis:
    """Round values, evenly spaced, that enclose the data."""

    ticks: tuple[Decimal, ...]

    @property
    def low(self) -> Decimal:
        return self.ticks[0]

    @property
    def high(self) -> Decimal:
        return self.ticks[-1]

    def scale(self, start: float, end: float) -> Scale:
        return Scale(self.low, self.high, start, end)


def axis(
    values: Iterable[Decimal], *, count: int = 4, is_whole: bool = False, from_zero: bool = True
) -> Axis:
    """An axis of about `count` steps around the values. Raises ValueError for infinity and not-a-number."""
    known = list(values)
    if not all(value.is_finite() for value in known):
        raise ValueError("a chart draws finite numbers only")
    if from_zero or not known:
        known.append(Decimal(0))
    low, high = min(known), max(known)
    # Closer than this they are one value, and the steps between them would have no digits left.
    if high - low <= max(abs(low), abs(high)) * Decimal("1e-12"):
        padding = abs(high) / 10 or Decimal(1)
        low, high = (low, padding) if high == 0 else (low - padding, high + padding)
    step = _step((high - low) / count, is_whole)
    first = (low / step).to_integral_value(ROUND_FLOOR)
    last = (high / step).to_integral_value(ROUND_CEILING)
    return Axis(tuple(step * (first + index) for index in range(int(last - first) + 1)))


def _step(rough: Decimal, is_whole: bool) -> Decimal:
    if is_whole and rough <= 1:
        return Decimal(1)
    magnitude = Decimal(1).scaleb(rough.adjusted())
    steps = (step * magnitude for step in TICK_STEPS)
    return next(
        step for step in steps if step >= rough and (not is_whole or step == step.to_integral_value())
    )


def text_width(text: str, size: float = 12) -> float:
    """Estimated width of a text in drawing units; the server has no font to measure with."""
    return size * sum(_letter_width(letter) for letter in text)


def _letter_width(letter: str) -> float:
    if letter in NARROW_LETTERS:
        return 0.36
    if letter in WIDE_LETTERS:
        return 0.92
    # A control character is drawn as the wider replacement character.
    if letter.isascii() and letter.isprintable() and not letter.isupper():
        return 0.62
    return 1.05 if east_asian_width(letter) in "WF" else 0.72


def ellipsised(text: str, room: float, size: float = 12) -> str:
    """The text, or as much of it as fits, ending in an ellipsis."""
    text = " ".join(text.split())
    if text_width(text, size) <= room:
        return text
    used, kept = text_width("…", size), 0
    while (used := used + _letter_width(text[kept]) * size) <= room:
        kept += 1
    return text[:kept].rstrip() + "…"


def wrapped(text: str, room: float, size: float = 12) -> list[str]:
    """The text on one line or two, broken between words, each line ellipsised to the room."""
    words = text.split()
    first: list[str] = []
    while words and (not first or text_width(" ".join([*first, words[0]]), size) <= room):
        first.append(words.pop(0))
    lines = [" ".join(first), " ".join(words)] if words else [" ".join(first)]
    return [ellipsised(line, room, size) for line in lines]


def thinned(labels: Sequence[str], slot: float, *, most: float = 90, size: float = 12) -> dict[int, str]:
    """Which labels of evenly spaced points to write, by index: every second, third, … so that none touch.

    Counted from the end, because the last period is the one people look for.
    """
    if not labels:
        return {}
    widest = min(most, max(text_width(label, size) for label in labels)) + 8
    every = max(1, -int(-widest // slot))
    last = len(labels) - 1
    return {index: ellipsised(labels[index], most, size) for index in range(last % every, last + 1, every)}
