"""Above everything that asks the database: host to agency, agency to schema, and back to nothing after the response."""

import random
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.template.loader import render_to_string
from django.urls import set_urlconf

from agencyam.tenancy.canary.models import Canary
from agencyam.tenancy.connection import connection
from agencyam.tenancy.context import nobody_bound, tenant_context
from agencyam.tenancy.models import Agency, Domain

GetResponse = Callable[[HttpRequest], HttpResponse]
HEALTH_PATH = "/healthz"


class WrongSchema(RuntimeError):
    """The canary row names another agency than the one bound. The worker must not serve on."""


class AgencyMiddleware:
    """Binds the agency of the Host header; anything else gets a plain 404.

    Not derived from django-tenants' middleware: that one serves ``public`` in several of its fall-backs and
    does not reset the schema after the response.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with nobody_bound():
            return self._serve(request)

    def _serve(self, request: HttpRequest) -> HttpResponse:
        host = _host_of(request)
        if request.path == HEALTH_PATH:
            return HttpResponse("ok\n", content_type="text/plain")
        if host is None:
            return _not_found()
        if host == settings.PUBLIC_HOST:
            return self._serve_public(request)
        agency = _agency_at(host)
        if agency is None or agency.status in {Agency.Status.CREATING, Agency.Status.DELETING}:
            return _not_found()
        if agency.status == Agency.Status.SUSPENDED:
            return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": "3600"})
        with tenant_context(agency):
            _watch_canary(agency)
            request.agency = agency  # type: ignore[attr-defined]
            return self.get_response(request)

    def _serve_public(self, request: HttpRequest) -> HttpResponse:
        request.urlconf = settings.PUBLIC_URLCONF
        set_urlconf(settings.PUBLIC_URLCONF)
        try:
            return self.get_response(request)
        finally:
            set_urlconf(None)


def _host_of(request: HttpRequest) -> str | None:
    try:
        host = request.get_host()
    except DisallowedHost:
        return None
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    return name.lower()


def _agency_at(host: str) -> Agency | None:
    domain = Domain.objects.select_related("tenant").filter(domain=host).first()
    return domain.tenant if domain else None


def _watch_canary(agency: Agency) -> None:
    if random.random() >= settings.CANARY_RATE:  # noqa: S311 - a sample, not a secret
        return
    row = Canary.objects.filter(pk=1).first()
    if row is None or row.agency_uuid != agency.uuid or row.schema_name != agency.schema_name:
        connection.close()
        raise WrongSchema(f"Canary of agency {agency.slug} does not match; the request was stopped.")


def _not_found() -> HttpResponse:
    return HttpResponseNotFound("Nothing lives at this address.\n", content_type="text/plain")
