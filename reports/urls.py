from django.urls import path

from reports.qbr import views
from reports.qbr.builder import urls as builder_urls
from reports.qbr.delivery import send_views
from reports.qbr.planning import batch_views
from reports.qbr.planning import views as plan_views
from reports.qbr.stages import queue_views
from reports.qbr.stages import views as stage_views

app_name = "reports"

urlpatterns = [
    *builder_urls.urlpatterns,
    path("", views.qbr_list, name="qbr-list"),
    path("clients/<int:client_id>/create/", views.qbr_create, name="qbr-create"),
    path("queue/", queue_views.qbr_queue, name="qbr-queue"),
    path("clients/<int:client_id>/plan/", plan_views.plan_change, name="plan-change"),
    path("plan/", plan_views.plan_list, name="plan-list"),
    path("batch/", batch_views.batch_create, name="batch-create"),
    path("batch/<int:batch_id>/", batch_views.batch_detail, name="batch-detail"),
    path("<int:qbr_id>/", views.qbr_detail, name="qbr-detail"),
    path("<int:qbr_id>/step/<slug:verb>/", stage_views.qbr_step, name="qbr-step"),
    path("<int:qbr_id>/approve/", stage_views.qbr_approve, name="qbr-approve"),
    path("<int:qbr_id>/send-back/", stage_views.qbr_send_back, name="qbr-send-back"),
    path("<int:qbr_id>/people/", stage_views.qbr_people, name="qbr-people"),
    path("<int:qbr_id>/meeting/", stage_views.qbr_meeting, name="qbr-meeting"),
    path("<int:qbr_id>/hold/", stage_views.qbr_hold, name="qbr-hold"),
    path("<int:qbr_id>/correct/", stage_views.qbr_correct, name="qbr-correct"),
    path("<int:qbr_id>/checklist/", stage_views.qbr_checklist, name="qbr-checklist"),
    path("<int:qbr_id>/checklist/<int:number>/", stage_views.qbr_tick, name="qbr-tick"),
    path("<int:qbr_id>/download/", views.qbr_download, name="qbr-download"),
    path("<int:qbr_id>/send/", send_views.qbr_send, name="qbr-send"),
    path(
        "<int:qbr_id>/links/<int:contact_id>/revoke/",
        send_views.qbr_link_revoke,
        name="qbr-link-revoke",
    ),
    path("<int:qbr_id>/mails/<int:mail_id>/resend/", send_views.qbr_mail_resend, name="qbr-mail-resend"),
    path("<int:qbr_id>/mails/<int:mail_id>/retry/", send_views.qbr_mail_retry, name="qbr-mail-retry"),
]
