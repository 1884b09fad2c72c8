from django.urls import path

from kpis import views
from kpis.analysis import urls as analysis_urls
from kpis.frozen import urls as frozen_urls
from kpis.health import urls as health_urls
from kpis.targeting import urls as targeting_urls

app_name = "kpis"

urlpatterns = [
    path("", views.scorecard, name="scorecard"),
    *analysis_urls.urlpatterns,
    *targeting_urls.urlpatterns,
    *frozen_urls.urlpatterns,
    *health_urls.urlpatterns,
    path("<slug:kpi>/", views.kpi_detail, name="kpi-detail"),
    path("<slug:kpi>/rows.<slug:kind>", views.kpi_rows, name="kpi-rows"),
]
