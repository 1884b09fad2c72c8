from django.urls import path

from clients.feedback import views as feedback_views
from clients.staff import urls as staff_urls
from clients.touchpoints import views as touchpoint_views
from clients.workspace import views

app_name = "clients"

urlpatterns = [
    path("", views.home, name="home"),
    path("clients/", views.client_list, name="client-list"),
    path("clients/find/", views.client_find, name="client-find"),
    path("clients/<int:client_id>/", views.client_detail, name="client-detail"),
    path("clients/<int:client_id>/pulse/", feedback_views.pulse_give, name="pulse-give"),
    path("clients/<int:client_id>/touchpoints/log/", views.touchpoint_log, name="touchpoint-log"),
    path(
        "clients/<int:client_id>/touchpoints/<int:touchpoint_id>/cancel/",
        touchpoint_views.touchpoint_cancel,
        name="touchpoint-cancel",
    ),
    *staff_urls.urlpatterns,
]
