"""What the load doubts is told on the pages, in both languages."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from itsq_analysis import open_workspace
from itsq_analysis.indicators.doubts import ELSEWHERE, TOLD, doubts
from itsq_analysis.ingest.plausibility import _SENTENCES
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.doubts import told_doubts
from itsq_analysis.text import LANGUAGES

FACTS = {
    "export_limit": {"file": "exports/a<b>.csv", "rows": 10_000},
    "refused_share": {"file": "exports/a.csv", "share": 0.31, "earlier": 0.01},
    "time_order": {"file": "exports/a.csv", "rows": 40, "share": 0.02, "rule": "resolved_before_opened"},
    "after_the_load": {"file": "exports/a.csv", "rows": 3, "clock": "2026-11-01T00:00+00:00"},
    "same_number": {"rows": 2, "numbers": ["1", "2"], "example": "1 (x in a.csv, y in an earlier load)"},
    "early": {"rows": 1, "earliest": "2001-01-01", "usual": "2024-01-02"},
    "last_alone": {"last": "2026-11-30", "before": "2026-09-30", "days": 43},
    "gap": {"start": "2026-05-01", "end": "2026-05-29", "days": 21, "expected": 63.4},
    "service_stops": {"service": "ERP", "last": "2026-05-01", "expected": 63.4},
    "missing_columns": {"file": "exports/a.csv", "files": 3, "rows": 40, "columns": "channel, priority"},
    "new_columns": {"file": "exports/a.csv", "files": 3, "rows": 40, "columns": "Kanal"},
    "changed_type": {"file": "exports/a.csv", "column": "priority", "rows": 40, "share": 0.9, "earlier": 0.01},
    "conflict": {"file": "exports/a.csv", "other": "exports/b.csv", "rows": 4, "example": "service ERP"},
    "refused_cells": {"file": "registers/training.xlsx", "rows": 1, "cells": "sheet 1, D17 day: unreadable_time never"},
    "unknown_state": {"word": "Done", "rows": 2, "file": "exports/a.csv", "toml": "Done"},
}


@pytest.fixture
def told(tmp_path, monkeypatch):
    """Makes a context of a workspace whose load has left such doubts."""
    (tmp_path / "itsq.toml").write_text(
        '[organisation]\ntimezone = "UTC"\nholidays = ""\n[[source]]\nglob = "*.csv"\nmapping = "register"\ntable = "incidents"\n',
        encoding="utf-8",
    )
    (tmp_path / "a.csv").write_text("number,opened_at,service\n1,2026-10-05 09:00,ERP\n2,2026-10-05 09:00,Mail\n", encoding="utf-8")
    open_workspace(tmp_path).load()

    def make(kinds: list[str], services: tuple[str, ...] = ()) -> ReportContext:
        ws = open_workspace(tmp_path, services=services)
        recorded = [{"kind": kind, "table": "incidents", "facts": FACTS[kind]} for kind in kinds]
        resolved = {**ws.snapshot.resolved, "doubts": recorded}
        monkeypatch.setitem(ws.__dict__, "snapshot", replace(ws.snapshot, resolved=resolved))
        return ReportContext(ws, ws.period("2026-10"), "en", ws.moment())

    return make


def test_every_kind_has_a_sentence_in_both_languages(told):
    assert set(FACTS) == set(_SENTENCES)
    for kind in FACTS.keys() - {*ELSEWHERE}:
        english, chinese = (told_doubts(replace(told([kind]), language=language)) for language in LANGUAGES)
        assert len(english) == len(chinese) == 1
        assert not re.search("[{}]", english[0] + chinese[0])
        assert re.search("[\u4e00-\u9fff]", chinese[0])


def test_numbers_and_days_are_told(told):
    [text] = told_doubts(told(["gap"]))
    assert text == "Incidents: none from 1 May 2026 to 29 May 2026 (21 working days), where about 63 would be expected."


def test_other_services_and_what_is_told_elsewhere_are_left_out(told):
    assert doubts(told(["unknown_state"]).scope) == ()
    assert len(doubts(told(["service_stops"], ("ERP",)).scope)) == 1
    assert doubts(told(["service_stops"], ("Mail",)).scope) == ()


def test_many_are_counted(told):
    context = told(["gap"] * (TOLD + 3))
    assert len(told_doubts(context)) == TOLD + 1
    assert told_doubts(context)[-1].startswith("3 more")


def test_pages_tell_them(told):
    from itsq_analysis.pages.quality.data_quality import data_quality

    context = told(["export_limit"])
    markup = "".join(str(getattr(part, "markup", "")) for part in data_quality(context).parts)
    assert "exports/a&lt;b&gt;.csv has exactly 10,000 rows" in markup
