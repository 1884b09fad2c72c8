from django.urls import path

from kpis.frozen import views

urlpatterns = [
    path("months/", views.months_list, name="months-list"),
    path("months/<str:month>/", views.months_detail, name="months-detail"),
]
