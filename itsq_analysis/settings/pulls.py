"""From where exports are fetched: `[[pull]]`."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StrictInt, model_validator

from itsq_analysis.settings.fields import Day, Name
from itsq_analysis.settings.jobs import REFERENCE, Reference, Slug
from itsq_analysis.settings.staffing import Span
from itsq_analysis.settings.toml_table import TomlTable

PullKind = Literal["database", "servicenow", "jira", "glpi", "prometheus", "zabbix"]
MEASUREMENTS = ("prometheus", "zabbix")


def _without_password(value: str) -> str:
    if not re.fullmatch(REFERENCE, value) and urlsplit(value).password is not None:
        raise ValueError('must not hold a password; give password = "env:NAME", or url = "env:NAME" as a whole')
    return value


Address = Annotated[Name, AfterValidator(_without_password)]


class PullSettings(TomlTable):
    """What is fetched by `itsq pull`, into the folder pulled/ID.

    Attributes:
        id: its name in lower-case letters, digits, - and _.
        kind: what answers: a database, or the API of a tool.
        url: its address; of a database as SQLAlchemy writes it, without the password; or a reference to either.
        user: who asks, with `password`; without a user the password is a token.
        password: of the user, or the token, as a reference.
        app_token: GLPI's token of the application, as a reference.
        table: of a database or of ServiceNow, such as incident.
        query: SQL, ServiceNow's encoded query, JQL, PromQL, or a part of Zabbix' item keys.
        watermark: column of a database that grows with each change of a row; without it every pull fetches all rows.
        since: the first day that is fetched; measurements need it.
        overlap: how far before the newest row that it has a pull begins.
        page: rows that are asked for at once.
        step: of Prometheus' measurements.
    """

    id: Slug
    kind: PullKind
    url: Address
    user: Name | None = None
    password: Reference | None = None
    app_token: Reference | None = None
    table: Name | None = None
    query: Name | None = None
    watermark: Name | None = None
    since: Day | None = None
    overlap: Span = 3600.0
    page: StrictInt = Field(default=1000, ge=1, le=10_000)
    step: Span = 3600.0

    @model_validator(mode="after")
    def _says_what(self) -> PullSettings:
        if self.kind != "database" and not re.match(rf"https?://|{REFERENCE}", self.url):
            raise ValueError('must give url as an address such as "https://example.service-now.com"')
        if self.kind == "database" and (self.table is None) == (self.query is None):
            raise ValueError('must give table = "..." or query = "SELECT ...", and not both, where kind = "database"')
        if self.kind == "servicenow" and self.table is None:
            raise ValueError('must give table = "incident", or another one of ServiceNow')
        if self.kind in MEASUREMENTS and (self.query is None or self.since is None):
            raise ValueError("must give query and since = 2026-01-01, the first day, where measurements are pulled")
        if self.watermark is not None and self.kind != "database":
            raise ValueError('must not give watermark but where kind = "database"; an API has its own')
        return self
