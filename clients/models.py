"""Re-exports the slices' models, so that Django finds them in one place."""

from clients.book.models import Assignment, Client, Contact
from clients.changes.models import Change
from clients.contracts.models import (
    Contract,
    ContractLine,
    FxRate,
    Invoice,
    LinePause,
    RetainerUsage,
    Service,
)
from clients.delivery.models import Deliverable
from clients.feedback.models import Survey, SurveyInvitation, SurveyResponse
from clients.growth.models import Opportunity, Proposal, Referral, Testimonial
from clients.plans.models import ActionItem, Goal
from clients.service.models import BusinessCalendar, Message, Request, SLAPolicy
from clients.touchpoints.models import Touchpoint

__all__ = [
    "ActionItem",
    "Assignment",
    "BusinessCalendar",
    "Change",
    "Client",
    "Contact",
    "Contract",
    "ContractLine",
    "Deliverable",
    "FxRate",
    "Goal",
    "Invoice",
    "LinePause",
    "Message",
    "Opportunity",
    "Proposal",
    "Referral",
    "Request",
    "RetainerUsage",
    "SLAPolicy",
    "Service",
    "Survey",
    "SurveyInvitation",
    "SurveyResponse",
    "Testimonial",
    "Touchpoint",
]
