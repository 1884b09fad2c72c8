from django.urls import path

from kpis.alerts import views

app_name = "alerts"

urlpatterns = [
    path("", views.alert_list, name="alert-list"),
    path("seen/", views.alerts_seen, name="alerts-seen"),
    path("settings/", views.alert_settings, name="alert-settings"),
    path("<int:alert_id>/done/", views.alert_done, name="alert-done"),
    path("<int:alert_id>/snooze/", views.alert_snooze, name="alert-snooze"),
    path("<int:alert_id>/reopen/", views.alert_reopen, name="alert-reopen"),
    path("<int:alert_id>/resolve/", views.alert_resolve, name="alert-resolve"),
]
