"""Pages for clients, who have no account: whoever holds a personal link is its contact.

Reading writes nothing but the count of fetches; every other wrong or stale token gets one and the same answer.
"""

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.moment import moment_of
from agencyam.exceptions import Refused
from reports.qbr import mail
from reports.qbr import selectors as qbr_selectors
from reports.qbr.delivery import answers, links, opt_outs
from reports.qbr.delivery.forms import AnswerForm
from reports.qbr.delivery.look import look_css
from reports.qbr.delivery.models import QBRLink
from reports.qbr.delivery.reading import read_review
from reports.qbr.document import from_json
from reports.qbr.layout import steps_to_agree

REVIEW, UNSUBSCRIBE = QBRLink.Purpose.REVIEW, QBRLink.Purpose.UNSUBSCRIBE


@require_http_methods(["GET", "HEAD", "POST"])
def review_read(request: HttpRequest, token: str) -> HttpResponse:
    """The review as it was approved, and the reader's answers to it."""
    link, moment = _link(request, token, REVIEW), moment_of(request)
    if link is None:
        return _closed(request)
    error = ""
    with translation.override(link.qbr.language), timezone.override(ZoneInfo(moment.settings.time_zone)):
        if request.method == "POST":
            try:
                done = _answer(request, link)
            except Refused as refusal:
                error = str(refusal)
            else:
                return HttpResponseRedirect(f"{reverse('review-read', args=[token])}?done={done}#answer")
        elif not request.user.is_authenticated:
            links.note_sighting(link=link, now=moment.now)
        page = read_review(request, link=link, token=token, error=error)
    return _unlisted(HttpResponse(page, status=422 if error else 200))


def _answer(request: HttpRequest, link: QBRLink) -> str:
    """Do what the reader asked for. Returns its name; raises CannotAnswer."""
    now = moment_of(request).now
    form = AnswerForm(request.POST, n_steps=len(steps_to_agree(from_json(link.qbr.snapshot))))
    if not form.is_valid():
        raise answers.CannotAnswer(_("This could not be read. Please try again."))
    given = form.cleaned_data
    if given["deed"] == "agree":
        answers.agree(link=link, positions=[int(place) for place in given["steps"]], now=now)
    elif given["deed"] == "comment":
        answers.comment(link=link, text=given["comment"], now=now)
    else:
        answers.sign_off(link=link, now=now)
    return str(given["deed"])


@require_safe
def review_look(request: HttpRequest, token: str) -> HttpResponse:
    """The colours of the review's page."""
    link = _link(request, token, REVIEW)
    if link is None:
        return _closed(request)
    return HttpResponse(look_css(from_json(link.qbr.snapshot).cover), content_type="text/css")


@require_safe
def review_pdf(request: HttpRequest, token: str) -> HttpResponse:
    """The same review as the PDF that was mailed."""
    link = _link(request, token, REVIEW)
    if link is None:
        return _closed(request)
    name = mail.file_name(from_json(link.qbr.snapshot))
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    pdf = qbr_selectors.get_pdf(qbr=link.qbr)
    return _unlisted(HttpResponse(pdf, content_type="application/pdf", headers=headers))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def review_unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """RFC 8058: a bare POST of a mail program stops the mail; GET only asks. No cookie, no redirect."""
    link, moment = _link(request, token, UNSUBSCRIBE), moment_of(request)
    if link is None:
        return _closed(request)
    is_out = hasattr(link.contact, "qbr_opt_out")
    if request.method == "POST" and "again" in request.POST:
        opt_outs.opt_in(contact=link.contact)
        is_out = False
    elif request.method == "POST":
        opt_outs.opt_out(contact=link.contact, now=moment.now)
        is_out = True
    context = {"link": link, "is_out": is_out, "is_done": request.method == "POST"}
    with translation.override(link.qbr.language):
        return _unlisted(render(request, "reports/public/unsubscribe.html", context))


def _link(request: HttpRequest, token: str, purpose: QBRLink.Purpose) -> QBRLink | None:
    moment = moment_of(request)
    return links.find_link(token=token, purpose=purpose, now=moment.now, today=moment.today)


def _closed(request: HttpRequest) -> HttpResponse:
    """The one answer to a token that opens nothing, whatever the reason."""
    return _unlisted(render(request, "reports/public/closed.html", status=404))


def _unlisted(response: HttpResponse) -> HttpResponse:
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
