"""Every CSV file of a book, in the order in which they are read: a file comes after those that it points to.

Pure data. The published columns come first; columns and files marked `is_extra` carry what the product knows beyond
them, so leaving loses nothing. The importer, the exporter and the demo's generator all follow these lists.
"""

from clients.exchange import files_of_agreements as agreements
from clients.exchange import files_of_events as events

FILES = (
    agreements.MEMBERS,
    agreements.TEAMS,
    agreements.TEAM_MEMBERS,
    agreements.SLA_POLICIES,
    agreements.CLIENTS,
    agreements.CONTACTS,
    agreements.ASSIGNMENTS,
    agreements.SERVICES,
    agreements.CONTRACT_LINES,
    agreements.LINE_PAUSES,
    agreements.FX_RATES,
    events.REQUESTS,
    events.MESSAGES,
    events.TOUCHPOINTS,
    events.SURVEYS,
    events.SURVEY_INVITATIONS,
    events.SURVEY_RESPONSES,
    events.OPPORTUNITIES,
    events.PROPOSALS,
    events.DELIVERABLES,
    agreements.RETAINER_USAGE,
    agreements.INVOICES,
    events.REFERRALS,
    events.TESTIMONIALS,
    events.GOALS,
)
BY_NAME = {spec.name: spec for spec in FILES}
AGENCY_FILE, CALENDARS_FILE = "agency.json", "calendars.json"
