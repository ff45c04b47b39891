"""The capacity report of the demo organisation: what was planted comes out, in the language that was asked for."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from itsq_analysis import capacity_report
from itsq_analysis.capacity.days import next_report
from itsq_analysis.capacity.figures import figures
from itsq_analysis.capacity.margins import margins, overprovisioned
from itsq_analysis.capacity.orders import later_orders, orders, renewals
from itsq_analysis.capacity.outlook import at_risk, outlook_of, unmeasured
from itsq_analysis.charts import Chart
from itsq_analysis.page.appendix import SOFTWARE
from itsq_analysis.page.files import FACTS, VALUES
from itsq_analysis.page.values_csv import number
from itsq_analysis.pages.capacity.report import CapacityReport
from itsq_analysis.pages.capacity.tables import FIGURES
from itsq_analysis.text import Language
from tests.page.test_languages import HAN, MIXED, WORD, allowed
from tests.pages.capacity.estates import SECTIONS, html

NEAR = timedelta(days=4)  # of the planted day of a disk that fills within two months
UNITS = {"P95", "N", "PUE", "kWh", "CSV"}


@pytest.fixture(scope="module", params=["en", "zh"])
def found(request: pytest.FixtureRequest, demo: Path) -> CapacityReport:
    return capacity_report(demo, period="2026-10", language=request.param)


@pytest.fixture(scope="module")
def truth(truth: dict[str, Any]) -> dict[str, Any]:
    """What was planted in the resources."""
    found: dict[str, Any] = truth["planted"]["capacity"]
    return found


def planted(truth: dict[str, Any], kind: str) -> list[str]:
    return [name for name, one in truth["resources"].items() if one["planted"] == kind]


def test_the_disk_that_fills_in_forty_days_is_the_first_card(found: CapacityReport, truth: dict[str, Any]) -> None:
    first = orders(found.context.scope)[0]
    assert first.resource.key == "wms-db01:/data" in planted(truth, "fills")
    day = date.fromisoformat(truth["resources"]["wms-db01:/data"]["critical_on"])
    assert first.forecast.likely is not None
    assert abs(first.forecast.likely - day) <= NEAR
    assert first.forecast.earliest is not None
    assert first.forecast.latest is not None
    assert first.forecast.earliest <= day <= first.forecast.latest
    screen = html(found.decisions())
    assert screen.index(found.context.called(first.resource.name)) < screen.index('class="terms"')
    assert "CNY 86,000" in screen if found.context.language == "en" else "8.6 \u4e07\u5143" in screen


def test_what_only_may_reach_its_limit_has_no_card_beside_what_most_likely_does(found: CapacityReport) -> None:
    expected = [one.expected for one in orders(found.context.scope)]
    assert expected == [True, True]
    screen = html(found.decisions())
    assert screen.count('href="#sheet-') == 2
    unlikely = [one for one in later_orders(found.context.scope) if one.safe.by and one.safe.by <= next_report(found.context.scope)]
    assert len(unlikely) == 2  # listed with their risk, below what the settings ask for
    assert all(one.forecast.probability < found.context.scope.settings.capacity.order_risk for one in unlikely)


def test_the_order_database_is_to_be_ordered_later_and_the_leak_is_told_as_one_that_comes_back(
    found: CapacityReport, truth: dict[str, Any]
) -> None:
    assert {one.resource.key for one in later_orders(found.context.scope)[:2]} == {"order-db", "erp-licence"}
    assert "order-db" in planted(truth, "fills")
    for name in ("order-db", "erp-licence"):
        one = outlook_of(found.context.scope, name)
        assert one is not None
        assert one.forecast.earliest is not None
        assert one.forecast.latest is not None
        assert one.forecast.earliest <= date.fromisoformat(truth["resources"][name]["critical_on"]) <= one.forecast.latest
    [leak] = [one for one in orders(found.context.scope) if one.recurring]
    assert [leak.resource.key] == planted(truth, "leak")


def test_sawtooth_step_burst_and_idle_are_no_decisions(found: CapacityReport, truth: dict[str, Any]) -> None:
    asked = {one.resource.key for one in orders(found.context.scope)}
    for kind in ("sawtooth", "step", "burst", "idle", "fine", "cleaned"):
        assert asked.isdisjoint(planted(truth, kind)), kind
    risky = {one.resource.key for one in at_risk(found.context.scope)}
    assert risky.isdisjoint([*truth["idle"], *planted(truth, "fine")])
    # A cleaning may be left out once, a burst may come again: that is possible within a year, and not soon.
    for name in (*planted(truth, "sawtooth"), *planted(truth, "burst")):
        one = outlook_of(found.context.scope, name)
        assert one is not None
        assert one.forecast.probability < 0.2
        assert one.forecast.probability_by(90) < 0.1


def test_the_peak_of_the_eleventh_of_november_is_foreseen_as_possible(found: CapacityReport, truth: dict[str, Any]) -> None:
    peak = truth["peak"]
    one = outlook_of(found.context.scope, peak["resource"])
    assert one is not None
    assert str(one.forecast.earliest) == peak["on"]


def test_what_is_idle_fails_ends_or_has_no_data_is_named(found: CapacityReport, truth: dict[str, Any]) -> None:
    scope = found.context.scope
    assert {one.resource.key for one in overprovisioned(scope)} == set(truth["idle"])
    assert [one.resource.key for one in margins(scope) if one.fails] == [truth["n_minus_1"]]
    assert [one.resource.key for one in unmeasured(scope)] == truth["without_data"]
    assert planted(truth, "expired")[0] in {one.resource.key for one in renewals(scope)}
    cleaned = outlook_of(scope, truth["cleaned"]["resource"])
    assert cleaned is not None
    assert any(note.kind == "reset" for note in cleaned.forecast.notes)


def texts(report: CapacityReport) -> Iterator[tuple[str, str]]:
    """Every text that a reader sees or hears, with its section."""
    for name in SECTIONS:
        section = getattr(report, name)()
        for bundle in section.bundles():
            yield from ((name, unescape(text)) for text in re.findall(r">([^<>]+)<", bundle.get("text/html", "")))
        for part in section.parts:
            if isinstance(part, Chart):
                cells = [part.title, part.summary, *map(str, part.data.columns), *map(str, part.data.to_numpy().ravel())]
                yield from ((name, text) for text in cells)
                yield from ((name, unescape(text)) for text in re.findall(r"<text[^>]*>([^<>]+)<", part.svg()))


def own_words(report: CapacityReport) -> set[tuple[str, str]]:
    """The texts, each with its section, without what registers and files say; a shortened name ends in an ellipsis."""
    workspace, known = report.context.workspace, set(SOFTWARE)
    for table in ("resources", "capacity_options", "demand_drivers", "services", "groups"):
        frame = workspace.table(table)
        known.update(str(value) for column in frame for value in frame[column].dropna() if isinstance(value, str))
    for entry in workspace.snapshot.files:
        known.update([entry["file"], entry["sha256"]])
    for calendar in workspace.settings.calendars:
        known.update([calendar.id, str(calendar.hours)])
    names = sorted((name for name in known if len(name) > 1), key=len, reverse=True)
    left = set()
    for section, whole in texts(report):
        text = whole
        for name in names:
            text = text.replace(name, "\x00")
        pieces = [piece for piece in re.findall(r"[^\x00]+", re.sub(r"\b[0-9a-f]{16,}\b", "\x00", text)) if not cut(piece, names)]
        left.update((section, piece) for piece in pieces)
    return left


def cut(piece: str, names: list[str]) -> bool:
    """Whether a piece is the beginning of a name, after another name or a mark, cut with an ellipsis."""
    start = re.split(r"[:\uff1a]\s?", piece.strip())[-1]
    return "\u2026" in start and any(name.startswith(start.split("\u2026")[0].rstrip()) for name in names)


def test_no_sentence_is_in_the_other_language_and_none_shows_how_it_was_made(found: CapacityReport) -> None:
    language: Language = found.context.language
    words = own_words(found)
    if language == "en":
        assert sorted(text for text in words if re.search(HAN, text[1])) == []
    else:
        latin = {(section, word.rstrip(".-/–")) for section, text in words for word in WORD.findall(text)}
        assert sorted((section, word) for section, word in latin if word not in allowed(section) | UNITS) == []
        assert sorted(text for text in words if MIXED.search(text[1])) == []
    leaks = re.compile(r"\bnan\b|\bNone\b|<NA>|\bNaT\b|\{\w*\}|\[\]|True|False|\binf\b")
    assert sorted(text for text in words if leaks.search(text[1])) == []


def test_printed_numbers_lead_to_their_facts_and_are_those_of_the_files(found: CapacityReport) -> None:
    """The value beside a key is what values.csv has for the resource; printed again it is what the page shows."""
    page = "".join(html(section) for section in (found.risk_map(), found.sheets(), found.expiry()))
    printed = {key: unescape(text) for key, text in re.findall('<data value="(k[0-9]+)">([^<]*)</data>', page)}
    files = found.files().contents
    records = json.loads(files[FACTS])["facts"]
    assert printed.keys() == records.keys()
    rows = {row["key"]: row for row in csv.DictReader(io.StringIO(files[VALUES].decode("utf-8-sig")))}
    figures_printed = {key: record for key, record in records.items() if record["fact"] == "capacity.figures"}
    assert len(figures_printed) > 40
    of_row = {row.key: row for row in figures(found.context.scope)}
    for key, record in figures_printed.items():
        beside = rows[record["row"]].get(record["field"].removeprefix("cap_").removeprefix("chart_"))
        if beside is not None:
            assert beside == (record["value"] if isinstance(record["value"], str) else number(record["value"])), record
        if record["field"] in ("cap_now", "cap_risk_365"):
            shown = FIGURES[record["field"]].value(of_row[record["row"]])
            assert abs(float(printed[key].rstrip("%")) - 100 * shown) <= 0.5, record
    assert {record["fact"] for record in records.values()} == {"capacity.figures", "capacity.options", "capacity.ends"}
