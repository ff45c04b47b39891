"""Hand-made estates: registers and metrics whose days can be counted with a pencil.

The report's moment is the beginning of 3 November 2026, so 2 November is the last whole day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from itsq_analysis.facts import Scope
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Section
from itsq_analysis.pages.capacity.report import CapacityReport
from itsq_analysis.text import Language
from tests.page.made import SHANGHAI
from tests.page.made import context as made_scene
from tests.tables import Row

LAST = date(2026, 11, 2)
SECTIONS = (
    "decisions",
    "risk_map",
    "sheets",
    "demand",
    "load",
    "expiry",
    "idle",
    "what_if",
    "energy",
    "record",
    "appendix",
)


def resource(key: str = "disk", **columns: Any) -> Row:
    """A disk of 100 GiB whose limit is 90 GiB and that takes 60 days to extend."""
    row: Row = {"resource": key, "name": f"The {key}", "kind": "disk", "unit": "GiB", "capacity": 100.0, "metric": "used"}
    return row | {"lead_time_days": 60, "owner": "Head of infrastructure", "service": "Orders"} | columns


def daily(key: str, values: Sequence[float | None], last: date = LAST, metric: str = "used") -> list[Row]:
    """One value a day at noon, the newest on `last`; None is a day without a row."""
    first = last - timedelta(days=len(values) - 1)
    moments = [
        datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI)
        for day in (first + timedelta(days=n) for n in range(len(values)))
    ]
    pairs = zip(moments, values, strict=True)
    return [{"time": at, "resource": key, "metric": metric, "value": value} for at, value in pairs if value is not None]


def hourly(key: str, values: Iterable[float], metric: str = "used", end: str = "2026-11-03 00:00") -> list[Row]:
    """One value an hour up to `end`."""
    known = list(values)
    first = datetime.fromisoformat(end).replace(tzinfo=SHANGHAI) - timedelta(hours=len(known))
    return [
        {"time": first + timedelta(hours=n), "resource": key, "metric": metric, "value": value} for n, value in enumerate(known)
    ]


def rising(key: str = "disk", days: int = 60, end: float = 60.0, step: float = 1.0) -> list[Row]:
    """A line that rises by `step` a day to `end`."""
    return daily(key, [end - step * (days - 1 - n) for n in range(days)])


def flat(key: str, value: float, days: int = 60) -> list[Row]:
    return daily(key, [value] * days)


def context(toml: str = "", *, language: Language = "en", **tables: Sequence[Mapping[str, Any]]) -> ReportContext:
    made = made_scene(toml, as_of="2026-11-03 00:00", language=language, **tables)
    return replace(made, titled="capacity_report_title")


def scope(toml: str = "", **tables: Sequence[Mapping[str, Any]]) -> Scope:
    return context(toml, **tables).scope


def report(toml: str = "", *, language: Language = "en", **tables: Sequence[Mapping[str, Any]]) -> CapacityReport:
    return CapacityReport(context(toml, language=language, **tables), {"period": "2026-10"})


def sections(found: CapacityReport) -> dict[str, Section]:
    """Every section by the name of its method; those that are left out are not there."""
    made = {name: getattr(found, name)() for name in SECTIONS}
    return {name: section for name, section in made.items() if section is not None}


def html(section: Section) -> str:
    """All HTML of a section, as a notebook shows it."""
    return "".join(str(bundle.get("text/html", "")) for bundle in section.bundles())
