from django.urls import path

from clients.feedback import views as feedback_views
from clients.staff import urls as staff_urls
from clients.touchpoints import views as touchpoint_views
from clients.workspace import views
from clients.workspace.my_day import views as my_day_views

app_name = "clients"

urlpatterns = [
    path("", my_day_views.my_day, name="my-day"),
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
    path("clients/<int:client_id>/steps/<int:step_id>/done/", my_day_views.step_done, name="step-done"),
    path("clients/<int:client_id>/steps/<int:step_id>/reopen/", my_day_views.step_reopen, name="step-reopen"),
    path("clients/<int:client_id>/steps/<int:step_id>/move/", my_day_views.step_move, name="step-move"),
    *staff_urls.urlpatterns,
]
