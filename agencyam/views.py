"""Views of the kernel: errors that Django cannot answer by itself."""

from typing import NoReturn

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from agencyam.middleware import server_error


def closed(request: HttpRequest) -> NoReturn:
    """A page of a library that this product does not have."""
    raise Http404("This product has no such page.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is stale or comes from elsewhere."""
    return render(request, "403.html", {"is_stale_form": True}, status=403)


def handle_500(request: HttpRequest) -> HttpResponse:
    return server_error(request)
