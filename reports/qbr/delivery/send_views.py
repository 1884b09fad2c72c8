from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.mail_decisions import SEND_AGAIN, TRY_AGAIN, Decision, decide
from accounts.models import OutboxEmail
from accounts.moment import Moment, moment_of
from accounts.permissions import MemberRequest, require
from accounts.roles import Permission
from agencyam.exceptions import Refused
from agencyam.htmx import hx_redirect, render_page
from agencyam.jobs import services as job_services
from reports.qbr import mail
from reports.qbr import selectors as qbr_selectors
from reports.qbr.delivery import links, selectors, sending
from reports.qbr.delivery.forms import SendForm
from reports.qbr.delivery.models import QBRDelivery
from reports.qbr.document import from_json
from reports.qbr.models import QBR
from reports.qbr.permissions import qbr_or_404


@require(Permission.REVIEW_SEND)
@require_http_methods(["GET", "HEAD", "POST"])
def qbr_send(request: MemberRequest, qbr_id: int) -> HttpResponse:
    """Choose who gets the review and what the mail says; look at the mail; on POST send it."""
    moment = moment_of(request)
    qbr = qbr_or_404(user=request.user, qbr_id=qbr_id, today=moment.today)
    recipients = selectors.list_recipients(qbr=qbr, today=moment.today)
    form, error = SendForm(request.POST or None, recipients=recipients), ""
    problem = sending.find_problem(qbr=qbr, recipients=recipients)
    is_preview = "preview" in request.POST
    if request.method == "POST" and form.is_valid() and not is_preview:
        try:
            return _send(request, qbr, form, moment)
        except Refused as refusal:
            error = str(refusal)
    elif request.method == "POST":
        error = problem
    letter = _preview(request, qbr, form) if is_preview and form.is_valid() and not error else None
    context = {"qbr": qbr, "recipients": recipients, "form": form, "error": error}
    context |= {"letter": letter, "problem": problem}
    status = 422 if error or form.errors else 200
    return render_page(request, "reports/qbr_send.html", context, partial="qbr-dialog", status=status)


def _send(request: MemberRequest, qbr: QBR, form: SendForm, moment: Moment) -> HttpResponse:
    mails = sending.send_qbr(
        qbr=qbr,
        by=request.user,
        today=moment.today,
        now=moment.now,
        contact_ids=form.cleaned_data["contacts"],
        message=form.cleaned_data["message"],
    )
    job = qbr_selectors.find_mail_job(mails=mails)
    if job is not None:
        job_services.hint_on_commit(job)
    number = len(mails)
    messages.success(
        request, f"The review is on its way to {number} {'person' if number == 1 else 'people'}."
    )
    return hx_redirect(request, reverse("reports:qbr-detail", args=[qbr.pk]))


def _preview(request: MemberRequest, qbr: QBR, form: SendForm) -> dict[str, Any]:
    """The mail to the first of the chosen, as text."""
    document = from_json(qbr_selectors.get_snapshot(qbr=qbr))
    letter = mail.write_letter(
        document=document, pdf=b"", sender=request.user, message=form.cleaned_data["message"]
    )
    names = dict(form.fields["contacts"].choices)  # type: ignore[attr-defined]
    name = names[form.cleaned_data["contacts"][0]]
    text = letter.text_for(name).replace("[[review-link]]", "(a link of their own)")
    text = text.replace("[[unsubscribe-link]]", "(a link of their own)")
    return {"subject": letter.subject, "text": text, "attachment": letter.attachment[0]}


@require(Permission.REVIEW_SEND)
@require_http_methods(["GET", "HEAD", "POST"])
def qbr_mail_resend(request: MemberRequest, qbr_id: int, mail_id: int) -> HttpResponse:
    """Send a second copy of a mail of which nobody knows whether it arrived: a person decides, nobody else."""
    delivery = _delivery_or_404(request, qbr_id, mail_id)
    return _decide(
        request, SEND_AGAIN, delivery, lambda: sending.send_again(delivery=delivery, by=request.user)
    )


@require(Permission.REVIEW_SEND)
@require_http_methods(["GET", "HEAD", "POST"])
def qbr_mail_retry(request: MemberRequest, qbr_id: int, mail_id: int) -> HttpResponse:
    """Put a mail of the review that surely never left back into the queue."""
    delivery = _delivery_or_404(request, qbr_id, mail_id)
    return _decide(
        request, TRY_AGAIN, delivery, lambda: sending.try_again(delivery=delivery, by=request.user)
    )


def _delivery_or_404(request: MemberRequest, qbr_id: int, mail_id: int) -> QBRDelivery:
    qbr = qbr_or_404(user=request.user, qbr_id=qbr_id, today=moment_of(request).today)
    delivery = selectors.find_delivery(qbr=qbr, mail_id=mail_id)
    if delivery is None:
        raise Http404("This is no mail of this review.")
    return delivery


def _decide(
    request: MemberRequest, decision: Decision, delivery: QBRDelivery, act: Callable[[], OutboxEmail]
) -> HttpResponse:
    back = reverse("reports:qbr-detail", args=[delivery.qbr_id])
    reader = delivery.contact.name
    return decide(request, decision, mail=delivery.mail, reader=reader, back=back, act=act)


@require(Permission.REVIEW_SEND)
@require_POST
def qbr_link_revoke(request: MemberRequest, qbr_id: int, contact_id: int) -> HttpResponse:
    """Close a contact's personal link to this version."""
    moment = moment_of(request)
    qbr = qbr_or_404(user=request.user, qbr_id=qbr_id, today=moment.today)
    contact = selectors.find_reader(qbr=qbr, contact_id=contact_id)
    if contact is None:
        raise Http404("This contact has no link to this review.")
    if links.revoke_links(qbr=qbr, contact=contact, by=request.user, now=moment.now):
        messages.success(request, f"The link of {contact.name} is closed.")
    return redirect("reports:qbr-detail", qbr_id=qbr.pk)
