"""Request id, error pages that tell nothing, and no caching of signed-in pages."""

import logging
import secrets
from collections.abc import Callable

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string

from agencyam.http import AgencyRequest
from agencyam.logs import request_id

logger = logging.getLogger(__name__)
# Django turns these into 404, 403 and 400 by itself.
ANSWERED_BY_DJANGO = (Http404, PermissionDenied, BadRequest, SuspiciousOperation, MultiPartParserError)
GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestIdMiddleware:
    """Gives each request an id of our own making, on the response and on every log line."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: AgencyRequest) -> HttpResponse:
        request.id = secrets.token_hex(8)
        token = request_id.set(request.id)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response.headers["X-Request-Id"] = request.id
        return response


class ErrorPageMiddleware:
    """Turns an unhandled exception into the plain page with the request id, and logs it with its trace."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, ANSWERED_BY_DJANGO):
            return None
        logger.error("Unhandled exception at %s", request.path, exc_info=exception)
        return server_error(request)


class NoStoreMiddleware:
    """Signed-in pages hold clients' data: no browser or proxy may keep them."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = "no-store"
        return response


def server_error(request: HttpRequest) -> HttpResponse:
    """The 500 page: what to do and an id to quote; never a trace, a query or a setting."""
    body = render_to_string("500.html", {"request_id": getattr(request, "id", "")})
    return HttpResponse(body, status=500)
