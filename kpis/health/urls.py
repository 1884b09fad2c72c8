"""The addresses of health and risk, below those of the KPIs."""

from django.urls import path

from kpis.health import views

urlpatterns = [
    path("clients/<int:client_id>/health/", views.client_health, name="client-health"),
    path("risk/", views.risk, name="risk"),
    path("risk/csv/", views.risk_csv, name="risk-csv"),
    path("back-test/", views.back_test, name="back-test"),
    path("health-weights/", views.health_weights, name="health-weights"),
]
