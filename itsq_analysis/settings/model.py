"""What itsq.toml says, as frozen typed models. Every default is written here, once."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, StrictBool, StrictInt, StringConstraints, ValidationInfo, field_validator, model_validator

from itsq_analysis.settings.fields import (
    Aliases,
    Amount,
    Canonical,
    Country,
    Currency,
    Day,
    Duration,
    Hours,
    Moment,
    Name,
    Pattern,
    Priorities,
    Reasons,
    Service,
    Text,
    Version,
    ZoneName,
    edition,
    zone,
)
from itsq_analysis.settings.jobs import DeliverySettings, JobSettings, RecipientSettings
from itsq_analysis.settings.privacy import PrivacySettings
from itsq_analysis.settings.pulls import PullSettings
from itsq_analysis.settings.scorecard import ScorecardSettings
from itsq_analysis.settings.slo import SloSettings
from itsq_analysis.settings.staffing import Share, StaffingSettings
from itsq_analysis.settings.target import Target
from itsq_analysis.settings.toml_table import TomlTable

Language = Literal["en", "zh"]
FIRST = (1, 0)  # version of the first issue


class OrganisationSettings(TomlTable):
    """Who is reported on, where, in which language and currency (ISO 4217).

    `holidays` is a country such as "CN", or "" for none.
    """

    name: Text = ""
    name_en: Text = ""
    name_zh: Text = ""
    timezone: ZoneName = "Asia/Shanghai"
    language: Language = "zh"
    holidays: Country = "CN"
    currency: Currency = "CNY"

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which days and months are counted."""
        return zone(self.timezone)


class StoreSettings(TomlTable):
    """Where the store lies; a relative path is beside itsq.toml."""

    path: Name = "store"


class PeriodSettings(TomlTable):
    """The day on which a reporting month starts; 26 makes "2026-10" 26 September to 25 October."""

    month_starts_on: StrictInt = Field(default=1, ge=1, le=28)


class CalendarSettings(TomlTable):
    """A business calendar; `holidays` is the organisation's country where itsq.toml says nothing.

    Around the clock ("7x24") no holiday stops it.
    """

    id: Name
    hours: Hours
    holidays: Country = ""


class ServiceSettings(TomlTable):
    """A service; the columns are those of the services table, `calendar` is its agreed service time."""

    service: Service
    name_en: Text | None = None
    name_zh: Text | None = None
    owner: Text | None = None
    tier: StrictInt | None = Field(default=None, ge=1, le=4)
    users: StrictInt | None = Field(default=None, ge=0)
    calendar: Name | None = None
    supplier: Text | None = None


class SourceSettings(TomlTable):
    """Files of one kind: which (`glob`, relative to itsq.toml), how they are read (`mapping`) and into which table.

    `columns` gives further headers of a canonical column (also one joined of several: "{instance}:{mountpoint}"), `values`
    further texts of a canonical value, `encoding` that of its texts where it cannot be judged, `stated`
    the text of a column that the files do not carry. `wide` names the column whose values stand in the header, as in a table of one
    column per resource: each cell below is then a row of its own.
    """

    glob: Pattern
    mapping: Name
    table: Name
    timezone: ZoneName | None = None
    extracted_at: Moment | None = None
    day_first: StrictBool | None = None
    encoding: Name | None = None
    columns: dict[Name, Aliases] = Field(default={})
    values: dict[Name, dict[Text, Canonical]] = Field(default={})
    stated: dict[Name, Name] = Field(default={})
    wide: Name | None = None


class LoadSettings(TomlTable):
    """What a load accepts: how much of a file it must keep, and how far a packed file may unpack.

    `keep_at_least` is the share of a file's rows that must not end in quarantine, else `itsq load` ends with an error code;
    `unpacked_mb` is the size of a file once unpacked, `unpacked_ratio` how many times its packed size that may be.
    """

    keep_at_least: Annotated[Amount, Field(ge=0, le=1)] = 0.5
    unpacked_mb: StrictInt = Field(default=4096, ge=1)
    unpacked_ratio: StrictInt = Field(default=200, ge=2)


class SqlSettings(TomlTable):
    """What a query of an analyst (`ws.sql`) may take: `seconds` until its answer, `memory_mb` of memory, the answer included."""

    seconds: StrictInt = Field(default=60, ge=1)
    memory_mb: StrictInt = Field(default=4096, ge=256)


class EngineSettings(TomlTable):
    """What computes the values: DuckDB on this machine where nothing is said, else a Spark.

    Attributes:
        spark: the address of its Spark Connect server, such as "sc://spark.example.com:15002".
        files: the store's folder as that Spark reaches it, such as "/mnt/itsq/store"; None where it has the path that it has here.
        token: with which the server lets one in, as a reference to an environment variable: "env:SPARK_TOKEN".
    """

    spark: Name | None = None
    files: Name | None = None
    token: Annotated[str, StringConstraints(pattern=r"^env:[A-Za-z_][A-Za-z0-9_]{0,119}$")] | None = None

    @field_validator("spark")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        place = urlsplit(value or "sc://host")
        try:
            complete = place.scheme == "sc" and bool(place.hostname) and (place.port or 1) > 0
        except ValueError:  # a port that is none
            complete = False
        if not complete or "token=" in place.path.lower() or place.username:
            raise ValueError('must be an address such as "sc://spark.example.com:15002", without a token')
        return value

    @model_validator(mode="after")
    def _belongs_to_spark(self) -> EngineSettings:
        if self.spark is None and (self.files or self.token):
            raise ValueError('must give spark, such as spark = "sc://spark.example.com:15002", where files or token is given')
        return self


class SlaRule(TomlTable):
    """Within which time tickets of a service or tier and of some priorities are answered and resolved.

    `response` and `resolution` are texts such as "15m", "4h" or "2d" (d = working days of `calendar`). `priority` empty means
    every priority. `paused` are the hold reasons that stop the clock; ("all",) means every one, also an unknown one.
    """

    id: Name
    service: Service | None = None
    tier: StrictInt | None = Field(default=None, ge=1, le=4)
    priority: Priorities = ()
    calendar: Name
    response: Duration | None = None
    resolution: Duration | None = None
    paused: Reasons = ("caller", "supplier", "change")
    valid_from: Day | None = None

    @model_validator(mode="before")
    @classmethod
    def _named(cls, raw: Any) -> Any:
        return {"id": _rule_name(raw), **raw} if isinstance(raw, dict) else raw

    @model_validator(mode="after")
    def _promises_something(self) -> SlaRule:
        if self.response is None and self.resolution is None:
            raise ValueError('must give response, resolution or both, such as resolution = "4h"')
        return self


def _rule_name(raw: dict[str, Any]) -> str:
    """A name that says what the rule is for: "E-mail P1 P2 from 2026-01-01"."""
    priority = raw.get("priority", ())
    priorities = priority if isinstance(priority, list | tuple) else (priority,)
    parts = [str(raw[key]) if key == "service" else f"tier {raw[key]}" for key in ("service", "tier") if raw.get(key) is not None]
    parts += [f"P{value}" for value in priorities] or ["all priorities"]
    parts += [f"from {raw['valid_from']}"] if raw.get("valid_from") else []
    return " ".join(parts)


class CapacitySettings(TomlTable):
    """When an order is asked for.

    Attributes:
        order_risk: from this probability on that a limit is reached within 12 months, an order-by day is a decision; what is less
            likely is listed with its risk.
    """

    order_risk: Share = 0.5


class ReportSettings(TomlTable):
    """What a report shows first, and its control block: which edition of the report it is, who made it and who gets it.

    A report is a draft until `status` says "issued" or "corrected"; an issued one has a version such as "V1.0", a corrected one a
    later version and the reason. Blank names are lines to sign on paper.
    """

    headline: tuple[Name, ...] = Field(
        default=(
            "availability",
            "major_incidents",
            "incidents_opened",
            "incident_backlog",
            "sla_response_met",
            "sla_resolution_met",
            "resolve_time_median",
            "reopen_rate",
            "change_success_rate",
            "csat",
        ),
        max_length=10,
    )
    classification: Text = ""
    number: Text = ""
    status: Literal["draft", "issued", "corrected"] = "draft"
    version: Version = ""
    reason: Text = ""
    prepared: Text = ""
    reviewed: Text = ""
    approved: Text = ""
    distribution: Aliases = ()

    @model_validator(mode="after")
    def _says_which_edition(self) -> ReportSettings:
        if self.status != "draft" and not self.version:
            raise ValueError(f'must give version, such as version = "V1.0", where status = "{self.status}"')
        if self.status == "corrected" and (edition(self.version) or FIRST) <= FIRST:
            raise ValueError('must give a version after V1.0, such as version = "V1.1", where status = "corrected"')
        if self.status == "corrected" and not self.reason.strip():
            raise ValueError('must give the reason of the correction, where status = "corrected"')
        return self


def _default_calendars() -> Any:
    return [{"id": "5x8", "hours": "Mon-Fri 09:00-12:00,13:00-18:00"}, {"id": "7x24", "hours": "7x24"}]


class Settings(TomlTable):
    """A whole itsq.toml. `Settings()` is what holds where the file says nothing.

    >>> [calendar.id for calendar in Settings().calendars]
    ['5x8', '7x24']
    """

    organisation: OrganisationSettings = OrganisationSettings()
    store: StoreSettings = StoreSettings()
    load: LoadSettings = LoadSettings()
    privacy: PrivacySettings = PrivacySettings()
    sql: SqlSettings = SqlSettings()
    period: PeriodSettings = PeriodSettings()
    calendars: tuple[CalendarSettings, ...] = Field(
        default_factory=_default_calendars, alias="calendar", min_length=1, validate_default=True
    )
    services: tuple[ServiceSettings, ...] = Field(default=(), alias="service")
    sources: tuple[SourceSettings, ...] = Field(default=(), alias="source")
    sla: tuple[SlaRule, ...] = ()
    targets: tuple[Target, ...] = Field(default=(), alias="target")
    slos: tuple[SloSettings, ...] = Field(default=(), alias="slo")
    scorecard: ScorecardSettings = ScorecardSettings()
    report: ReportSettings = ReportSettings()
    staffing: StaffingSettings = StaffingSettings()
    capacity: CapacitySettings = CapacitySettings()
    # Where numbers are computed, what is fetched and what runs unattended shapes no number: snapshots do not record it,
    # and a change of it leaves kept facts as they are.
    engine: EngineSettings = Field(default=EngineSettings(), exclude=True)
    pulls: tuple[PullSettings, ...] = Field(default=(), alias="pull", exclude=True)
    jobs: tuple[JobSettings, ...] = Field(default=(), alias="job", exclude=True)
    recipients: tuple[RecipientSettings, ...] = Field(default=(), alias="recipient", exclude=True)
    delivery: DeliverySettings = Field(default=DeliverySettings(), exclude=True)

    @field_validator("calendars", mode="before")
    @classmethod
    def _with_holidays(cls, raw: Any, info: ValidationInfo) -> Any:
        """A calendar that says nothing of holidays has the organisation's."""
        organisation = info.data.get("organisation", OrganisationSettings())
        if not isinstance(raw, list | tuple):
            return raw
        return [{"holidays": organisation.holidays, **item} if isinstance(item, dict) else item for item in raw]

    def target_for(self, indicator: str, dimension: str | None, member: object, on: date) -> Target | None:
        """The target in force on a local day: of those for exactly this member, the one with the newest `valid_from` ≤ `on`.

        Without a dimension only targets without a scope count; with one, only those of that member (a target of the whole is
        no promise about a part).

        >>> late = Target(indicator="csat", value="95%", valid_from="2026-07-01")
        >>> early = Target(indicator="csat", value="90%")
        >>> Settings(targets=[late, early]).target_for("csat", None, None, date(2026, 6, 30)).value
        0.9
        """
        applicable = [
            target
            for target in self.targets
            if target.indicator == indicator and target.covers(dimension, member) and (target.valid_from or date.min) <= on
        ]
        return max(applicable, key=lambda target: target.valid_from or date.min, default=None)

    def fingerprint(self, *parts: str) -> str:
        """SHA-256 (hexadecimal) of the settings, or of some parts only: `fingerprint("organisation", "calendars", "sla")`.

        Equal settings have equal fingerprints on every machine, however their file is laid out.
        """
        content = self.model_dump(mode="json", include=set(parts) or None)
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8")).hexdigest()
