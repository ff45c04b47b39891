"""A server that plays the documented behaviour of the APIs from which we pull, with the faults of a network before each answer."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Asked:
    """A question: its path, its parameters, the JSON that was posted, and its headers."""

    path: str
    parameters: dict[str, str]
    content: Any
    headers: dict[str, str]


@dataclass
class Server:
    """`answer` makes an answer of a question: (JSON, headers) or (JSON, headers, status). Faults come first, each once."""

    answer: Callable[[Asked], tuple[Any, ...]]
    url: str = ""
    faults: list[str] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    """Faults: "429" with Retry-After, "503", "cut" (half of the body, then the end), "login" (HTML), "elsewhere" (redirected)."""

    server_: Server

    def do_GET(self) -> None:
        self._reply(None)

    def do_POST(self) -> None:
        self._reply(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _reply(self, content: Any) -> None:
        parts = urlsplit(self.path)
        parameters = {name: values[0] for name, values in parse_qs(parts.query).items()}
        asked = Asked(parts.path, parameters, content, {name.title(): value for name, value in self.headers.items()})
        self.server_.asked.append(asked)
        fault = self.server_.faults.pop(0) if self.server_.faults else ""
        if fault == "429":
            return self._send(429, b"{}", {"Retry-After": "7"})
        if fault == "503":
            return self._send(503, b"busy", {})
        if fault == "login":
            return self._send(200, b"<html>Log in</html>", {})
        if fault == "elsewhere":
            return self._send(302, b"", {"Location": "https://elsewhere.example.com/"})
        found, headers, *status = self.server_.answer(asked)
        return self._send(status[0] if status else 200, json.dumps(found).encode(), headers, cut=fault == "cut")

    def _send(self, status: int, body: bytes, headers: dict[str, str], *, cut: bool = False) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Nothing is printed."""


@contextmanager
def serving(answer: Callable[[Asked], tuple[Any, ...]]) -> Iterator[Server]:
    state = Server(answer)
    http = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Handler,), {"server_": state}))
    state.url = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield state
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
