"""An API over HTTP: asks again after a pause where it is told to wait, fails or is cut off; says what it cannot put right."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.exceptions import HTTPError, MaxRetryError
from urllib3.util import Retry, Timeout, make_headers

from itsq_analysis.errors import IngestError
from itsq_analysis.settings import PullSettings
from itsq_analysis.settings.findings import printable
from itsq_analysis.settings.references import looked_up

TRIES = 6  # after the first
PAUSE = 0.5  # seconds before the second try, then twice as long, and so on; what Retry-After says goes before
LONGEST_PAUSE = 120  # seconds
TIMEOUT = Timeout(connect=15, read=120)
PASSING = (429, 500, 502, 503, 504)  # answers that may be others next time
SHOWN = 200  # characters of an answer that a message repeats


@dataclass(frozen=True)
class Answer:
    """What an API has answered: the JSON, and the headers (names in lower case)."""

    content: Any
    headers: Mapping[str, str]


class Api:
    """An API at an address, asked with headers that tell who asks.

    Connections go through the proxy that the system names for the address. A redirection is refused: it could carry the credentials
    to another host.
    """

    def __init__(self, pull: PullSettings, headers: Mapping[str, str] | None = None, *, pause: float = PAUSE) -> None:
        self.url = address_of(pull).rstrip("/")
        self.id = pull.id
        self.headers = {"Accept": "application/json", **(headers if headers is not None else signed(pull))}
        self.retry = Retry(
            total=TRIES,
            redirect=0,
            backoff_factor=pause,
            backoff_max=LONGEST_PAUSE,
            status_forcelist=PASSING,
            allowed_methods=None,
            raise_on_status=False,
            raise_on_redirect=False,
        )
        self.pool = _pool(self.url)

    def get(self, path: str, parameters: Mapping[str, Any], *, also: tuple[int, ...] = ()) -> Answer:
        """GET a path below the address; statuses `also` are answers too.

        Raises:
            IngestError: the API is not reached, refuses, or answers something that is no JSON.
        """
        return self._ask("GET", path, also, fields={name: str(value) for name, value in parameters.items()})

    def post(self, path: str, content: Any) -> Answer:
        """POST JSON to a path; only for questions, which may be asked twice.

        Raises:
            IngestError: as for `get`.
        """
        body = json.dumps(content).encode()
        return self._ask("POST", path, (), body=body, headers={"Content-Type": "application/json"})

    def _ask(self, method: str, path: str, also: tuple[int, ...], headers: Mapping[str, str] | None = None, **rest: Any) -> Answer:
        where = f"pull {self.id}: {self.url}{path}"
        try:
            answer = self.pool.request(
                method, self.url + path, headers={**self.headers, **(headers or {})}, retries=self.retry, timeout=TIMEOUT, **rest
            )
        except HTTPError as error:
            reason = error.reason if isinstance(error, MaxRetryError) and error.reason else error
            raise IngestError(
                f"{where} must be reachable; found {type(reason).__name__} in {TRIES + 1} tries; "
                "check url, network and proxy, then pull again: it goes on where it stopped"
            ) from error
        if answer.status >= 300 and answer.status not in also:
            raise IngestError(f"{where}: {_refusal(answer)}")
        try:
            content = json.loads(answer.data)
        except ValueError as error:
            raise IngestError(
                f"{where} must answer JSON; found {_shown(answer.data)!r}; check url: it may be that of a login page"
            ) from error
        return Answer(content, {name.lower(): value for name, value in answer.headers.items()})


def address_of(pull: PullSettings) -> str:
    """The address of a pull, looked up where it is a reference."""
    return looked_up(pull.url) if pull.url.startswith(("env:", "keyring:")) else pull.url


def signed(pull: PullSettings) -> dict[str, str]:
    """The header that tells who asks: user and password, or a token; none where neither is given."""
    secret = looked_up(pull.password)
    if pull.user is not None:
        return dict(make_headers(basic_auth=f"{pull.user}:{secret}"))
    return {"Authorization": f"Bearer {secret}"} if secret else {}


def _pool(url: str) -> urllib3.PoolManager:
    parts = urlsplit(url)
    proxy = getproxies().get(parts.scheme)
    if proxy and not proxy_bypass(parts.hostname or ""):
        return urllib3.ProxyManager(proxy)
    return urllib3.PoolManager()


def _refusal(answer: urllib3.BaseHTTPResponse) -> str:
    said = _shown(answer.data)
    if answer.status in (401, 403):
        return f"must let us read; found status {answer.status} ({said}); check user, password and what the account may read"
    if answer.status < 400:
        elsewhere = _shown(answer.headers.get("Location", "").encode())
        return f"must answer by itself; found a redirection to {elsewhere}; write that as url"
    if answer.status in PASSING:
        return (
            f"must answer; found status {answer.status} ({said}) in {TRIES + 1} tries; "
            "pull again later: it goes on where it stopped"
        )
    return f"must answer; found status {answer.status} ({said}); check url, table and query"


def _shown(data: bytes) -> str:
    return printable(data[:SHOWN].decode("utf-8", "replace"))
