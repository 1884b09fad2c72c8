"""Invents an agency of the wanted size from a seed and writes it into the bound agency by COPY."""

from random import Random

from django.db import transaction

from accounts.models import AgencySettings
from bench.kpis.commerce import Commerce
from bench.kpis.copying import Rows, copy_in
from bench.kpis.desk import POLICIES, TIME_ZONE, Desk
from bench.kpis.feedback import Feedback, Growth
from bench.kpis.people import People
from bench.kpis.sizes import Sizes


def invent(sizes: Sizes) -> list[Rows]:
    """All rows, in an order in which they can be written. Equal sizes, seeds and days give equal rows."""
    dice = Random(sizes.seed)
    desk = Desk(sizes, dice)
    people = People(sizes, dice, policies=len(POLICIES))
    commerce = Commerce(sizes, dice, people)
    desk.talk(people)
    feedback = Feedback(sizes, dice, people, desk)
    growth = Growth(sizes, dice, people, desk)
    hours = [desk.calendars, desk.policies]
    return [*hours, *people.tables, *commerce.tables, *desk.tables, *feedback.tables, *growth.tables]


@transaction.atomic
def generate(sizes: Sizes) -> dict[str, int]:
    """Fill an agency that has no rows yet. Returns how many by table."""
    AgencySettings.objects.update(time_zone=TIME_ZONE, currency="EUR")
    return copy_in(invent(sizes))
