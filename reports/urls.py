from django.urls import path

from reports.qbr import views

app_name = "reports"

urlpatterns = [
    path("", views.qbr_list, name="qbr-list"),
    path("clients/<int:client_id>/create/", views.qbr_create, name="qbr-create"),
    path("<int:qbr_id>/", views.qbr_detail, name="qbr-detail"),
    path("<int:qbr_id>/download/", views.qbr_download, name="qbr-download"),
    path("<int:qbr_id>/send/", views.qbr_send, name="qbr-send"),
]
