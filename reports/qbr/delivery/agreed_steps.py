"""Which steps of a plan a client agreed to under a review, in words beside the step."""

from collections import defaultdict
from collections.abc import Collection

from accounts.moment import Moment
from agencyam.periods import local_day
from clients.workspace.my_day.rows import past_words
from reports.qbr.delivery.models import QBRAgreement


def read_notes(step_ids: Collection[int], moment: Moment) -> dict[int, str]:
    """Who agreed and when the last time, by the step's id; one query."""
    agreements = QBRAgreement.objects.filter(action__in=step_ids).select_related("contact")
    latest: defaultdict[int, dict[int, QBRAgreement]] = defaultdict(dict)
    for agreement in agreements.order_by("agreed_at", "pk"):
        latest[agreement.action_id or 0][agreement.contact_id] = agreement
    return {step: _words(list(by_contact.values()), moment) for step, by_contact in latest.items()}


def _words(agreements: list[QBRAgreement], moment: Moment) -> str:
    """The first two by name: more would hide the step itself."""
    said = [f"{each.contact.name} on {_day(each, moment)}" for each in agreements[:2]]
    if len(agreements) > len(said):
        said.append(f"{len(agreements) - len(said)} more")
    return (
        f"agreed by {' and '.join(said)}"
        if len(said) < 3
        else f"agreed by {said[0]}, {said[1]} and {said[2]}"
    )


def _day(agreement: QBRAgreement, moment: Moment) -> str:
    return past_words(local_day(agreement.agreed_at, moment.settings.time_zone), moment.today)
