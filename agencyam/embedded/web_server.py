"""Settings of gunicorn in the demo: `gunicorn -c python:agencyam.embedded.web_server agencyam.wsgi`."""

import socket
from typing import Any

worker_class = "sync"
workers = 3
# The application is imported once and shared by the workers, which halves the time to the first page.
preload_app = True
timeout = 60
graceful_timeout = 3
control_socket_disable = True


def when_ready(server: Any) -> None:
    """Keep a browser's idle spare connections in the kernel.

    Browsers open connections before they have anything to ask. No buffering proxy stands before the demo, and
    a sync worker would wait for such a connection and serve nobody else.
    """
    if hasattr(socket, "TCP_DEFER_ACCEPT"):
        for listener in server.LISTENERS:
            listener.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 30)
