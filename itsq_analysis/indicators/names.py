"""What a page calls things in its language: second names of services, groups and resources, and people's words in English."""

from __future__ import annotations

import pandas as pd

from itsq_analysis.facts import Scope, fact

LANGUAGES = ("en", "zh")
# Table, the column as it stands in the data, and by what the columns of its other names begin.
NAMED = (
    ("services", "service", "name"),
    ("groups", "assignment_group", "name"),
    ("resources", "resource", "name"),
    ("resources", "name", "name"),
    ("resources", "owner", "owner"),
    ("capacity_options", "title", "title"),
    ("capacity_options", "note", "note"),
    ("demand_drivers", "driver", "driver"),
    ("demand_drivers", "event", "event"),
    ("notes", "owner", "owner"),
    ("notes", "cause", "cause"),
    ("notes", "action", "action"),
    ("outages", "cause", "cause"),
    ("outages", "action", "action"),
)


@fact
def names(scope: Scope, language: str) -> dict[str, str]:
    """A text of the registers -> what pages of a language ("en", "zh") call it; where several rows differ, the first of them.

    Tickets, value frame and files keep the texts of the data: a name is a matter of the page.
    """
    organisation = scope.settings.organisation
    own = {"en": organisation.name_en, "zh": organisation.name_zh}[language]
    called = {organisation.name: own} if own else {}
    for table, column, other in NAMED:
        if not scope.has(table):
            continue
        rows = scope.query(f'SELECT * FROM "{table}" ORDER BY ALL')
        if f"{other}_{language}" in rows.columns:
            for text, name in zip(rows[column], rows[f"{other}_{language}"], strict=True):
                if not (pd.isna(text) or pd.isna(name)):
                    called.setdefault(str(text), str(name))
    return called
