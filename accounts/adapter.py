"""Sign-in as allauth does it, with our rules: no open sign-up, mail through the outbox, our own links."""

import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction
from django.http import HttpRequest

from accounts.addresses import password_key_url, site_address
from accounts.models import User
from accounts.selectors import get_settings
from agencyam.jobs import outbox
from agencyam.jobs import services as job_services
from agencyam.jobs.models import Queue


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Members are made by their agency."""
        return False

    def clean_email(self, email: str) -> str:
        return super().clean_email(email).lower()

    def format_email_subject(self, subject: str) -> str:
        return subject

    def get_reset_password_from_key_url(self, key: str) -> str:
        return password_key_url(key)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the mail into the outbox. It names the agency's address and never the request's host."""
        name = get_settings().name
        context = {**context, "email": email, "site_address": site_address(), "agency_name": name}
        context["current_site"] = {"name": name, "domain": site_address().split("://")[1]}
        message = self.render_mail(template_prefix, email, context)
        with transaction.atomic():
            outbox.post(
                key=f"account:{secrets.token_hex(16)}",
                to=email,
                subject=message.subject,
                text=str(message.body),
                is_client_mail=False,
                may_repeat=True,
            )
            job_services.hint_queue_on_commit(Queue.INTERACTIVE)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell a member about a change to their sign-in, wherever it came from."""
        super().send_notification_mail(
            template_prefix, user, {"user": user, **(context or {})}, email or user.email
        )
