"""A real SMTP server on loopback that records messages and can refuse, hang up or have the sender killed."""

import contextlib
import os
import signal
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Recorder:
    """aiosmtpd's handler. `mode`: accept, refuse (550), later (451), or kill_at_data (SIGKILL to `victim`)."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.mode = "accept"
        self.victim: int | None = None

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list
    ) -> str:
        if self.mode == "refuse":
            return "550 No such mailbox"
        if self.mode == "later":
            return "451 Try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.messages.append(message_from_bytes(envelope.content))
        if self.mode == "kill_at_data":
            os.kill(self.victim, signal.SIGKILL)
        return "250 Accepted"


class FreePort(Controller):
    """Lets the system choose the port and tells it afterwards."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextlib.contextmanager
def smtp_server() -> Iterator[tuple[Recorder, int]]:
    """Serve on a free port for the length of a block. Yields the recorder and the port."""
    recorder = Recorder()
    controller = FreePort(recorder, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        yield recorder, controller.port
    finally:
        controller.stop()
