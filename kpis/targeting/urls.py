"""The addresses of the targets, below those of the KPIs."""

from django.urls import path

from kpis.targeting import views

urlpatterns = [
    path("targets/", views.target_list, name="target-list"),
    path("targets/set/", views.target_set, name="target-set"),
    path("targets/<int:target_id>/end/", views.target_end, name="target-end"),
    path("targets/<slug:kpi>/", views.target_detail, name="target-detail"),
]
