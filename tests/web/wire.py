"""A browser on a real socket: keeps cookies, sends tokens, follows nothing."""

import re
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from urllib.parse import urlencode


@dataclass(frozen=True)
class Answer:
    """What the server sent, and after how many seconds."""

    status: int
    headers: dict[str, str]
    set_cookies: list[str]
    text: str
    seconds: float


@dataclass
class WireBrowser:
    """One visitor of one host; `headers` go along with each request."""

    host: str
    port: int
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def get(self, path: str) -> Answer:
        return self._send("GET", path)

    def post(self, path: str, **data: str) -> Answer:
        """Send a form with the token of the latest page."""
        return self._send("POST", path, urlencode({"csrfmiddlewaretoken": self.token, **data}))

    def sign_in(self, email: str, password: str) -> Answer:
        self.get("/account/login/")
        answer = self.post("/account/login/", login=email, password=password)
        self.get("/settings/")
        return answer

    def _send(self, method: str, path: str, body: str | None = None) -> Answer:
        headers = {"Host": f"{self.host}:{self.port}", **self.headers}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        begin = time.monotonic()
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode(errors="replace")
        finally:
            connection.close()
        set_cookies = response.headers.get_all("Set-Cookie") or []
        self._remember(set_cookies, text)
        return Answer(response.status, dict(response.headers), set_cookies, text, time.monotonic() - begin)

    def _remember(self, set_cookies: list[str], text: str) -> None:
        for line in set_cookies:
            self.cookies |= {name: cookie.value for name, cookie in SimpleCookie(line).items()}
        if found := re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text):
            self.token = found[1]
