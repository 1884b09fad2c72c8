"""The agency's outgoing mail: what was sent, what waits, and what a person must decide about."""

import base64

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from accounts import selectors
from accounts.mail_state import state_of
from accounts.models import OutboxEmail
from accounts.permissions import MemberRequest, can, require
from accounts.roles import Permission
from accounts.services import mail as mail_services
from agencyam.exceptions import Refused
from agencyam.htmx import render_page
from agencyam.jobs import outbox
from agencyam.jobs import services as job_services
from agencyam.jobs.models import Queue

PER_PAGE = 50


@require(Permission.MAIL_VIEW)
@require_safe
def mail_list(request: MemberRequest) -> HttpResponse:
    """Outgoing mail, latest first; ?state= narrows it."""
    state = request.GET.get("state", "")
    mails = selectors.list_mail(state=state)
    context = {
        "page": Paginator(mails, PER_PAGE).get_page(request.GET.get("page")),
        "states": [
            ("", "All"),
            ("unknown", "Unknown"),
            ("failed", "Refused"),
            ("queued", "Waiting"),
            ("sent", "Sent"),
        ],
        "n_unknown": selectors.count_unknown_mail(),
    }
    return render_page(request, "accounts/mail_list.html", context, partial="mail-table")


@require(Permission.MAIL_VIEW)
@require_safe
def mail_detail(request: MemberRequest, mail_id: int) -> HttpResponse:
    """One mail as its reader gets it."""
    mail = _mail_or_404(mail_id)
    context = {
        "mail": mail,
        "may_resend": mail_services.can_resend(mail) and can(request.user, Permission.MAIL_RESEND),
        "delivery": state_of(mail, mail.events.all()),
        # In the demo one visitor is everybody; elsewhere a client's links are for the client alone.
        "text": outbox.readable(mail)["text"] if settings.DEMO else mail.text,
    }
    return render_page(request, "accounts/mail_detail.html", context)


@require(Permission.MAIL_VIEW)
@require_safe
def mail_attachment(request: MemberRequest, mail_id: int, number: int) -> HttpResponse:
    """An attachment under its own name, always as a download."""
    attachments = _mail_or_404(mail_id).attachments
    if number >= len(attachments):
        raise Http404("There is no such attachment.")
    attachment = attachments[number]
    response = HttpResponse(base64.b64decode(attachment["content"]), content_type=attachment["type"])
    response.headers["Content-Disposition"] = content_disposition_header(True, attachment["name"])
    return response


@require(Permission.MAIL_RESEND)
@require_POST
def mail_resend(request: MemberRequest, mail_id: int) -> HttpResponse:
    """Send a mail again whose outcome is unknown or that never left: a person decides, nobody else."""
    try:
        mail_services.resend(by=request.user, mail=_mail_or_404(mail_id), now=timezone.now())
        job_services.hint_queue_on_commit(Queue.INTERACTIVE)
        messages.success(request, "The mail is on its way again.")
    except Refused as error:
        messages.warning(request, str(error))
    return redirect("accounts:mail-detail", mail_id=mail_id)


def _mail_or_404(mail_id: int) -> OutboxEmail:
    mail = selectors.find_mail(mail_id)
    if mail is None or not mail.is_client_mail:
        raise Http404("There is no such mail.")
    return mail
