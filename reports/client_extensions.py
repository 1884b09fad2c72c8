"""Reviews on the pages of clients: a panel, and what became of them in the client's story."""

from clients.workspace.extensions import Panel, register_events, register_panel
from reports.qbr.client_panel import get_panel
from reports.qbr.delivery.story import EVENTS

register_panel(Panel(key="reviews", template="reports/client_panel.html", read=get_panel))
for source in EVENTS:
    register_events(source)
