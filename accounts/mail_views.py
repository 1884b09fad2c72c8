"""The agency's outgoing mail: what was sent, what waits, and what a person must decide about."""

import base64

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from accounts import selectors
from accounts.mail_decisions import SEND_AGAIN, TRY_AGAIN, decide
from accounts.mail_state import state_of
from accounts.models import OutboxEmail
from accounts.permissions import MemberRequest, can, require
from accounts.roles import Permission
from accounts.services import mail as mail_services
from agencyam.htmx import render_page
from agencyam.jobs import outbox

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
            ("failed", "Not sent"),
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
        "may_decide": can(request.user, Permission.MAIL_RESEND),
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
@require_http_methods(["GET", "HEAD", "POST"])
def mail_resend(request: MemberRequest, mail_id: int) -> HttpResponse:
    """Send a second copy of a mail of which nobody knows whether it arrived: a person decides, nobody else."""
    mail = _mail_or_404(mail_id)
    return decide(
        request,
        SEND_AGAIN,
        mail=mail,
        reader=mail.to_email,
        back=reverse("accounts:mail-detail", args=[mail.pk]),
        act=lambda: mail_services.send_again(by=request.user, mail=mail),
    )


@require(Permission.MAIL_RESEND)
@require_http_methods(["GET", "HEAD", "POST"])
def mail_retry(request: MemberRequest, mail_id: int) -> HttpResponse:
    """Put a mail that surely never left back into the queue."""
    mail = _mail_or_404(mail_id)
    return decide(
        request,
        TRY_AGAIN,
        mail=mail,
        reader=mail.to_email,
        back=reverse("accounts:mail-detail", args=[mail.pk]),
        act=lambda: mail_services.try_again(by=request.user, mail=mail),
    )


def _mail_or_404(mail_id: int) -> OutboxEmail:
    mail = selectors.find_mail(mail_id)
    if mail is None or not mail.is_client_mail:
        raise Http404("There is no such mail.")
    return mail
