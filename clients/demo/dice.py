"""Seeded chance. Each part of a book has a stream of its own: a change in one leaves the others alone."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from math import exp, log
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Draws that depend on nothing but the seed's text."""

    def __init__(self, *seed: object) -> None:
        self._seed = ":".join(str(part) for part in seed)
        self._random = random.Random(self._seed)  # noqa: S311 - invents people, guards nothing

    def stream(self, *name: object) -> "Dice":
        """An independent stream of draws under this seed."""
        return Dice(self._seed, *name)

    def chance(self, probability: float) -> bool:
        return self._random.random() < probability

    def pick(self, items: Sequence[T]) -> T:
        return items[int(self._random.random() * len(items))]

    def weighted(self, items: Sequence[tuple[T, float]]) -> T:
        """One of the items, each with its weight."""
        point = self._random.random() * sum(weight for _item, weight in items)
        for item, weight in items:
            point -= weight
            if point < 0:
                return item
        return items[-1][0]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        return [
            item
            for _key, _index, item in sorted((self._random.random(), n, item) for n, item in enumerate(items))
        ]

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self._random.random()

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self._random.random() * (high - low + 1))

    def normal(self, mean: float, deviation: float) -> float:
        return self._random.gauss(mean, deviation)

    def skewed(self, median: float, sigma: float) -> float:
        """Log-normal: half of the draws below the median, a long tail above."""
        return median * exp(self._random.gauss(0, sigma))

    def count(self, mean: float) -> int:
        """A Poisson count."""
        limit, product, drawn = exp(-mean), 1.0, -1
        while product > limit:
            product *= self._random.random()
            drawn += 1
        return drawn

    def waiting(self, mean: float) -> float:
        """An exponential waiting time."""
        return -mean * log(1 - self._random.random())

    def day(self, start: date, end: date) -> date:
        """A day of [start, end); start when that is empty."""
        return start + timedelta(days=int(self._random.random() * max((end - start).days, 0)))

    def workday(self, start: date, end: date) -> date:
        """A day from Monday to Friday in [start, end), or the first day when there is none."""
        day = self.day(start, end)
        while day.weekday() > 4 and day > start:
            day -= timedelta(days=1)
        return day
