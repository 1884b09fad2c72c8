"""SMTP that knows how far it came: whether the server may have the whole message."""

import smtplib
from typing import Any

from django.core.mail.backends.smtp import EmailBackend as DjangoBackend


class _Watched:
    """Notes the moment at which the last byte of a message has left.

    Before it a broken connection or a timeout is certain: the server has no message that it could deliver.
    """

    has_whole_message = False
    _is_in_data = False

    def data(self, msg: Any) -> Any:
        self._is_in_data = True
        try:
            return super().data(msg)  # type: ignore[misc]
        finally:
            self._is_in_data = False

    def send(self, s: Any) -> None:
        super().send(s)  # type: ignore[misc]
        # smtplib sends commands as text and the message with its closing dot as one piece of bytes.
        if self._is_in_data and isinstance(s, bytes):
            self.has_whole_message = True


class _SMTP(_Watched, smtplib.SMTP):
    pass


class _SMTPOverTLS(_Watched, smtplib.SMTP_SSL):
    pass


class EmailBackend(DjangoBackend):
    """Django's, with connections that know whether they handed over the whole message."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _SMTPOverTLS if self.use_ssl else _SMTP

    @property
    def has_whole_message(self) -> bool:
        return bool(getattr(self.connection, "has_whole_message", False))
