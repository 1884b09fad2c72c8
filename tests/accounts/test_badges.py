"""Counts beside the links of the menu."""

import pytest

from accounts import badges
from accounts.badges import badge_of, register_badge
from accounts.models import User


@pytest.fixture
def registered(monkeypatch):
    """Counts by name of the page, those of other tests left out."""
    monkeypatch.setattr(badges, "_counts", {})
    return lambda number: register_badge("some:page", lambda user, moment: number)


@pytest.mark.parametrize(("number", "shown"), [(0, ""), (1, "1"), (99, "99"), (100, "99+")])
def test_a_badge_shows_what_is_counted(registered, number, shown):
    registered(number)

    assert badge_of("some:page", user=User(), moment=lambda: None) == shown


def test_a_page_without_a_count_has_no_badge_and_asks_for_no_moment(registered):
    registered(3)

    def moment():
        raise AssertionError("Nothing is counted, so nobody needs to know the time.")

    assert badge_of("another:page", user=User(), moment=moment) == ""
