"""The audit report over tiny tables: coverage, reports as runs left them, improvements against what was to be expected."""

import json
import math
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from itsq_analysis.facts.issued import issued_reports
from itsq_analysis.indicators.coverage import coverage
from itsq_analysis.indicators.improvements import counterfactual, improvements, verdict
from itsq_analysis.jobs.ledger import Ledger, text
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Html
from itsq_analysis.pages.audit.covered import covered
from itsq_analysis.pages.audit.improved import improved
from itsq_analysis.pages.audit.issued import issued
from itsq_analysis.pages.audit.trends import missing, trends
from itsq_analysis.periods import parse_period
from tests.page.made import RULES, agreed, answer, context, incidents, rows_of, told

YEAR, MONTHS = "2026", ["2025-12", *(f"2026-{month:02d}" for month in range(1, 11))]
LATE = [4, 6, 5, 4, 6, 5]  # of 100 a month, January to June, after a month that is not whole; done in July; then 1 and 0 and 2


def year(**rows: object) -> ReportContext:
    """A hundred incidents a month, most of them on time; an improvement of July and one of October."""
    counts = dict(zip(MONTHS, [9, *LATE, 5, 1, 0, 2], strict=True))
    made = [row for month, late in counts.items() for row in incidents(100, f"{month}-12 09:00", late=late, service="Mail")]
    done = {"raised_on": date(2026, 6, 1), "indicator": "sla_resolution_met", "service": "Mail"}
    tables = {
        "incidents": made,
        "improvements": [
            {"number": "IM1", "title": "Second look", "done_on": date(2026, 7, 10)} | done,
            {"number": "IM2", "title": "Shorter form", "done_on": date(2026, 10, 20)} | done,
            {"number": "IM3", "title": "No such", "done_on": date(2026, 7, 10)} | done | {"indicator": "mood"},
            {"number": "IM4", "title": "Open"} | done,
        ],
    }
    return context(RULES + agreed("sla_resolution_met", '"90%"'), period=YEAR, **(tables | rows))


def months(made: ReportContext) -> ReportContext:
    return replace(made, period=parse_period("2026-10"))


def test_an_improvement_worked_where_the_months_since_lie_beyond_what_was_to_be_expected() -> None:
    by_number = {one.number: one for one in improvements(months(year()).scope)}
    assert {name: one.verdict for name, one in by_number.items()} == {"IM1": "worked", "IM2": "too_early", "IM3": "unmeasured"}
    effect = by_number["IM1"].effect
    assert effect is not None
    assert (round(effect.expected, 9), round(effect.actual, 9), by_number["IM1"].periods) == (0.95, 0.99, 3)
    spread = math.sqrt(sum((late - 5) ** 2 for late in LATE) / 5) / 100
    reach = 2.5705818 * spread * math.sqrt(1 / 6 + 1 / 3)  # Student's t of five degrees of freedom, from a table
    assert effect.lower == pytest.approx(0.04 - reach, abs=1e-8)
    assert effect.upper == pytest.approx(0.04 + reach, abs=1e-8)


def test_of_improvements_without_effect_one_in_twenty_is_told_to_have_one() -> None:
    draw = np.random.default_rng(20261201)
    lengths = [(6, 1), (12, 3), (9, 6), (12, 1)] * 1000
    told_otherwise = [
        verdict("higher", counterfactual(draw.normal(0.9, 0.02, before).tolist(), draw.normal(0.9, 0.02, after).tolist()))
        != "no_effect"
        for before, after in lengths
    ]
    assert 0.04 <= sum(told_otherwise) / len(lengths) <= 0.06  # 0.05 and three standard errors


def test_sections_are_covered_by_the_rows_of_the_period() -> None:
    made = year()
    parts = {one.section: one for one in coverage(made.scope)}
    assert len(parts) == 32
    assert dict(parts["3.2"].evidence)["incidents"] == 1000
    assert parts["8.3"].score.known == 0
    assert parts["3.2"].score.known > 0
    rows = {row[0]: row for row in rows_of(covered(made))}
    assert rows["8.3 Green IT and sustainability"][1].startswith("\u25cb 0 of")
    assert "Incidents 1,000" in rows["3.2 Performance evaluation"][3]
    assert any(line.startswith("Energy") or "Energy" in line for line in told(missing(made)))


def test_actions_improvements_and_every_indicator_are_told() -> None:
    made = year(
        notes=[{"number": "N1", "period": "2026-03", "indicator": "csat", "action": "Ask again", "done_on": date(2026, 4, 2)}]
    )
    section = improved(made, months(made))
    assert "closed in the period: 1." in answer(section)
    assert "Of 3 improvements 1 worked, 0 had no visible effect" in answer(section)
    assert ["Second look", "worked", "99.0% (3 months)"] in [row[:3] for row in rows_of(section, 1)]
    courses = trends(made, months(made))
    places = sum("<table" in str(part.markup) for part in courses.parts if isinstance(part, Html))
    first_cells = [row[:2] for place in range(places) for row in rows_of(courses, place)]
    assert ["Resolution in time (recomputed)", "96.2% 962 of 1,000"] in first_cells


def put(workspace: Path, name: str, content: object) -> None:
    folder = workspace / "reports" / "runs" / name
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")


def manifest(page: bytes, **more: object) -> dict[str, object]:
    control = {"number": "R-1", "version": "V1.0", "status": "issued"}
    asked = {"period": "2026-03", "language": "en"}
    return {
        "report": "quality",
        "parameters": asked,
        "control": control,
        "html": sha256(page).hexdigest(),
        "snapshot": {"id": 4},
    } | more


def test_reports_are_told_with_hash_and_approval_and_a_page_that_was_changed_is_found(tmp_path: Path) -> None:
    for name, page in (("quality-2026-03-en", b"as made"), ("quality-2026-04-en", b"as made")):
        put(tmp_path, name, manifest(b"as made"))
        (tmp_path / "reports" / f"{name}.html").write_bytes(page)
    (tmp_path / "reports" / "quality-2026-04-en.html").write_bytes(b"edited")
    ledger = Ledger(tmp_path)
    now = text(datetime(2026, 4, 2, tzinfo=UTC))
    with ledger.writing() as connection:
        connection.execute(
            "INSERT INTO runs (id, job, scheduled_for, parameters, state, not_before, page) VALUES (7, 'm', ?, '{}', 'done', ?, ?)",
            [now, now, "reports/quality-2026-03-en.html"],
        )
        connection.execute("INSERT INTO approvals VALUES (7, 'Li Wei', ?)", [now])
    ledger.close()
    first, second = issued_reports(tmp_path).reports
    assert (first.run, first.approved_by, first.approved_on, first.page, first.version) == (
        7,
        "Li Wei",
        "2026-04-02",
        "unchanged",
        "V1.0",
    )
    assert (second.run, second.approved_by, second.page) == (None, "", "changed")


def test_manifests_that_are_none_are_named_and_hostile_texts_are_escaped(tmp_path: Path) -> None:
    for name, content in {"a": "{", "b": "[1]", "c": {"parameters": 1, "html": ""}, "d": '{"a":' * 100_000}.items():
        put(tmp_path, name, content)
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "ledger.sqlite").write_bytes(b"no database")
    put(tmp_path, "e", manifest(b"", control={"number": "<script>", "version": 3, "status": "<b>"}))
    put(tmp_path, "f", manifest(b"", parameters={"period": "../../x"}))
    made = issued_reports(tmp_path)
    assert made.unreadable == ("a", "b", "c", "d")
    assert [(one.name, one.number, one.version) for one in made.reports] == [("e", "<script>", ""), ("f", "R-1", "V1.0")]
    page = year()
    page.scope.memory["issued"] = made
    section = issued(page)
    assert "Reports made: 1, of which 0 approved" in answer(section)  # f has no period
    assert "4 records of reports cannot be read: a, b, c, d." in told(section)
    assert "<script>" not in "".join(str(part.markup) for part in section.parts if isinstance(part, Html))
