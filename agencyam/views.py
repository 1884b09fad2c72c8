"""Views of the kernel: errors that Django cannot answer by itself."""

from typing import NoReturn

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string

from agencyam.middleware import server_error
from agencyam.tenancy.context import has_agency


def closed(request: HttpRequest) -> NoReturn:
    """A page of a library that this product does not have."""
    raise Http404("This product has no such page.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is stale or comes from elsewhere."""
    # Where there is no agency there is no member to greet: the page is rendered without the request.
    page = render_to_string("403.html", {"is_stale_form": True}, request if has_agency() else None)
    return HttpResponse(page, status=403)


def nothing_here(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The 404 page of the installation's own address."""
    return HttpResponse(render_to_string("404.html"), status=404)


def handle_500(request: HttpRequest) -> HttpResponse:
    return server_error(request)
