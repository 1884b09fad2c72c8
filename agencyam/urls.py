"""An agency's site. Each app owns its addresses; the demo adds the gallery of parts."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path, re_path

from agencyam import gallery, views

# A member's address changes through our own service, which writes it into the trail; and nobody signs up.
CLOSED = r"^account/(?:signup|email|confirm-email|confirm-email/[^/]+)/$"

urlpatterns: list[URLPattern | URLResolver] = [
    re_path(CLOSED, views.closed),
    path("account/", include("allauth.urls")),
    path("", include("accounts.urls")),
    path("", include("clients.urls")),
    path("settings/numbers/", include("kpis.choices.urls")),
    path("settings/reviews/", include("reports.qbr.tiers.urls")),
    path("kpis/", include("kpis.urls")),
    path("alerts/", include("kpis.alerts.urls")),
    path("reviews/", include("reports.urls")),
    path("", include("reports.qbr.delivery.urls")),
]
if settings.DEMO or settings.TESTING:
    urlpatterns += [path("gallery/", gallery.gallery, name="gallery")]

handler500 = "agencyam.views.handle_500"
