"""Registers of notes and exemptions name indicators as people do: by id, or by title in either language."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from itsq_analysis.facts import Scope, fact
from itsq_analysis.ingest.header import normal


def indicator_id(scope: Scope, written: str) -> str | None:
    """The indicator that a register names; None where no indicator is called so."""
    return written if written in scope.catalogue else titles(scope).get(normal(written))


@fact
def titles(scope: Scope) -> dict[str, str]:
    """Normal form of every id and title -> id; of two indicators of one title the first of the catalogue."""
    indicators = reversed(list(scope.catalogue.values()))
    return {normal(name): indicator.id for indicator in indicators for name in (*indicator.title.values(), indicator.id)}


def text(value: Any) -> str:
    """A register's text; "" where it is empty."""
    return "" if pd.isna(value) else str(value)


def day(value: Any) -> date | None:
    """A register's day; None where it is empty."""
    return None if pd.isna(value) else pd.Timestamp(value).date()
