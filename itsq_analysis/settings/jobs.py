"""What runs unattended: `[[job]]`, who gets the result: `[[recipient]]`, and how mail is sent: `[delivery]`.

Passwords and the addresses of chats are references: `env:NAME` is an environment variable, `keyring:SERVICE/NAME` an entry of the
operating system's keyring. The value is looked up when it is used, never written.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, StrictInt, StringConstraints, model_validator

from itsq_analysis.settings.fields import Aliases, Name, Service, Text, ZoneName
from itsq_analysis.settings.staffing import Span
from itsq_analysis.settings.toml_table import TomlTable

FIXED_ON = ("any day", "working days", "first working day", "last working day")
NTH_WORKING_DAY = re.compile(r"working day (1?\d|20)", re.ASCII)
SLUG = r"^[a-z0-9](?:[a-z0-9_-]{0,58}[a-z0-9])?$"
REFERENCE = r"^(?:env:[A-Za-z_][A-Za-z0-9_]{0,119}|keyring:[A-Za-z0-9_.-]{1,80}/[A-Za-z0-9_.@-]{1,80})$"
ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\\x00-\x1f]+@[^\s@<>,;:\"()\[\]\\\x00-\x1f]+")
PeriodRule = Literal["last-month", "last-quarter", "last-half", "last-year", "last-week", "newest"]
Sweep = Literal["service", "language"]
ChatKind = Literal["wecom", "dingtalk", "feishu", "slack", "teams", "apprise"]


def _cron(value: str) -> str:
    if len(value.split()) != 5:
        raise ValueError('must be a cron expression of five fields, such as "30 7 1 * *" (07:30 on the first of the month)')
    try:
        CronSim(value, datetime(2026, 1, 1))
    except CronSimError as error:
        problem = str(error).lower() or "a field that is wrong"
        raise ValueError(f'must be a cron expression such as "30 7 1 * *"; it has a {problem}') from error
    return value


def _on(value: str) -> str:
    if value not in FIXED_ON and not NTH_WORKING_DAY.fullmatch(value):
        raise ValueError(f'must be one of {", ".join(FIXED_ON)}, or a number such as "working day 3"')
    return value


def _parameter(value: Any) -> Any:
    """A parameter as JSON knows it: a date as text."""
    if isinstance(value, list | tuple):
        return tuple(_parameter(item) for item in value)
    if isinstance(value, date):
        return value.isoformat()
    if value is None or not isinstance(value, str | int | float | bool):
        raise ValueError("must be a text, a number, true, false, a date, or a list of these")
    return value


def _addresses(values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if not ADDRESS.fullmatch(value):
            raise ValueError('must be addresses such as "head.of.it@example.com", without names')
    return values


Slug = Annotated[str, StringConstraints(pattern=SLUG)]
Slugs = Annotated[tuple[Slug, ...], BeforeValidator(lambda value: value if isinstance(value, list | tuple) else (value,))]
Sweeps = Annotated[tuple[Sweep, ...], BeforeValidator(lambda value: value if isinstance(value, list | tuple) else (value,))]
Reference = Annotated[str, StringConstraints(pattern=REFERENCE)]
Cron = Annotated[Name, AfterValidator(_cron)]
On = Annotated[str, AfterValidator(_on)]
Parameter = Annotated[Any, BeforeValidator(_parameter)]
Addresses = Annotated[Aliases, AfterValidator(_addresses)]


class JobSettings(TomlTable):
    """A report, or a load, that runs by itself.

    Attributes:
        id: its name in lower-case letters, digits, - and _.
        report: the report, such as "quality", or another notebook of the workspace.
        load: pull what every [[pull]] names and load all sources, instead of making a report.
        cron: when, five fields.
        timezone: in which `cron` is meant; None is the organisation's.
        on: on which of these days: any day, working days, first working day, last working day, working day 3.
        calendar: whose working days; None is the first.
        parameters: of the notebook; a text "env:NAME" is handed over as such, for the notebook to look up.
        for_each: one run for every service, every language, or both.
        period: which period a run is about, counted from when it is due; "newest" is what the data have.
        after: load jobs whose newest result it needs.
        wait: how long it waits for data that do not reach the period's end, and for those loads.
        late: what happens then: "mark" makes it and says so, "skip" does not.
        catch_up: what becomes of runs that were missed: none, the last, or all.
        retries: how often a failed run is tried again, after `back_off`, then twice as long, and so on.
        time_limit: seconds for one run.
        memory_limit: megabytes for one run; None is no limit.
        pdf: make a PDF of the page too.
        to: recipients of the result.
        owner: the recipient who is told of failures.
        approve: hold deliveries until `itsq approve`.
    """

    id: Slug
    report: Name | None = None
    load: StrictBool = False
    cron: Cron
    timezone: ZoneName | None = None
    on: On = "any day"
    calendar: Name | None = None
    parameters: dict[Name, Parameter] = Field(default={})
    for_each: Sweeps = ()
    period: PeriodRule = "last-month"
    after: Slugs = ()
    wait: Span = 24 * 3600.0
    late: Literal["mark", "skip"] = "mark"
    catch_up: Literal["none", "last", "all"] = "last"
    retries: StrictInt = Field(default=2, ge=0, le=20)
    back_off: Span = 300.0
    time_limit: Span = 3600.0
    memory_limit: StrictInt | None = Field(default=None, ge=100)
    pdf: StrictBool = False
    to: Slugs = ()
    owner: Slug | None = None
    approve: StrictBool = False

    @model_validator(mode="after")
    def _does_one_thing(self) -> JobSettings:
        if (self.report is None) != self.load:
            raise ValueError('must give report = "..." or load = true, and not both')
        only = {"parameters", "for_each", "period", "after", "pdf", "approve", "to"} & self.model_fields_set
        if self.load and only:
            raise ValueError(f"must not give {', '.join(sorted(only))} where load = true; these are for reports")
        return self


class RecipientSettings(TomlTable):
    """Who gets results: people by mail, or one chat.

    Attributes:
        id: its name in lower-case letters, digits, - and _.
        mail: addresses; each gets a message of its own.
        chat: the kind of chat whose webhook is `address`; "apprise" is any address of the library apprise.
        address: the webhook, as a reference.
        secret: with which DingTalk or Feishu want messages signed, as a reference.
        language: only reports in this language; None is all.
        services: only reports about all of the organisation's services, or one of these; () is all.
        attach: what goes with a mail; "pdf" is also what WeCom is given as a file.
        only_when_changed: nothing is sent where nothing has changed since the last report.
    """

    id: Slug
    mail: Addresses = ()
    chat: ChatKind | None = None
    address: Reference | None = None
    secret: Reference | None = None
    language: Literal["en", "zh"] | None = None
    services: tuple[Service, ...] = ()
    attach: Literal["html", "pdf", "nothing"] = "html"
    only_when_changed: StrictBool = False

    @model_validator(mode="after")
    def _is_reached_one_way(self) -> RecipientSettings:
        if bool(self.mail) == (self.chat is not None):
            raise ValueError('must give mail = [...] or chat = "...", and not both')
        if self.chat is not None and self.address is None:
            raise ValueError('must give address = "env:NAME", the variable with the webhook, where chat is given')
        return self


class DeliverySettings(TomlTable):
    """How mail is sent, and where readers find the pages.

    Attributes:
        smtp: the mail server; "" is none.
        security: starttls, tls from the beginning, or none.
        user: for the server, with `password`, a reference; None where it asks for neither.
        sender: address of the sender.
        link: address of the folder of the pages as readers reach it, such as "https://files.example.com/it/"; "" is none.
        portal: its folder, brought up to date by each tick that makes something; "" is the folder portal, once itsq portal made it.
    """

    smtp: Text = ""
    port: StrictInt = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: Name | None = None
    password: Reference | None = None
    sender: Text = ""
    link: Text = ""
    portal: Text = ""

    @model_validator(mode="after")
    def _has_a_sender(self) -> DeliverySettings:
        if self.smtp and not ADDRESS.fullmatch(self.sender):
            raise ValueError('must give sender, such as sender = "reports@example.com", where smtp is given')
        if (self.user is None) != (self.password is None):
            raise ValueError('must give user and password = "env:NAME" together, or neither')
        if self.link and not re.match(r"(https?|file)://", self.link):
            raise ValueError('must give link as an address such as "https://files.example.com/it/"')
        return self
