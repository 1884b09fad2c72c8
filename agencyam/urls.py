"""An agency's site. Each app owns its addresses; the demo adds the gallery of parts."""

from django.conf import settings
from django.urls import include, path

from agencyam import gallery

urlpatterns = [
    path("account/", include("allauth.urls")),
    path("", include("accounts.urls")),
    path("", include("clients.urls")),
    path("kpis/", include("kpis.urls")),
    path("reviews/", include("reports.urls")),
]
if settings.DEMO or settings.TESTING:
    urlpatterns += [path("gallery/", gallery.gallery, name="gallery")]

handler500 = "agencyam.views.handle_500"
