from django.urls import path

from accounts import agency_views, mail_views, views

app_name = "accounts"

urlpatterns = [
    path("settings/", views.own_settings, name="own-settings"),
    path("settings/agency/", agency_views.agency_settings, name="agency-settings"),
    path("settings/agency/logo/", agency_views.agency_logo, name="agency-logo"),
    path("settings/sessions/end/", views.sessions_end, name="sessions-end"),
    path("mail/", mail_views.mail_list, name="mail-list"),
    path("mail/<int:mail_id>/", mail_views.mail_detail, name="mail-detail"),
    path("mail/<int:mail_id>/attachments/<int:number>/", mail_views.mail_attachment, name="mail-attachment"),
    path("mail/<int:mail_id>/resend/", mail_views.mail_resend, name="mail-resend"),
    path("mail/<int:mail_id>/retry/", mail_views.mail_retry, name="mail-retry"),
]
