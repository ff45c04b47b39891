"""Registers of notes and exemptions, read for a report: indicators by their names, days as far as they are known."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd

from itsq_analysis.ingest.header import normal
from itsq_analysis.page.context import ReportContext


def known_day(context: ReportContext) -> date:
    """The last local day of which the report knows anything; a day begins to count when it has begun."""
    moment = context.moment.astimezone(context.workspace.settings.organisation.zone)
    return (moment - timedelta(microseconds=1)).date()


def indicator_id(context: ReportContext, written: str) -> str | None:
    """The indicator that a register names, by its id or by its title in either language; None where no indicator is called so."""
    catalogue = context.workspace.catalogue
    if written in catalogue:
        return written
    if "titles" not in context.kept:
        context.kept["titles"] = {
            normal(name): one.id for one in reversed(catalogue.values()) for name in (*one.title.values(), one.id)
        }
    found: str | None = context.kept["titles"].get(normal(written))
    return found


def text(value: Any) -> str:
    """A register's text; "" where it is empty."""
    return "" if pd.isna(value) else str(value)


def day(value: Any) -> date | None:
    """A register's day; None where it is empty."""
    return None if pd.isna(value) else pd.Timestamp(value).date()
