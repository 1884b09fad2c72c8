"""Why a mail may not go to its reader any more, as the apps above know it.

Mail is here, what it tells of lies in apps above: such an app has a module `mail_rules`, which registers what
it has to say against another copy. It is found when Django starts.
"""

from collections.abc import Callable

from accounts.models import OutboxEmail

# In words, or empty: nothing speaks against it, or the mail is none of that app's.
Objection = Callable[[OutboxEmail], str]
_objections: list[Objection] = []


def register_objection(find: Objection) -> None:
    _objections.append(find)


def objection_to(mail: OutboxEmail) -> str:
    """The first that is found; empty if nothing speaks against it."""
    return next((why for find in _objections if (why := find(mail))), "")
