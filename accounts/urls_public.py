"""The app's addresses on the installation's own host."""

from django.urls import path

from accounts import mail_webhooks

urlpatterns = [path("<slug:provider>/", mail_webhooks.mail_report, name="mail-report")]
