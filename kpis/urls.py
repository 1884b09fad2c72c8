from django.urls import path

from kpis import views

app_name = "kpis"

urlpatterns = [
    path("", views.scorecard, name="scorecard"),
    path("compute/", views.kpis_compute, name="kpis-compute"),
    path("compute/<int:job_id>/", views.kpis_compute_status, name="kpis-compute-status"),
    path("<slug:kpi>/", views.kpi_detail, name="kpi-detail"),
]
