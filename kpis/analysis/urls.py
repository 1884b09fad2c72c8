from django.urls import path

from kpis.analysis import views

urlpatterns = [
    path("waterfall/", views.waterfall, name="waterfall"),
    path("waterfall/export/", views.waterfall_export, name="waterfall-export"),
    path("waterfall/<slug:step>/", views.waterfall_step, name="waterfall-step"),
    path("waterfall/<slug:step>/export/", views.waterfall_step_export, name="waterfall-step-export"),
    path("cohorts/", views.cohorts, name="cohorts"),
    path("cohorts/export/", views.cohorts_export, name="cohorts-export"),
    path("cohorts/<str:month>/<int:age>/", views.cohort_cell, name="cohort-cell"),
    path("cohorts/<str:month>/<int:age>/export/", views.cohort_cell_export, name="cohort-cell-export"),
    path("response-times/", views.response_times, name="response-times"),
    path("response-times/export/", views.response_times_export, name="response-times-export"),
    path("lifetime/", views.lifetime, name="lifetime"),
    path("lifetime/export/", views.lifetime_export, name="lifetime-export"),
]
