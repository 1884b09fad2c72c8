from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.moment import moment_of
from accounts.permissions import MemberRequest, require
from accounts.roles import Permission
from agencyam.exceptions import Refused
from clients.book.permissions import client_or_404
from clients.touchpoints import selectors, services
from clients.touchpoints.permissions import may_cancel


@require(Permission.TOUCHPOINT_LOG)
@require_POST
def touchpoint_cancel(request: MemberRequest, client_id: int, touchpoint_id: int) -> HttpResponse:
    """Take back a touchpoint: it stays in the timeline, marked as cancelled, and counts nowhere."""
    client = client_or_404(user=request.user, client_id=client_id, today=moment_of(request).today)
    touchpoint = selectors.find_touchpoint(client=client, touchpoint_id=touchpoint_id)
    if touchpoint is None:
        raise Http404("There is no such touchpoint.")
    if not may_cancel(request.user, touchpoint):
        raise PermissionDenied("Somebody else logged this touchpoint.")
    try:
        services.cancel_touchpoint(by=request.user, touchpoint=touchpoint)
        messages.success(request, "The touchpoint is cancelled and counts no longer.")
    except Refused as error:
        messages.warning(request, str(error))
    return redirect("clients:client-detail", client_id=client.pk)
