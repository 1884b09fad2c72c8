"""Counts beside the links of the menu.

The menu is here, what is counted lies in apps above: such an app has a module `navigation_badges`, which
registers what it counts under the name of the page. It is found when Django starts.
"""

from collections.abc import Callable

from accounts.models import User
from accounts.moment import Moment

# At most one query each: a badge is on every page.
Count = Callable[[User, Moment], int]
_MOST = 99
_counts: dict[str, Count] = {}


def register_badge(url_name: str, count: Count) -> None:
    _counts[url_name] = count


def badge_of(url_name: str, *, user: User, moment: Callable[[], Moment]) -> str:
    """What stands beside the link of a page; blank for nothing."""
    count = _counts[url_name](user, moment()) if url_name in _counts else 0
    return f"{_MOST}+" if count > _MOST else str(count or "")
