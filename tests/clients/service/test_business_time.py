from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from clients.service.business_time import (
    BadCalendar,
    Calendar,
    NoOpening,
    add_business_seconds,
    business_microseconds,
    business_seconds,
)

HOUR = 3600


def weekdays(*windows, zone="UTC", **more):
    return {
        "time_zone": zone,
        "hours": {day: list(windows) for day in ("mon", "tue", "wed", "thu", "fri")},
        **more,
    }


NINE_TO_FIVE = weekdays(["09:00", "17:00"])
TEN_TO_SIX = weekdays(["10:00", "18:00"])
SPECIAL = {
    "time_zone": "UTC",
    "hours": {"mon": [["08:00", "18:00"]], "tue": [["08:00", "18:00"]]},
    "special_days": {"2014-04-07": [["10:00", "12:00"], ["14:00", "17:00"]]},
}
UNEVEN_WEEK = {
    "time_zone": "UTC",
    "hours": {
        "mon": [["09:00", "17:00"]],
        "tue": [["10:00", "16:00"]],
        "wed": [["09:00", "17:00"]],
        "thu": [["10:00", "16:00"]],
        "fri": [["09:00", "17:00"]],
        "sat": [["11:00", "14:30"]],
    },
    "breaks_not_in_span": True,
}


def at(text):
    return datetime.fromisoformat(text)


def seconds_between(spec, start, end):
    return business_seconds(Calendar.from_spec(spec), at(start), at(end))


# Published examples of zendesk/biz (BH-001, 004) and working_hours (BH-007 to 022).
@pytest.mark.parametrize(
    ("spec", "start", "end", "seconds"),
    [
        pytest.param(UNEVEN_WEEK, "2006-01-05T12:00:00Z", "2006-01-06T12:00:00Z", 25200, id="BH-001"),
        pytest.param(
            {"time_zone": "Africa/Abidjan", "hours": {"sun": [["11:00", "12:00"]]}},
            "2006-01-01T11:30:00Z",
            "2006-01-08T11:30:00Z",
            3600,
            id="BH-004",
        ),
        pytest.param(NINE_TO_FIVE, "2014-04-07T07:00:00Z", "2014-04-07T20:00:00Z", 28800, id="BH-007"),
        pytest.param(
            {"time_zone": "UTC", "hours": {"mon": [["07:00", "12:00"], ["13:00", "18:00"]]}},
            "2014-04-07T11:59:00Z",
            "2014-04-07T13:01:00Z",
            120,
            id="BH-010",
        ),
        pytest.param(
            {"time_zone": "Europe/Paris", "hours": {"sun": [["08:00", "21:00"]]}},
            "2020-03-29T01:00:00Z",
            "2020-03-30T00:00:00Z",
            46800,
            id="BH-013",
        ),
        pytest.param(SPECIAL, "2014-04-07T13:00:00Z", "2014-04-07T13:30:00Z", 0, id="BH-019"),
        pytest.param(SPECIAL, "2014-04-07T09:00:00Z", "2014-04-07T14:00:00Z", 7200, id="BH-022"),
    ],
)
def test_business_seconds_of_published_examples(spec, start, end, seconds):
    assert seconds_between(spec, start, end) == seconds


# Published examples of Django-CRM (DUE-001 to 007), Frappe Helpdesk (010 to 016) and SwitchLabs (019).
@pytest.mark.parametrize(
    ("spec", "start", "hours", "due"),
    [
        pytest.param(NINE_TO_FIVE, "2026-05-11T10:00:00Z", 4, "2026-05-11T14:00:00Z", id="DUE-001"),
        pytest.param(NINE_TO_FIVE, "2026-05-11T19:00:00Z", 1, "2026-05-12T10:00:00Z", id="DUE-004"),
        pytest.param(
            weekdays(["09:00", "17:00"], holidays=["2026-05-11"]),
            "2026-05-11T10:00:00Z",
            4,
            "2026-05-12T13:00:00Z",
            id="DUE-007",
        ),
        pytest.param(TEN_TO_SIX, "2026-03-02T08:00:00Z", 1, "2026-03-02T11:00:00Z", id="DUE-010"),
        pytest.param(TEN_TO_SIX, "2026-03-07T15:00:00Z", 24, "2026-03-11T18:00:00Z", id="DUE-013"),
        pytest.param(TEN_TO_SIX, "2026-03-06T19:00:00Z", 1, "2026-03-09T11:00:00Z", id="DUE-016"),
        pytest.param(NINE_TO_FIVE, "2026-03-05T15:00:00Z", 4, "2026-03-06T11:00:00Z", id="DUE-019"),
    ],
)
def test_add_business_seconds_of_published_examples(spec, start, hours, due):
    assert add_business_seconds(Calendar.from_spec(spec), at(start), hours * HOUR) == at(due)


@pytest.mark.parametrize(
    ("spec", "start", "end", "hours"),
    [
        pytest.param(
            weekdays(["00:00", "24:00"]),
            "2026-05-08T12:00Z",
            "2026-05-11T06:00Z",
            18,
            id="24:00 closes the day",
        ),
        pytest.param(
            weekdays(["00:00", "24:00"]), "2026-05-04T00:00Z", "2026-05-11T00:00Z", 120, id="whole week"
        ),
        pytest.param(
            {"time_zone": "UTC", "hours": {"mon": [["22:00", "06:00"]]}},
            "2026-05-11T00:00Z",
            "2026-05-13T00:00Z",
            8,
            id="past midnight",
        ),
        pytest.param(
            {"time_zone": "UTC", "hours": {"thu": [["22:00", "06:00"]]}},
            "2026-01-01T00:00Z",
            "2026-01-02T04:00Z",
            6,
            id="past midnight into a year's second day",
        ),
        pytest.param(
            {"time_zone": "UTC", "hours": {"wed": [["22:00", "06:00"]]}},
            "2025-12-31T23:00Z",
            "2026-01-01T12:00Z",
            7,
            id="past midnight of New Year",
        ),
        pytest.param(
            {"time_zone": "UTC", "hours": {"wed": [["18:00", "08:00"]], "thu": [["06:00", "12:00"]]}},
            "2025-12-31T12:00Z",
            "2026-01-02T00:00Z",
            18,
            id="a shift that runs into the next year's window counts once",
        ),
        pytest.param(
            {"time_zone": "UTC", "hours": {"mon": [["22:00", "06:00"]]}, "holidays": ["2026-05-12"]},
            "2026-05-11T00:00Z",
            "2026-05-13T00:00Z",
            8,
            id="a shift of the eve runs into the holiday",
        ),
        pytest.param(
            {"time_zone": "UTC", "hours": {"mon": [["22:00", "06:00"]]}, "holidays": ["2026-05-11"]},
            "2026-05-11T00:00Z",
            "2026-05-13T00:00Z",
            0,
            id="no shift opens on a holiday",
        ),
        pytest.param(
            weekdays(
                ["09:00", "17:00"], holidays=["2026-05-11"], special_days={"2026-05-11": [["10:00", "12:00"]]}
            ),
            "2026-05-11T00:00Z",
            "2026-05-12T00:00Z",
            2,
            id="own hours override a holiday",
        ),
        pytest.param(
            weekdays(["09:00", "17:00"], special_days={"2026-05-11": []}),
            "2026-05-11T00:00Z",
            "2026-05-12T00:00Z",
            0,
            id="a special day without windows is closed",
        ),
        pytest.param(
            weekdays(["09:00", "13:00"], ["12:00", "17:00"]),
            "2026-05-11T00:00Z",
            "2026-05-12T00:00Z",
            8,
            id="overlapping windows count once",
        ),
        pytest.param(NINE_TO_FIVE, "2026-05-11T12:00Z", "2026-05-11T10:00Z", 0, id="reply before request"),
        pytest.param(
            NINE_TO_FIVE, "2023-01-01T00:00Z", "2026-01-01T00:00Z", 8 * (260 + 262 + 261), id="three years"
        ),
    ],
)
def test_business_seconds_of_unusual_days(spec, start, end, hours):
    assert seconds_between(spec, start, end) == hours * HOUR


PARIS_SUNDAY = {"time_zone": "Europe/Paris", "hours": {"sun": [["00:00", "24:00"]]}}


@pytest.mark.parametrize(
    ("windows", "start", "end", "hours"),
    [
        pytest.param([["00:00", "24:00"]], "2020-03-28T12:00Z", "2020-03-30T12:00Z", 23, id="23-hour Sunday"),
        pytest.param([["00:00", "24:00"]], "2020-10-24T12:00Z", "2020-10-26T12:00Z", 25, id="25-hour Sunday"),
        pytest.param(
            [["02:00", "03:00"]], "2020-03-28T12:00Z", "2020-03-30T12:00Z", 0, id="the skipped hour"
        ),
        pytest.param(
            [["02:15", "02:45"]], "2020-03-28T12:00Z", "2020-03-30T12:00Z", 0, id="inside the skipped hour"
        ),
        pytest.param(
            [["02:30", "04:00"]], "2020-03-28T12:00Z", "2020-03-30T12:00Z", 1, id="opens in the skipped hour"
        ),
        pytest.param(
            [["01:00", "02:30"]], "2020-03-28T12:00Z", "2020-03-30T12:00Z", 1, id="closes in the skipped hour"
        ),
        pytest.param(
            [["02:00", "03:00"]], "2020-10-24T12:00Z", "2020-10-26T12:00Z", 2, id="the repeated hour"
        ),
        pytest.param(
            [["01:00", "02:30"]],
            "2020-10-24T12:00Z",
            "2020-10-26T12:00Z",
            1.5,
            id="closes at its first showing",
        ),
    ],
)
def test_business_seconds_across_a_clock_change(windows, start, end, hours):
    spec = {"time_zone": "Europe/Paris", "hours": {"sun": windows}}

    assert seconds_between(spec, start, end) == hours * HOUR


def test_business_seconds_without_a_calendar_is_elapsed_time_over_a_clock_change():
    paris = ZoneInfo("Europe/Paris")

    assert (
        business_seconds(None, datetime(2020, 3, 29, tzinfo=paris), datetime(2020, 3, 30, tzinfo=paris))
        == 23 * HOUR
    )


def test_business_seconds_of_one_zone_are_elapsed_and_not_wall_clock():
    paris = ZoneInfo("Europe/Paris")
    calendar = Calendar.from_spec(PARIS_SUNDAY)

    assert (
        business_seconds(calendar, datetime(2020, 10, 25, tzinfo=paris), datetime(2020, 10, 26, tzinfo=paris))
        == 90000
    )


def test_business_seconds_keep_microseconds():
    calendar = Calendar.from_spec(NINE_TO_FIVE)
    start, end = at("2026-05-11T10:00:00.250000Z"), at("2026-05-11T10:00:01.750001Z")

    assert business_microseconds(calendar, start, end) == 1_500_001
    assert business_seconds(calendar, start, end) == 1.500001


def test_business_seconds_are_whole_numbers_when_the_seconds_are_whole():
    assert repr(seconds_between(NINE_TO_FIVE, "2026-05-11T10:00Z", "2026-05-11T10:01Z")) == "60"


def test_add_business_seconds_without_a_calendar_adds_elapsed_seconds():
    assert add_business_seconds(None, at("2026-05-11T19:00:00+02:00"), 4 * HOUR) == at("2026-05-11T21:00:00Z")


def test_add_business_seconds_answers_in_utc():
    due = add_business_seconds(Calendar.from_spec(NINE_TO_FIVE), at("2026-05-11T12:00:00+02:00"), 60)

    assert (due.tzinfo, due.isoformat()) == (UTC, "2026-05-11T10:01:00+00:00")


def test_add_zero_business_seconds_is_the_start_even_when_closed():
    night = at("2026-05-11T23:00:00Z")

    assert add_business_seconds(Calendar.from_spec(NINE_TO_FIVE), night, 0) == night


def test_add_business_seconds_takes_decimal_seconds():
    due = add_business_seconds(
        Calendar.from_spec(NINE_TO_FIVE), at("2026-05-11T10:00Z"), Decimal("0.5") * HOUR
    )

    assert due == at("2026-05-11T10:30:00Z")


def test_add_business_seconds_crosses_years():
    calendar = Calendar.from_spec(weekdays(["09:00", "17:00"], holidays=["2026-01-01"]))

    assert add_business_seconds(calendar, at("2025-12-31T16:00Z"), 2 * HOUR) == at("2026-01-02T10:00:00Z")


def test_add_business_seconds_to_a_calendar_without_hours_ends():
    calendar = Calendar.from_spec({"time_zone": "UTC", "hours": {}})

    with pytest.raises(NoOpening, match="no opening hours in the two years after 2026-05-11"):
        add_business_seconds(calendar, at("2026-05-11T10:00Z"), 60)


def test_add_business_seconds_ends_when_the_last_special_day_is_used_up():
    calendar = Calendar.from_spec({"time_zone": "UTC", "special_days": {"2026-05-11": [["09:00", "12:00"]]}})

    assert add_business_seconds(calendar, at("2026-05-11T10:00Z"), 2 * HOUR) == at("2026-05-11T12:00Z")
    with pytest.raises(NoOpening):
        add_business_seconds(calendar, at("2026-05-11T10:00Z"), 2 * HOUR + 1)


def test_add_negative_business_seconds_is_refused():
    with pytest.raises(ValueError, match="-1 seconds cannot be added"):
        add_business_seconds(None, at("2026-05-11T10:00Z"), -1)


def test_naive_datetimes_are_refused():
    with pytest.raises(ValueError, match="has no time zone"):
        business_seconds(None, at("2026-05-11T10:00"), at("2026-05-11T10:00Z"))


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ([], "A calendar must be an object with time_zone and hours."),
        ({"hours": {}}, "time_zone: an IANA time zone such as Europe/London is missing."),
        ({"time_zone": "Europe/Lundon"}, "time_zone: 'Europe/Lundon' is not an IANA time zone."),
        ({"time_zone": "Europe"}, "time_zone: 'Europe' is not an IANA time zone."),
        ({"time_zone": "../etc/passwd"}, "time_zone: '../etc/passwd' is not an IANA time zone."),
        ({"time_zone": "UTC", "hours": []}, "hours: must be an object of windows, not []."),
        (
            {"time_zone": "UTC", "hours": {"monday": []}},
            "hours: 'monday' is not a weekday; use mon, tue, wed, thu, fri, sat or sun.",
        ),
        ({"time_zone": "UTC", "hours": {"mon": "09:00"}}, "hours.mon: must be a list, not '09:00'."),
        (
            {"time_zone": "UTC", "hours": {"mon": [["09:00"]]}},
            'hours.mon[0]: a window is an opening and a closing time like ["09:00", "17:00"], '
            "not ['09:00'].",
        ),
        (
            {"time_zone": "UTC", "hours": {"mon": [["09:00", "12:00"], ["13:00", "25:00"]]}},
            "hours.mon[1]: '25:00' is not a time of day between 00:00 and 24:00.",
        ),
        (
            {"time_zone": "UTC", "hours": {"mon": [["09:60", "12:00"]]}},
            "hours.mon[0]: '09:60' is not a time of day between 00:00 and 24:00.",
        ),
        (
            {"time_zone": "UTC", "hours": {"mon": [[9, 12]]}},
            "hours.mon[0]: 9 is not a time of day between 00:00 and 24:00.",
        ),
        (
            {"time_zone": "UTC", "hours": {"mon": [["24:00", "12:00"]]}},
            "hours.mon[0]: a window cannot open at 24:00; use 00:00 of the next day.",
        ),
        (
            {"time_zone": "UTC", "hours": {"mon": [["09:00", "09:00"]]}},
            "hours.mon[0]: the window opens and closes at 09:00; a whole day is 00:00 to 24:00.",
        ),
        (
            {"time_zone": "UTC", "holidays": ["2026-02-30"]},
            "holidays: '2026-02-30' is not a date like 2026-12-25.",
        ),
        ({"time_zone": "UTC", "holidays": [7]}, "holidays: 7 is not a date like 2026-12-25."),
        (
            {"time_zone": "UTC", "special_days": {"May": []}},
            "special_days: 'May' is not a date like 2026-12-25.",
        ),
        (
            {"time_zone": "UTC", "special_days": {"2026-05-11": [["09:00", "x"]]}},
            "special_days.2026-05-11[0]: 'x' is not a time of day between 00:00 and 24:00.",
        ),
    ],
)
def test_a_bad_calendar_names_the_place(spec, message):
    with pytest.raises(BadCalendar) as caught:
        Calendar.from_spec(spec)

    assert str(caught.value) == message
