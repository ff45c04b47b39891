"""One number is told one way: on the page in both languages, in its facts, in the workbook and in the values beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape
from io import BytesIO
from typing import Any

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from itsq_analysis.briefing import decisions, findings
from itsq_analysis.charts.labels import period as period_heading
from itsq_analysis.facts import Sentence
from itsq_analysis.indicators.value import Value
from itsq_analysis.late_risk.outlook import late_outlook
from itsq_analysis.page.facts_file import values_of
from itsq_analysis.page.files import FACTS, VALUES, WORKBOOK
from itsq_analysis.page.values_csv import from_csv
from itsq_analysis.periods import parse_period
from itsq_analysis.text import Language
from tests.page.loaded import Page

FIELDS = ("value", "numerator", "denominator", "n", "lower", "upper", "target")
EXACT = 1e-11  # relative: values.csv has 12 significant digits
Pages = dict[Language, Page]
Place = tuple[str, str, str, str]  # indicator, period, dimension, member; "" for none


@pytest.fixture(scope="module", params=["demo_pages", pytest.param("real_pages", marks=pytest.mark.real_data)])
def made(request: pytest.FixtureRequest) -> Pages:
    pages: Pages = request.getfixturevalue(request.param)
    return pages


def facts(page: Page) -> dict[str, Any]:
    """The facts beside a page."""
    content: dict[str, Any] = json.loads(page.files[FACTS])
    return content


def beside(page: Page) -> dict[Place, Value]:
    """The values beside a page, as its facts have them: with all digits, so that a half is printed as it is on the page."""
    values = {}
    for row in values_of(page.files[FACTS], "facts.json").to_dict("records"):
        days = {name: date.fromisoformat(row[name]) for name in ("start", "end")}
        member = {name: row[name] or None for name in ("dimension", "member")}
        place = (row["indicator"], row["period"], row["dimension"], row["member"])
        assert place not in values
        values[place] = Value(**(row | days | member))
    return values


def value_of(page: Page, record: dict[str, Any], known: dict[Place, Value]) -> Value:
    """What a key stands for: as it is beside the page, else (other days, before exemptions) as the cube has it."""
    assert record["as_of"] is None
    start, end = (date.fromisoformat(record[name]) for name in ("start", "end"))
    days = parse_period(f"{start}..{end - timedelta(days=1)}")
    cube = page.report.context.cube
    period = next((period for period in cube.periods if (period.start, period.end) == (start, end)), days)
    place = (record["indicator"], period.label, record["dimension"] or "", record["member"] or "")
    if record["basis"] == "judged" and place in known:
        return known[place]
    value = cube.value(record["indicator"], record["dimension"], record["member"], period)
    if record["basis"] == "judged":
        return value
    assert value.before is not None
    return value.before


def words_of(page: Page, record: dict[str, Any]) -> str:
    """A number that no indicator gives, formatted again from the fact itself."""
    known = late_outlook(page.report.context.scope)
    assert record["fact"] == "late_risk.outlook"
    assert known is not None
    if record["row"]:
        assert [record["value"]] == [ticket.probability for ticket in known.tickets if ticket.number == record["row"]]
        return page.report.context.chance(record["value"])
    facts = vars(known.whole) | {"open": len(known.tickets), "late": known.late}
    assert record["value"] == facts[record["field"]]
    return page.report.context.number(record["value"])


def test_every_printed_number_is_its_fact_formatted_again(made: Pages) -> None:
    for page in made.values():
        records, known, words = facts(page)["facts"], beside(page), page.report.context.plain
        wrong, from_file, printed = [], 0, dict.fromkeys(page.printed)
        assert len(printed) > 45
        for key, text in printed:
            if records[key].get("fact"):
                assert text == words_of(page, records[key]), records[key]
                continue
            value, field = value_of(page, records[key], known), records[key]["field"]
            from_file += value in known.values()
            expected = words.of(value) if field == "n" else words.shown(value, field)
            if text != expected:
                wrong.append((records[key], text, expected))
        assert wrong == []
        assert from_file > len(printed) / 2


def test_a_percentage_is_the_nearest_to_its_fact(made: Pages) -> None:
    """Read back without the formatter; one step of the last digit is what keeps a share from being printed as its target."""
    for page in made.values():
        records, known = facts(page)["facts"], beside(page)
        shares = [(records[key], text) for key, text in dict.fromkeys(page.printed) if re.fullmatch(r"[0-9.]+%", text)]
        read = [(record, text) for record, text in shares if "indicator" in record]
        for record, text in read:
            decimals = len(text.rstrip("%").partition(".")[2])
            fact = getattr(value_of(page, record, known), record["field"])
            assert abs(float(text.rstrip("%")) - 100 * fact) < 10**-decimals, (record, text)
        assert len(read) > 12


def test_both_languages_print_the_same_facts(made: Pages) -> None:
    def printed(page: Page) -> set[tuple[Any, ...]]:
        records = facts(page)["facts"]
        return {tuple(records[key].values()) for key, _ in page.printed}

    assert printed(made["en"]) == printed(made["zh"])


def test_values_and_facts_hold_the_same_values_in_both_languages(made: Pages) -> None:
    frames = [
        read for page in made.values() for read in (from_csv(page.files[VALUES], "csv"), values_of(page.files[FACTS], "json"))
    ]
    for frame in frames[1:]:
        pd.testing.assert_frame_equal(frames[0], frame, rtol=EXACT, atol=0)


def rows(page: Page, sheet: str) -> list[dict[str, Any]]:
    """The rows of a sheet by their headings; a blank cell is NaN."""
    book = CalamineWorkbook.from_filelike(BytesIO(page.files[WORKBOOK]))
    head, *cells = book.get_sheet_by_name(page.report.context.term(sheet)).to_python()
    return [{str(key): float("nan") if cell == "" else cell for key, cell in zip(head, row, strict=True)} for row in cells]


def equal(numbers: dict[Any, Any]) -> Any:
    return pytest.approx(numbers, rel=EXACT, abs=0, nan_ok=True)


def test_the_scorecard_of_the_workbook_holds_the_values_beside_it(made: Pages) -> None:
    for page in made.values():
        context, known = page.report.context, beside(page)
        before, now = (period.label for period in context.scope.history(2))
        titled = {context.plain.scoped(value): value for value in known.values() if value.period == now}
        columns = {context.term("count_n" if field == "n" else field): field for field in FIELDS}
        told = rows(page, "scorecard")
        assert len(told) >= len(context.workspace.settings.report.headline) > 3
        for row in told:
            value = titled[row[context.term("indicator")]]
            assert {name: row[name] for name in columns} == equal({name: getattr(value, field) for name, field in columns.items()})
            earlier = known.get((value.indicator, before, value.dimension or "", value.member or ""))
            if earlier is not None:
                assert {"previous": row[context.term("previous")]} == equal({"previous": earlier.value})


def test_the_periods_of_the_workbook_hold_the_values_beside_it(made: Pages) -> None:
    for page in made.values():
        context = page.report.context
        whole = [value for value in beside(page).values() if value.dimension is None]
        expected: dict[str, dict[str, float]] = {}
        for value in whole:
            heading = period_heading(value.period, context.language)
            expected.setdefault(context.title(value.indicator), {})[heading] = value.value
        told = {row[context.term("indicator")]: row for row in rows(page, "by_period")}
        assert list(told) == list(expected)
        for title, numbers in expected.items():
            assert len(numbers) == 13
            assert {heading: told[title][heading] for heading in numbers} == equal(numbers)


def opening(page: Page, pattern: str) -> list[str]:
    """The texts of the first screen's elements of one kind, on one line each."""
    screen = next(iter(page.sections["verdict"].bundles()))["text/html"]
    return [one_line(unescape(re.sub("<[^>]*>", "", inner))) for inner in re.findall(pattern, screen)]


def one_line(text: str) -> str:
    return " ".join(text.split())


def forms(sentence: Sentence) -> Iterator[Sentence]:
    """A sentence, then its shorter forms."""
    yield sentence
    if sentence.shorter is not None:
        yield from forms(sentence.shorter)


def findings_told(page: Page) -> list[tuple[int, str]]:
    """Place among the findings, and id, of each sentence that the first screen prints."""
    words, told = page.report.context.plain.shorter(), findings(page.report.context.scope)
    said = {one_line(words.part(form)): (place, form.id) for place, one in enumerate(told) for form in forms(one.sentence)}
    return [said[item] for item in opening(page, "<li>(?!<p)(.*?)</li>")]


def decisions_told(page: Page) -> list[int]:
    """Place among the decisions of each that the first screen prints."""
    words = page.report.context.plain.shorter()
    asked = [one_line(words.part(decision.what)) for decision in decisions(page.report.context.scope)]
    return [asked.index(what) for what in opening(page, '<p class="what">(.*?)</p>')]


def test_both_languages_tell_the_same_findings_and_decisions_in_order(made: Pages) -> None:
    english, chinese = made["en"], made["zh"]
    assert findings_told(english) == findings_told(chinese)
    assert decisions_told(english) == decisions_told(chinese)
    for told in ([place for place, _ in findings_told(english)], sorted(decisions_told(english))):  # decisions stand by date
        assert told == list(range(len(told)))


def test_the_heaviest_finding_is_told(made: Pages) -> None:
    for page in made.values():
        weights = [finding.weight for finding in findings(page.report.context.scope)]
        assert max(weights) == weights[findings_told(page)[0][0]]


def test_the_facts_hold_the_same_findings_and_decisions_in_both_languages(made: Pages) -> None:
    english, chinese = (facts(page) for page in made.values())
    for kind in ("findings", "decisions"):
        assert english[kind] == chinese[kind]
    assert english["findings"]
