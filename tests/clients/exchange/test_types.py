import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.exchange import types
from clients.exchange.types import BadCell, neutralise, reveal

FIRST, LAST = datetime(1902, 1, 1), datetime(2197, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone
FORMULAS = (
    "=1+1",
    "+49 30 123",
    "-2 items",
    "@SUM(A1)",
    "\tx",
    "\r=x",
    "\n=x",
    "'=1",
    "''+1",
    "=cmd|' /C calc'!A0",
)


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_neutralised_and_comes_back_as_it_was(text):
    safe = neutralise(text)

    assert safe == f"'{text}"
    assert reveal(safe) == text


@pytest.mark.parametrize("text", ["", "plain", "'quoted'", "it's", "a=b", "1-2", "’=1"])
def test_a_text_that_is_no_formula_is_left_alone(text):
    assert neutralise(text) == text
    assert reveal(text) == text


@given(st.text())
def test_any_text_survives_neutralising(text):
    assert reveal(neutralise(text)) == text
    assert neutralise(text)[:1] not in tuple("=+-@\t\r\n")


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00")), min_size=2))
def test_any_text_survives_a_csv_file(texts):
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\r\n").writerow([neutralise(text) for text in texts])

    (row,) = csv.reader(io.StringIO(stream.getvalue(), newline=""), strict=True)

    assert [reveal(cell) for cell in row] == texts


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (types.Number(), " 12.50 ", Decimal("12.50")),
        (types.Number(), "-0.000001", Decimal("-0.000001")),
        (types.Number(), "1.5000000", Decimal("1.5")),
        (types.Whole(0, 10), "10", 10),
        (types.Flag(), "Yes", True),
        (types.Flag(), "0", False),
        (types.Day(), "2024-02-29", date(2024, 2, 29)),
        (types.Month(), "2026-03", date(2026, 3, 1)),
        (types.Instant(), "2026-03-05T09:30:00+01:00", datetime(2026, 3, 5, 8, 30, tzinfo=UTC)),
        (types.Instant(), "2026-03-05 09:30Z", datetime(2026, 3, 5, 9, 30, tzinfo=UTC)),
        (types.Currency(), "EUR", "EUR"),
        (types.Zone(), "Europe/Berlin", "Europe/Berlin"),
        (types.Choice(("one_off", "recurring")), "One-off", "one_off"),
        (types.Email(is_lowered=True), "Ann@Example.com", "ann@example.com"),
        (types.Tags(), "a; b;a;;c", ["a", "b", "c"]),
        (types.Ident(), " c1 ", "c1"),
        (types.Text(), "'=1+1", "=1+1"),
    ],
)
def test_a_good_cell_is_read(kind, text, value):
    assert kind.parse(text) == value


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        (types.Number(), "1,200.50", "has a thousands separator; write plain digits with a dot for decimals"),
        (
            types.Number(),
            "1.200.500",
            "has a thousands separator; write plain digits with a dot for decimals",
        ),
        (types.Number(), "1 200", "has a thousands separator; write plain digits with a dot for decimals"),
        (types.Number(), "12,5", "has a decimal comma; write a dot"),
        (types.Number(), "1e3", "is not a number; write plain digits with a dot for decimals"),
        (types.Number(), "NaN", "is not a number; write plain digits with a dot for decimals"),
        (types.Number(), "٣", "is not a number; write plain digits with a dot for decimals"),
        (types.Number(), "0.1234567", "has more than 6 decimals"),
        (types.Number(), "1" * 15, "has more than 14 digits before the dot"),
        (types.Number(Decimal(0)), "-1", "must be at least 0"),
        (types.Number(maximum=Decimal(1)), "1.01", "must be at most 1"),
        (types.Whole(0, 10), "1.5", "must be a whole number"),
        (types.Whole(0, 10), "11", "must be at most 10"),
        (types.Flag(), "maybe", "must be true or false"),
        (types.Day(), "2026-02-30", "is a date that does not exist"),
        (types.Day(), "2025-02-29", "is a date that does not exist"),
        (types.Day(), "30.01.2026", "is not a date; write YYYY-MM-DD"),
        (types.Day(), "0001-01-01", "is a date outside 1900 to 2199"),
        (types.Month(), "2026-13", "is a month that does not exist"),
        (types.Month(), "2026-03-01", "is not a month; write YYYY-MM"),
        (types.Instant(), "2026-03-05T09:30:00", "is an instant without an offset; add Z or +01:00"),
        (types.Instant(), "2026-03-05", "is not an instant; write 2026-03-05T09:30:00+01:00"),
        (types.Instant(), "2026-03-05T25:00Z", "is a date or time that does not exist"),
        (types.Instant(), "2026-02-30T09:00Z", "is a date or time that does not exist"),
        (types.Currency(), "EURO", "is not a known currency; write its ISO code, such as EUR"),
        (types.Currency(), "eur", "is not a known currency; write its ISO code, such as EUR"),
        (types.Zone(), "Berlin", "is not a known time zone; write its IANA name, such as Europe/Berlin"),
        (types.Choice(("won", "lost")), "wonn", "must be one of won, lost"),
        (types.Email(), "ann at example", "is not an email address"),
        (types.Email(), "a@b.example\r\nBcc: x@y.example", "is not an email address"),
        (types.Text(5), "sixsix", "is longer than 5 characters"),
        (types.Text(is_line=True), "two\nlines", "must be one line, without line breaks or tabs"),
        (types.Ident(), "a\tb", "is an id and must not contain control characters"),
        (types.Ident(5), "sixsix", "is longer than 5 characters"),
        (types.Tags(3), "long", "has a tag longer than 3 characters"),
        (
            types.CalendarSpec(),
            "[]",
            "is not a calendar: A calendar must be an object with time_zone and hours",
        ),
        (types.CalendarSpec(), "{", "is not a calendar written as JSON"),
    ],
)
def test_a_bad_cell_says_what_is_wrong(kind, text, message):
    with pytest.raises(BadCell) as refusal:
        kind.parse(text)

    assert str(refusal.value) == message


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**13), max_value=10**13))
def test_a_number_comes_back_as_it_was(value):
    assert types.Number().parse(types.Number().format(value)) == value


@given(st.datetimes(FIRST, LAST, timezones=st.just(UTC)))
def test_an_instant_comes_back_to_the_microsecond(instant):
    assert types.Instant().parse(types.Instant().format(instant)) == instant


@given(st.lists(st.text(st.characters(exclude_characters=";|\x00"), min_size=1, max_size=20).map(str.strip)))
def test_tags_come_back_in_their_order(tags):
    tags = list(dict.fromkeys(filter(None, tags)))

    text = types.Tags().format(tags)

    assert (types.Tags().parse(text) if text else []) == tags
