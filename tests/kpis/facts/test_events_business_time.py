"""Business time in SQL is business time: to the microsecond, for every calendar."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AgencySettings
from clients.models import BusinessCalendar, SLAPolicy
from clients.service.business_time import Calendar, add_business_seconds, business_microseconds
from kpis.facts.events.promises import PROMISES, microseconds, promise_parameters, reached_at, worked_until

pytestmark = pytest.mark.usefixtures("agency")

ZONES = ("UTC", "Europe/London", "America/New_York", "Africa/Cairo", "Asia/Kathmandu")
START = datetime(2025, 12, 1, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOURS = Decimal("7.5")

_SQL = f"""
WITH {PROMISES}, moment AS (
  SELECT promise.*, {microseconds("%(came)s::timestamptz")} AS came, {microseconds("%(closed)s::timestamptz")} AS closed
  FROM promise WHERE policy = %(policy)s
), spent AS (SELECT *, {worked_until("came")} AS worked_before, {worked_until("closed")} AS worked_until FROM moment)
SELECT worked_until - worked_before, {reached_at("(worked_before + target)")} FROM spent
"""

clocks = st.builds("{:02d}:{:02d}".format, st.integers(0, 23), st.sampled_from((0, 30)))
ends = st.one_of(clocks, st.just("24:00"))
windows = st.lists(
    st.tuples(clocks, ends).filter(lambda window: window[0] != window[1]).map(list), max_size=2
)
specs = st.fixed_dictionaries(
    {
        "time_zone": st.sampled_from(ZONES),
        "hours": st.dictionaries(st.sampled_from(("mon", "tue", "wed", "thu", "fri", "sat", "sun")), windows),
        "holidays": st.lists(st.sampled_from(("2025-12-25", "2026-01-01", "2026-03-29")), max_size=2),
        "special_days": st.dictionaries(st.sampled_from(("2025-12-31", "2026-03-08")), windows, max_size=1),
    }
)
# From December to May, over New Year and the clock changes of spring.
instants = st.builds(
    lambda minutes, rest: START + timedelta(minutes=minutes, microseconds=rest),
    st.integers(0, 160 * 24 * 60),
    st.sampled_from((0, 0, 1, 999_999)),
)


def ask_database(policy: SLAPolicy, came: datetime, closed: datetime) -> tuple[int, int | None]:
    """Microseconds between the two, and the instant up to which a reply is in time."""
    with connection.cursor() as cursor:
        parameters = promise_parameters(came, closed, AgencySettings()) | {
            "came": came,
            "closed": closed,
            "policy": policy.pk,
        }
        cursor.execute(_SQL, parameters)
        return cursor.fetchone()


def policy_of(spec: dict | None) -> SLAPolicy:
    SLAPolicy.objects.all().delete()
    BusinessCalendar.objects.all().delete()
    calendar = None if spec is None else BusinessCalendar.objects.create(name="Hours", spec=spec)
    return SLAPolicy.objects.create(name="Promise", calendar=calendar, reply_hours=HOURS)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(st.none(), specs), st.lists(instants, min_size=2, max_size=2).map(sorted))
def test_time_worked_and_the_end_of_a_promise_are_those_of_the_calendar(spec, between):
    came, closed = between
    policy = policy_of(spec)
    calendar = None if spec is None else Calendar.from_spec(spec)

    elapsed, reached = ask_database(policy, came, closed)

    assert elapsed == business_microseconds(calendar, came, closed)
    if reached is None:
        assert not any(spec["hours"].values())
    else:
        end = EPOCH + timedelta(microseconds=reached)
        promised = int(HOURS * 3600 * 1_000_000)
        assert business_microseconds(calendar, came, end) == promised
        assert business_microseconds(calendar, came, end + timedelta(microseconds=1)) == promised + 1
        assert end >= add_business_seconds(calendar, came, HOURS * 3600)


def test_a_promise_that_the_calendar_never_reaches_has_no_end():
    policy = policy_of(
        {"time_zone": "UTC", "hours": {}, "special_days": {"2026-01-05": [["09:00", "16:30"]]}}
    )

    elapsed, reached = ask_database(policy, START, START + timedelta(days=60))

    assert elapsed == HOURS * 3600 * 1_000_000
    assert reached is None
