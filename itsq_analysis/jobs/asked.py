"""What a due job asks for: the parameters of its runs, one set a run."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from itsq_analysis.periods import Period, month_of, parse_period
from itsq_analysis.settings import Settings
from itsq_analysis.settings.jobs import JobSettings

LANGUAGES = ("zh", "en")


def about(job: JobSettings, due: datetime, settings: Settings) -> Period | None:
    """The period that a run is about: the last complete one on the local day on which it is due; None for the newest data.

    >>> from datetime import UTC
    >>> job = JobSettings(id="m", report="quality", cron="30 7 1 * *", period="last-quarter")
    >>> about(job, datetime(2026, 11, 1, tzinfo=UTC), Settings()).label
    '2026-Q3'
    """
    day, starts_on = due.astimezone(settings.organisation.zone).date(), settings.period.month_starts_on
    if job.period == "newest":
        return None
    if job.period == "last-week":
        return parse_period("{}-W{:02}".format(*day.isocalendar()[:2])).previous()
    year, month = map(int, month_of(day, starts_on).label.split("-"))
    label = {
        "last-month": f"{year}-{month:02}",
        "last-quarter": f"{year}-Q{(month + 2) // 3}",
        "last-half": f"{year}-H{(month + 5) // 6}",
        "last-year": f"{year}",
    }[job.period]
    return parse_period(label, starts_on).previous()


def needed_until(job: JobSettings, due: datetime, settings: Settings, names: Collection[str]) -> date | None:
    """The local day up to which (exclusive) a run needs data; None where it takes what there is.

    Args:
        job: as itsq.toml has it.
        due: when.
        settings: of the workspace.
        names: of the notebook's parameters: one that knows no period but `as_of` is told as of the day before it is due.
    """
    period = about(job, due, settings)
    if period is None or "period" in job.parameters or "as_of" in job.parameters:
        return None
    if "period" in names:
        return period.end
    return due.astimezone(settings.organisation.zone).date() if "as_of" in names else None


def runs_of(
    job: JobSettings, due: datetime, settings: Settings, names: Collection[str], services: Collection[str] = ()
) -> list[dict[str, Any]]:
    """The parameters of a job's runs at one moment, of a sweep one set for each service and language.

    Args:
        job: as itsq.toml has it.
        due: when.
        settings: of the workspace.
        names: of the notebook's parameters.
        services: of the organisation, where the job sweeps over them.

    >>> from datetime import UTC
    >>> job = JobSettings(id="m", report="quality", cron="30 7 1 * *", for_each=["service", "language"])
    >>> names = {"period", "services", "language"}
    >>> [len(runs_of(job, datetime(2026, 11, 1, tzinfo=UTC), Settings(), names, ["E-mail", "VPN"]))]
    [4]
    """
    if job.load:
        return [{}]
    given: dict[str, Any] = {"language": settings.organisation.language} if "language" in names else {}
    given |= {name: list(value) if isinstance(value, tuple) else value for name, value in job.parameters.items()}
    end = needed_until(job, due, settings, names)
    if end is not None:
        period = about(job, due, settings)
        given |= {"period": period.label} if "period" in names and period else {"as_of": (end - timedelta(days=1)).isoformat()}
    parts: dict[str, list[dict[str, Any]]] = {
        "service": [{"services": [name]} for name in services],
        "language": [{"language": code} for code in LANGUAGES],
    }
    combinations = [given]
    for part in job.for_each:
        combinations = [before | own for before in combinations for own in parts[part]]
    return combinations


def canonical(parameters: Mapping[str, Any]) -> str:
    """Parameters as one text: the same for the same parameters."""
    return json.dumps(parameters, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
