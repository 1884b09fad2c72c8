"""Why a row does not count towards a number: the words of the column `reason`, in one place."""

from datetime import timedelta
from enum import StrEnum
from typing import Any

from kpis.direct.query import Query

Row = dict[str, Any]


class Why(StrEnum):
    """A reason in words, as pages, files and the shell show it."""

    NEW = "New in the period"
    CAME_BACK = "Came back in the period"
    JOINED_AND_LEFT = "Joined and left within the period"
    OTHER_SLICE_BEFORE = "Was not in this slice when the period opened"
    OTHER_SLICE_NOW = "Was not in this slice at the close"
    STILL_HERE = "Still a client at the close"
    STILL_HERE_PAUSED = "Paused, and still a client at the close"
    LEFT = "Left before the close"
    PAUSED_BEFORE = "Paused when the period opened: no recurring revenue"
    PAUSED_NOW = "Paused at the close: no recurring revenue"
    NO_REVENUE_BEFORE = "No recurring revenue when the period opened"
    NO_REVENUE_NOW = "No recurring revenue at the close"
    NOT_AT_OPENING = "The client had no recurring revenue when the period opened"
    PRICE_CHANGE = "A price change is neither upsell nor cross-sell"
    RESUMED = "A resumption after a pause is neither upsell nor cross-sell"
    HAND_OVER = "A move between slices is no movement"
    EXCHANGE_RATE = "The effect of exchange rates is counted by itself"
    LATER = "Later than the as-of day"
    EARLIER_ANSWER = "A later answer of the same respondent counts"
    EARLIER_RATING = "A later rating of the same account manager counts"
    ABOUT_A_CLIENT = "A rating of one client, not of the work as a whole"
    PENDING = "The reply is pending, still within its target"
    NOT_ANSWERED = "Not answered yet"
    NO_REPLY_NEEDED = "No reply needed"
    LATER_REPLY = "A later reply, not the first of its request"
    MET = "Answered within the target"
    BREACHED = "Over the target"
    NOT_ELIGIBLE = "Marked as not counting for first contact resolution"
    CANCELLED = "Cancelled"
    FEW_DAYS = "The client was active on fewer than 15 days of the month"
    DRAFT = "A draft that was not sent"
    WITHDRAWN = "Withdrawn by the agency"
    UNDECIDED = "Sent and not decided yet"
    WITHOUT_PRICE = "A project without a price is not sold"
    WITHOUT_AMOUNT = "The proposal has no amount"
    NOT_ACTIVE = "Made a referral, and is no active client at the close"
    NOT_USABLE = "Not usable: no consent, or withdrawn"
    NOT_DUE = "Not due yet on the as-of day"
    UNSTAFFED = "No account manager carried clients on this day"


def until_the_end(query: Query) -> Query | None:
    """The same question as it will stand when the period is over; None if the period is over.

    What it lists and the question does not is later than the as-of day.
    """
    if not query.is_partial:
        return None
    if "until_the_end" not in query.memo:
        last = query.end - timedelta(days=1)
        query.memo["until_the_end"] = Query(query.period, last, query.by, query.settings)
    later: Query = query.memo["until_the_end"]
    return later


def because(why: Why, row: Row) -> Row:
    """An evidence row that does not count, with its reason instead of what it would have added."""
    kept = {name: value for name, value in row.items() if name not in ("numerator", "denominator", "n")}
    return kept | {"reason": why.value}
