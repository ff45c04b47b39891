"""A small report through the shipped template, in both languages: opened, narrowed, without scripts, printed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import pytest

from itsq_analysis.charts import sparkline
from itsq_analysis.page.section import Section, paragraph, subheading, table
from itsq_analysis.reports.outputs import REPORT
from itsq_analysis.reports.render import render
from tests.browser import page_checks as checks

pytestmark = pytest.mark.browser

HOSTILE = [
    "<script>document.title = 'hacked'</script>",
    "=cmd()",
    "{{7*7}}",
    "{% raw %}",
    "' OR 1=1 --",
    "<img src=x onerror=alert(1)>",
]
WORDS = {
    "en": ("Service quality report", "October 2026", "Speed", "Half of all incidents were resolved within 4.2 hours.", "Service"),
    "zh": ("服务质量月报", "2026年10月", "响应与解决时效", "一半事件在 4.2 小时内解决。", "服务"),
}


def executed(language: Literal["en", "zh"]) -> dict[str, Any]:
    """The notebook of a report as papermill leaves it: header, one section with chart and tables, a foreign picture."""
    title, period, heading, answer, column = WORDS[language]
    header = {
        "title": title, "language": language, "organisation": "运维 <Org>", "period": period, "period_label": "2026-10",
        "data_as_of": "2026-11-01 10:00", "complete": False, "services": "all", "classification": "内部", "snapshot": 3,
    }  # fmt: skip
    frame = pd.DataFrame({"period": ["2026-08", "2026-09", "2026-10"], "value": [0.91, 0.95, 0.93]})
    wide = {f"c{number}": f"{column} {number}" for number in range(12)}
    parts = (
        sparkline(frame, title=heading, summary=answer, language=language),
        subheading(column),
        table({"name": column, "n": "N"}, [{"name": text, "n": "1"} for text in HOSTILE], numeric={"n"}, caption=heading),
        table(wide, [dict.fromkeys(wide, "1,234.56")], caption=title),
        paragraph("<b>" + "word" * 60),
    )
    section = Section("speed", heading, answer, parts)
    bundles = [{REPORT: header}, {"text/html": str(section.opening)}]
    bundles += [{"text/html": str(part.markup)} if hasattr(part, "markup") else part._repr_mimebundle_() for part in parts]
    bundles.append({"image/png": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="})
    outputs = [{"output_type": "display_data", "metadata": {}, "data": bundle} for bundle in bundles]
    return {"cells": [{"cell_type": "code", "metadata": {}, "source": "secret_code()", "outputs": outputs}]}


@pytest.fixture(params=["en", "zh"])
def page(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    file = tmp_path / f"报告 {request.param}.html"
    made = render(executed(request.param))
    assert made.left_out == []
    file.write_bytes(made.html)
    return file


def test_it_reads_well_on_a_desktop_and_prints(page: Path, open_page: Callable[..., Any]) -> None:
    language = page.stem[-2:]
    title, period, heading, answer, _ = WORDS[language]
    with open_page(page) as seen:
        checks.check_reads_well(seen)
        text = checks.visible_text(seen.page)
        assert [word for word in (title, period, heading, answer, *HOSTILE, "运维 <Org>") if word not in text] == []
        assert "secret_code" not in seen.page.content()
        assert "hacked" not in seen.page.title()
        assert str(seen.page.evaluate("document.documentElement.lang")).startswith(language)
        assert len(checks.check_prints(seen.page)) > 5_000


def test_it_reads_the_same_without_scripts_and_in_the_dark(page: Path, open_page: Callable[..., Any]) -> None:
    with open_page(page) as seen, open_page(page, javascript=False, dark=True) as without:
        checks.check_reads_well(without)
        checks.check_needs_no_scripts(seen, without)
        colour = "getComputedStyle(document.body).color"
        assert seen.page.evaluate(colour) != without.page.evaluate(colour)


@pytest.mark.parametrize("javascript", [True, False])
def test_it_fits_a_phone(page: Path, open_page: Callable[..., Any], javascript: bool) -> None:
    with open_page(page, width=checks.PHONE, javascript=javascript) as seen:
        checks.check_fits_a_phone(seen)
