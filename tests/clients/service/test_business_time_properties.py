"""Properties that hold for every calendar, start and length."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from clients.service.business_time import (
    WEEKDAYS,
    Calendar,
    NoOpening,
    add_business_seconds,
    business_microseconds,
    business_seconds,
)

ZONES = (
    "UTC",
    "Europe/Paris",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/Santiago",
)
CLOCKS = [f"{minutes // 60:02d}:{minutes % 60:02d}" for minutes in range(0, 1440, 15)]

windows = st.lists(
    st.tuples(st.sampled_from(CLOCKS), st.sampled_from([*CLOCKS, "24:00"])).filter(
        lambda pair: pair[0] != pair[1]
    ),
    max_size=3,
)
days = st.dates(date(2023, 1, 1), date(2026, 12, 31)).map(date.isoformat)
specs = st.fixed_dictionaries(
    {
        "time_zone": st.sampled_from(ZONES),
        "hours": st.dictionaries(st.sampled_from(WEEKDAYS), windows),
        "holidays": st.lists(days, max_size=3),
        "special_days": st.dictionaries(days, windows, max_size=3),
    }
)
calendars = st.none() | specs.map(Calendar.from_spec)
FIRST = datetime(2023, 1, 1, tzinfo=UTC)
moments = st.integers(0, 4 * 365 * 86_400 * 1_000_000).map(lambda step: FIRST + timedelta(microseconds=step))
seconds = st.integers(0, 60 * 24 * 3600)


@given(calendars, moments, seconds)
def test_due_time_and_business_seconds_are_inverse(calendar, start, needed):
    try:
        due = add_business_seconds(calendar, start, needed)
    except NoOpening:
        assert business_seconds(calendar, start, start + timedelta(days=730)) < needed
    else:
        assert business_seconds(calendar, start, due) == needed
        assert (
            needed == 0
            or business_microseconds(calendar, start, due - timedelta(microseconds=1)) < needed * 1_000_000
        )


@given(calendars, st.lists(moments, min_size=3, max_size=3))
def test_business_time_is_additive_over_a_split(calendar, instants):
    start, split, end = sorted(instants)

    parts = business_microseconds(calendar, start, split) + business_microseconds(calendar, split, end)

    assert parts == business_microseconds(calendar, start, end)


@given(calendars, moments, moments, st.integers(0, 10**9))
def test_business_time_never_shrinks_and_never_beats_the_clock(calendar, start, end, longer):
    shorter = business_microseconds(calendar, start, end)

    assert 0 <= shorter <= max((end - start) // timedelta(microseconds=1), 0)
    assert shorter <= business_microseconds(calendar, start, end + timedelta(microseconds=longer))


@given(specs, moments, st.timedeltas(timedelta(0), timedelta(days=20)), st.integers(1, 30))
def test_whole_week_shifts_leave_business_time_unchanged_without_clock_changes(spec, start, length, weeks):
    calendar = Calendar.from_spec({"time_zone": "Asia/Kathmandu", "hours": spec["hours"]})
    shift = timedelta(weeks=weeks)

    moved = business_microseconds(calendar, start + shift, start + length + shift)

    assert moved == business_microseconds(calendar, start, start + length)


@given(
    specs,
    st.dates(date(2024, 6, 3), date(2024, 7, 1)),
    st.times(),
    st.integers(0, 20 * 86400),
    st.integers(1, 7),
)
def test_whole_week_shifts_inside_one_offset_leave_business_time_unchanged(spec, day, clock, length, weeks):
    # June to mid-September knows no clock change in any of the zones.
    calendar = Calendar.from_spec({"time_zone": spec["time_zone"], "hours": spec["hours"]})
    start = datetime.combine(day, clock, UTC)
    end = start + timedelta(seconds=length)
    shift = timedelta(weeks=weeks)

    moved = business_microseconds(calendar, start + shift, end + shift)

    assert moved == business_microseconds(calendar, start, end)


@given(specs, moments, st.integers(0, 3 * 86400))
def test_business_time_agrees_with_counting_open_quarter_hours(spec, start, length):
    # Offsets and windows are multiples of 15 minutes here: a quarter hour is open or closed as a whole.
    start = start.replace(minute=start.minute // 15 * 15, second=0, microsecond=0)
    calendar = Calendar.from_spec(spec)
    quarters = [start + timedelta(minutes=15 * step) for step in range(length // 900)]

    counted = 900 * sum(is_open(spec, calendar.zone, quarter) for quarter in quarters)

    assert business_seconds(calendar, start, start + timedelta(minutes=15 * len(quarters))) == counted


def is_open(spec, zone, moment):
    """Whether a window of this or the day before covers the moment, by looking at the wall clock."""
    local = moment.astimezone(zone)
    return any(covers(spec, zone, local.date() - timedelta(days=back), moment) for back in (0, 1))


def covers(spec, zone, day, moment):
    key = day.isoformat()
    ordinary = [] if key in spec["holidays"] else spec["hours"].get(WEEKDAYS[day.weekday()], [])
    for opens, closes in spec["special_days"].get(key, ordinary):
        last = day + timedelta(days=1) if closes == "24:00" or closes <= opens else day
        if wall(day, opens, zone) <= moment < wall(last, closes.replace("24:00", "00:00"), zone):
            return True
    return False


def wall(day, clock, zone):
    """The first instant at or after which the wall clock shows that time or later."""
    shown = datetime.combine(day, time.fromisoformat(clock))
    instant = shown.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == shown:
        return instant
    while (instant - timedelta(minutes=15)).astimezone(zone).replace(tzinfo=None) > shown:
        instant -= timedelta(minutes=15)
    return instant
