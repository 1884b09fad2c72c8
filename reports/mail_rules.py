"""What reviews say against another copy of their mail."""

from accounts.mail_objections import register_objection
from reports.qbr.delivery.sending import find_objection

register_objection(find_objection)
