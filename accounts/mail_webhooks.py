"""Where mail providers report what became of our mails: on the installation's own address.

A provider knows one address for all agencies' mail; the Message-ID of each mail names its agency. Only what
django-anymail has verified, by the provider's signature or by the shared secret, is read at all.
"""

import logging
from collections.abc import Callable
from typing import TypeVar

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent
from anymail.webhooks.base import AnymailBaseWebhookView
from anymail.webhooks.brevo import BrevoTrackingWebhookView
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from anymail.webhooks.mailjet import MailjetTrackingWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from anymail.webhooks.sparkpost import SparkPostTrackingWebhookView
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import MailEvent
from accounts.services.mail_events import Report, note_report
from agencyam.jobs.outbox import agency_of
from agencyam.tenancy.context import tenant_context
from agencyam.tenancy.fleet import find_ready_agency

logger = logging.getLogger(__name__)
T = TypeVar("T")
PROVIDERS: dict[str, type[AnymailBaseWebhookView]] = {
    "brevo": BrevoTrackingWebhookView,
    "mailgun": MailgunTrackingWebhookView,
    "mailjet": MailjetTrackingWebhookView,
    "postmark": PostmarkTrackingWebhookView,
    "sparkpost": SparkPostTrackingWebhookView,
}
# These sign with a key of their own; the others prove themselves by the shared secret.
SIGNING = {"mailgun": ("MAILGUN_WEBHOOK_SIGNING_KEY", "MAILGUN_API_KEY")}
KINDS = {
    "delivered": MailEvent.Kind.DELIVERED,
    "bounced": MailEvent.Kind.BOUNCED,
    "rejected": MailEvent.Kind.BOUNCED,
    "complained": MailEvent.Kind.COMPLAINED,
}


@csrf_exempt
@require_http_methods(["HEAD", "POST"])
def mail_report(request: HttpRequest, provider: str) -> HttpResponse:
    """Take the reports of a provider; 404 for one that is not set up, 400 for one that does not prove itself."""
    view_class = PROVIDERS.get(provider)
    if view_class is None or not _is_set_up(provider):
        raise Http404("No such provider reports here.")
    if request.method == "POST":
        try:
            events = _read(view_class(), request)
        except (AnymailWebhookValidationFailure, TypeError, LookupError, ValueError, AttributeError):
            logger.warning("A report at %s did not prove itself, or is none.", request.path)
            return HttpResponse("No report.\n", status=400, content_type="text/plain")
        for event in events:
            _note(provider, event)
    return HttpResponse(status=200)


def _read(view: AnymailBaseWebhookView, request: HttpRequest) -> list[AnymailTrackingEvent]:
    """The reports in the request, once it has proved where it comes from."""
    view.run_validators(request)
    events: list[AnymailTrackingEvent] = view.parse_events(request)
    return events


def _is_set_up(provider: str) -> bool:
    names = SIGNING.get(provider, ("WEBHOOK_SECRET",))
    return any(settings.ANYMAIL.get(name) for name in names)


def _note(provider: str, event: AnymailTrackingEvent) -> None:
    message_id, kind = str(event.message_id or ""), KINDS.get(event.event_type)
    slug, mail_id = agency_of(message_id) or _named(event, "agency", str), _named(event, "mail", int)
    agency = find_ready_agency(slug) if slug and kind else None
    if agency is None or kind is None:
        return
    own_id = event.event_id or message_id
    report = Report(
        provider=provider,
        event_id=f"{own_id} {kind} {event.timestamp}",
        message_id=message_id,
        mail_id=mail_id,
        kind=kind,
        at=event.timestamp or timezone.now(),
        note=str(event.mta_response or event.description or ""),
    )
    with tenant_context(agency):
        note_report(report)


def _named(event: AnymailTrackingEvent, name: str, kind: Callable[[str], T]) -> T | None:
    """What the outbox had told the provider about the mail, where the provider repeats it."""
    try:
        return kind(str((event.metadata or {})[name]))
    except (KeyError, ValueError):
        return None
