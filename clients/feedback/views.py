from datetime import datetime

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRefresh

from accounts.models import User
from accounts.moment import moment_of
from accounts.permissions import MemberRequest, require
from accounts.roles import Permission
from agencyam.exceptions import Refused
from agencyam.htmx import is_fragment, render_page
from clients.book.models import Client
from clients.book.permissions import client_or_404
from clients.feedback import services
from clients.feedback.forms import PulseForm

GIVEN = "Your confidence is noted."


@require(Permission.TOUCHPOINT_LOG)
@require_http_methods(["GET", "HEAD", "POST"])
def pulse_give(request: MemberRequest, client_id: int) -> HttpResponse:
    """Say how safe a client is, with a note; a dialog of the client's page, or a page of its own."""
    moment = moment_of(request)
    client = client_or_404(user=request.user, client_id=client_id, today=moment.today)
    form = PulseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and _is_given(form, by=request.user, client=client, now=moment.now):
        messages.success(request, GIVEN)
        if is_fragment(request):
            return HttpResponseClientRefresh()
        return redirect("clients:client-detail", client_id=client.pk)
    status = 422 if form.is_bound else 200
    context = {"client": client, "form": form}
    return render_page(request, "clients/pulse_give.html", context, partial="pulse-form", status=status)


def _is_given(form: PulseForm, *, by: User, client: Client, now: datetime) -> bool:
    """Try it; what speaks against it is said in the form."""
    if not form.is_valid():
        return False
    try:
        services.give_pulse(by=by, client=client, now=now, **form.cleaned_data)
    except (Refused, ValidationError) as error:
        form.add_error(None, error if isinstance(error, ValidationError) else str(error))
    return not form.errors
