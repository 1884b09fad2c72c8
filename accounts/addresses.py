from django.conf import settings
from django.urls import reverse

from agencyam.tenancy.context import current_agency


def site_address() -> str:
    """The bound agency's address, such as https://northwind.example.com, not the request host. For edges."""
    scheme = settings.ACCOUNT_DEFAULT_HTTP_PROTOCOL
    usual_port = 443 if scheme == "https" else 80
    port = "" if usual_port == settings.PUBLIC_PORT else f":{settings.PUBLIC_PORT}"
    return f"{scheme}://{current_agency().slug}.{settings.PUBLIC_HOST}{port}"


def password_key_url(key: str) -> str:
    """Where a member sets a password with the `uid-token` key of a mail. For edges."""
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
    return site_address() + path.replace("UID-KEY", key)
