"""Reviews on the pages of clients: a panel, what became of them in the client's story, what waits on the day,
and who agreed to a step of the plan.
"""

from clients.workspace.extensions import (
    Panel,
    register_day_source,
    register_events,
    register_panel,
    register_step_notes,
)
from reports.qbr.client_panel import get_panel
from reports.qbr.delivery.agreed_steps import read_notes
from reports.qbr.delivery.story import EVENTS
from reports.qbr.my_day import read_day

register_panel(Panel(key="reviews", template="reports/client_panel.html", read=get_panel))
for source in EVENTS:
    register_events(source)
register_day_source("reviews", read_day)
register_step_notes("reviews", read_notes)
