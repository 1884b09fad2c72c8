"""The installation's own address: a word that it is there, and where mail providers report."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import include, path


def welcome(request: HttpRequest) -> HttpResponse:
    """Says where agencies sign in; names none of them. Rendered without a session: there are no members here."""
    return HttpResponse(render_to_string("welcome.html"))


urlpatterns = [
    path("", welcome, name="welcome"),
    path("webhooks/mail/", include("accounts.urls_public")),
]
handler404 = "agencyam.views.nothing_here"
handler500 = "agencyam.views.handle_500"
