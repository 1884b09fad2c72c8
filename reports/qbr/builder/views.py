"""The builder: one page, and the small requests by which it is written and arranged."""

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from accounts.moment import moment_of
from accounts.permissions import MemberRequest, can, require
from accounts.roles import Permission
from agencyam.exceptions import Refused
from agencyam.htmx import is_fragment, render_page
from reports.qbr.builder import services
from reports.qbr.builder.forms import ArrangeForm, ImageForm, SinceForm, TextForm
from reports.qbr.builder.page import get_builder, list_news
from reports.qbr.builder.permissions import draft_or_404, image_or_404
from reports.qbr.builder.preview import preview_css, read_document, write_preview
from reports.qbr.models import QBR
from reports.qbr.writing.drafting import draft_of

ANSWER = "reports/builder_answer.html"
_with_frame: Any = csp_update({"frame-src": [SELF]})


@require(Permission.REVIEW_VIEW)
@require_safe
@_with_frame
def builder_detail(request: MemberRequest, qbr_id: int) -> HttpResponse:
    """A review as it is written: sections with their facts and texts; after its approval only to be read."""
    moment = moment_of(request)
    qbr = draft_or_404(user=request.user, qbr_id=qbr_id, today=moment.today)
    page = get_builder(qbr=qbr, user=request.user, now=moment.now, settings=moment.settings)
    may_plan = can(request.user, Permission.CLIENT_CHANGE)
    context = {"qbr": qbr, "page": page, "now": moment.now, "may_plan": may_plan}
    return render_page(request, "reports/builder_detail.html", context)


@require(Permission.REVIEW_VIEW)
@require_safe
def builder_preview(request: MemberRequest, qbr_id: int) -> HttpResponse:
    """The review as the client will read it."""
    moment = moment_of(request)
    qbr = draft_or_404(user=request.user, qbr_id=qbr_id, today=moment.today)
    document = read_document(qbr=qbr, now=moment.now, settings=moment.settings)
    return HttpResponse(write_preview(request, qbr=qbr, document=document, settings=moment.settings))


@require(Permission.REVIEW_VIEW)
@require_safe
def builder_look(request: MemberRequest, qbr_id: int) -> HttpResponse:
    """The colours of the preview."""
    moment = moment_of(request)
    qbr = draft_or_404(user=request.user, qbr_id=qbr_id, today=moment.today)
    return HttpResponse(preview_css(qbr=qbr, settings=moment.settings), content_type="text/css")


@require(Permission.REVIEW_VIEW)
@require_safe
def builder_news(request: MemberRequest, qbr_id: int) -> HttpResponse:
    """Which sections others have saved since the page was loaded."""
    moment = moment_of(request)
    qbr = draft_or_404(user=request.user, qbr_id=qbr_id, today=moment.today)
    form = SinceForm(request.GET)
    since = form.cleaned_data["since"] if form.is_valid() else moment.now
    context = {"qbr": qbr, "news": list_news(qbr=qbr, user=request.user, since=since), "now": moment.now}
    return render_page(request, "reports/builder_news.html", context, partial="news")


@require(Permission.REVIEW_SEND)
@require_POST
def section_write(request: MemberRequest, qbr_id: int, key: str) -> HttpResponse:
    """Save the text of a section; 409 with both texts if somebody else saved it meanwhile."""
    moment = moment_of(request)
    qbr = draft_or_404(user=request.user, qbr_id=qbr_id, today=moment.today)
    form = TextForm(request.POST)
    context: dict[str, Any] = {"qbr": qbr, "key": key, "form": form, "now": moment.now}
    if not form.is_valid():
        return _answer(request, context | {"problem": form.problem}, status=422)
    try:
        if form.gives_way:
            services.set_aside(qbr=qbr, key=key, text=form.text_read, by=request.user, now=moment.now)
            return _back(request, qbr, key)
        qbr = services.write_section(
            qbr=qbr,
            key=key,
            text=form.text_read,
            revision=form.revision_read,
            by=request.user,
            now=moment.now,
        )
    except services.CannotSaveText as conflict:
        return _answer(request, context | _both(conflict, form), status=409)
    except Refused as error:
        return _answer(request, context | {"problem": str(error)}, status=422)
    if not is_fragment(request) or form.is_choice:
        return _back(request, qbr, key)
    draft = draft_of(qbr)
    section = draft.section(key)
    context |= {"draft": draft, "section": section, "written_at": section.saved_at}
    return _answer(request, context, status=200)


@require(Permission.REVIEW_SEND)
@require_POST
def section_arrange(request: MemberRequest, qbr_id: int, key: str) -> HttpResponse:
    """Move a section up or down, show or hide it."""
    qbr = draft_or_404(user=request.user, qbr_id=qbr_id, today=moment_of(request).today)
    form = ArrangeForm(request.POST)
    try:
        if form.is_valid():
            services.arrange(qbr=qbr, key=key, what=form.cleaned_data["what"], by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    return _back(request, qbr, key)


@require(Permission.REVIEW_SEND)
@require_POST
def image_add(request: MemberRequest, qbr_id: int, key: str) -> HttpResponse:
    """Put a picture into a section."""
    moment = moment_of(request)
    qbr = draft_or_404(user=request.user, qbr_id=qbr_id, today=moment.today)
    form = ImageForm(request.POST, request.FILES)
    try:
        if form.is_valid():
            services.add_image(qbr=qbr, key=key, by=request.user, now=moment.now, **form.picture())
        else:
            messages.error(request, form.problem)
    except Refused as error:
        messages.error(request, str(error))
    return _back(request, qbr, key)


@require(Permission.REVIEW_SEND)
@require_POST
def image_remove(request: MemberRequest, qbr_id: int, key: str, image_id: int) -> HttpResponse:
    """Take a picture out of a section."""
    qbr = draft_or_404(user=request.user, qbr_id=qbr_id, today=moment_of(request).today)
    try:
        services.remove_image(qbr=qbr, key=key, image_id=image_id, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    return _back(request, qbr, key)


@require(Permission.REVIEW_VIEW)
@require_safe
def image_show(request: MemberRequest, qbr_id: int, image_id: int) -> HttpResponse:
    """A picture of the review's client."""
    qbr = draft_or_404(user=request.user, qbr_id=qbr_id, today=moment_of(request).today)
    image = image_or_404(qbr=qbr, image_id=image_id)
    headers = {"Content-Disposition": f'inline; filename="{image.name}"'}
    return HttpResponse(bytes(image.content), content_type=image.content_type, headers=headers)


def _both(conflict: services.CannotSaveText, form: TextForm) -> dict[str, Any]:
    """Somebody else's text and one's own, as both would be printed."""
    return {
        "theirs": conflict.theirs,
        "theirs_at": conflict.theirs.saved_at,
        "mine": services.as_rich_text(form.text_read),
        "problem": str(conflict),
    }


def _answer(request: MemberRequest, context: dict[str, Any], *, status: int) -> HttpResponse:
    return render_page(request, ANSWER, context, partial="section-state", status=status)


def _back(request: MemberRequest, qbr: QBR, key: str) -> HttpResponse:
    """The page anew, at the section."""
    if is_fragment(request):
        return HttpResponseClientRefresh()
    return redirect(f"{reverse('reports:builder-detail', args=[qbr.pk])}#section-{key}")
