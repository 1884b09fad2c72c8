"""What our middleware adds to an HTTP request, for the type checker."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from agencyam.tenancy.models import Agency


class AgencyRequest(HttpRequest):
    """A request on an agency's address: its agency, an id for the logs, and htmx's details."""

    agency: Agency
    id: str
    htmx: HtmxDetails
