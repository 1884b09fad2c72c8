"""A real SMTP server on loopback that records messages and can refuse, stall, hang up or have the sender killed."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

STALL_SECONDS = 2.0


class Recorder:
    """aiosmtpd's handler. `recipients` are the envelope's, one list a message. `mode` is one of:

    accept; refuse (550 to the address); later (451 to the address); slow_rcpt (answers the address too late);
    refuse_data (554 after the message); later_data (452 after the message); cut_before_data (hangs up instead
    of asking for the message); cut_after_data and slow_data (has the message, then hangs up or stays silent);
    kill_at_data (has the message and ends the process `victim`, once it is told which).
    """

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.recipients: list[list[str]] = []
        self.mode = "accept"
        self.victim: int | None = None

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list
    ) -> str:
        if self.mode == "refuse":
            return "550 No such mailbox"
        if self.mode == "later":
            return "451 Try again later"
        if self.mode == "slow_rcpt":
            await asyncio.sleep(STALL_SECONDS)
        if self.mode == "cut_before_data":
            server.transport.abort()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.mode == "refuse_data":
            return "554 Refused as spam"
        if self.mode == "later_data":
            return "452 No space just now"
        self.messages.append(message_from_bytes(envelope.content))
        self.recipients.append(list(envelope.rcpt_tos))
        if self.mode == "kill_at_data":
            while self.victim is None:
                await asyncio.sleep(0.01)
            os.kill(self.victim, signal.SIGKILL)
        if self.mode == "cut_after_data":
            server.transport.abort()
        if self.mode == "slow_data":
            await asyncio.sleep(STALL_SECONDS)
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
