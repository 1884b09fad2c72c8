"""How many new alerts a member has, beside the link to them."""

from accounts.badges import register_badge
from accounts.models import User
from accounts.moment import Moment
from kpis.alerts import selectors


def _new_alerts(user: User, moment: Moment) -> int:
    return selectors.count_new(viewer=selectors.Viewer(user, moment.today, moment.settings))


register_badge("alerts:alert-list", _new_alerts)
