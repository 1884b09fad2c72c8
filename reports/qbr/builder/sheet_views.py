"""The sheets of a review in the frame beside its text, and their style."""

from typing import Any

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.http import HttpResponse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from accounts.moment import moment_of
from accounts.permissions import MemberRequest, require
from accounts.roles import Permission
from reports.qbr.builder.permissions import draft_or_404
from reports.qbr.builder.preview import read_document
from reports.qbr.builder.sheets import sheets_css, write_sheets

# Only our own builder frames it; nothing in it runs, sends or opens. It keeps its origin so that the builder's script
# may turn the pages, and fonts load.
_in_frame: Any = csp_replace(
    {
        "sandbox": ["allow-same-origin"],
        "frame-ancestors": [SELF],
        "script-src": [NONE],
        "connect-src": [NONE],
        "form-action": [NONE],
    }
)


@require(Permission.REVIEW_VIEW)
@require_safe
@xframe_options_sameorigin
@_in_frame
def builder_sheets(request: MemberRequest, qbr_id: int) -> HttpResponse:
    """The review as it would be printed now."""
    moment = moment_of(request)
    qbr = draft_or_404(user=request.user, qbr_id=qbr_id, today=moment.today)
    document = read_document(qbr=qbr, now=moment.now, settings=moment.settings)
    return HttpResponse(write_sheets(request, qbr=qbr, document=document, settings=moment.settings))


@require(Permission.REVIEW_VIEW)
@require_safe
def sheets_look(request: MemberRequest, qbr_id: int) -> HttpResponse:
    """The style of the sheets."""
    moment = moment_of(request)
    qbr = draft_or_404(user=request.user, qbr_id=qbr_id, today=moment.today)
    return HttpResponse(sheets_css(qbr=qbr, settings=moment.settings), content_type="text/css")
