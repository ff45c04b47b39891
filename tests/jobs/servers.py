"""Servers that take mail and posts, and keep them."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import subprocess
import threading
import time
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword


class MailServer:
    """An SMTP server with STARTTLS and a password; `refuse` holds answers to the next messages, such as "450 later"."""

    password = "korrekt-pferd-7791"  # noqa: S105 - of this server alone

    def __init__(self, folder: Path) -> None:
        if shutil.which("openssl") is None:
            pytest.skip("no openssl, which makes the server's certificate")
        folder.mkdir(parents=True)
        self.certificate, key = folder / "cert.pem", folder / "key.pem"
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
        command += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(self.certificate)]
        subprocess.run(command, check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        self.received: list[tuple[list[str], EmailMessage]] = []
        self.refuse: list[str] = []
        self.hook: Any = None
        with socket.socket() as probe:
            probe.bind(("localhost", 0))
            self.port: int = probe.getsockname()[1]
        self._controller = Controller(
            self,
            hostname="localhost",
            port=self.port,
            tls_context=context,
            require_starttls=True,
            auth_required=True,
            authenticator=self._authenticate,
        )

    def _authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:  # noqa: ARG002
        known = isinstance(data, LoginPassword) and (data.login, data.password) == (b"it", self.password.encode())
        return AuthResult(success=known, handled=False)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802, ARG002 - aiosmtpd's names
        if self.refuse:
            return self.refuse.pop(0)
        self.received.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=default)))  # type: ignore[arg-type]
        if self.hook:
            self.hook()
        return "250 OK"

    @property
    def settings(self) -> str:
        """[delivery] for it."""
        return (
            f'[delivery]\nsmtp = "localhost"\nport = {self.port}\n'
            'user = "it"\npassword = "env:SMTP_PASSWORD"\nsender = "reports@example.com"\n'
        )

    def __enter__(self) -> MailServer:
        self._controller.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._controller.stop()


class Webhook:
    """An HTTP server that keeps what is posted, and gives the answers it was told, the last one again and again."""

    def __init__(self, *answers: tuple[int, Any] | float) -> None:
        self.answers = [*answers]
        self.posts: list[tuple[str, Any]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                kind = self.headers["Content-Type"]
                outer.posts.append((self.path, json.loads(content) if "json" in kind else (kind, content)))
                answer = outer.answers.pop(0) if len(outer.answers) > 1 else outer.answers[0]
                if isinstance(answer, float):
                    time.sleep(answer)
                    return
                code, body = answer
                content = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(code)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        """Where it listens, with a key in its path as webhooks have."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/cgi-bin/webhook/send?key=geheim-4711"

    def close(self) -> None:
        """Stop it."""
        self._server.shutdown()
        self._server.server_close()
