"""Slides of an executed notebook: verdict, scorecard and pictures with native texts and tables, the same bytes twice."""

from __future__ import annotations

import io
from typing import Any

from pptx import Presentation

from itsq_analysis.reports.slides import slides
from tests.charts.gallery import GALLERY

OPENING = (
    '<section class="opening" aria-labelledby="verdict"><h2 id="verdict"><span class="topic">Verdict</span> 7 of 12 met.</h2>'
    '<h3>Decisions</h3><ol class="decisions cards"><li><p class="what">Renew &lt;b&gt;?</p><p class="terms"><strong>ended</strong> '
    '<span>by 3 November</span></p><p class="rule">proposed</p></li></ol>'
    '<ul class="findings"><li><a href="#x">It fell.</a></li></ul><p class="majors">One major.</p></section><!--opening-->'
)
SCORECARD = '<h2 id="scorecard"><span class="topic">Scorecard</span> One missed.</h2><p class="lead">More.</p>'
TABLE = (
    "<table><thead><tr><th>Indicator</th><th>Value</th></tr></thead><tbody><tr><th>Reopen rate</th>"
    '<td>2.6%<span class="note">46 of 1,794</span></td></tr></tbody></table>'
)


def notebook(language: str = "en") -> dict[str, Any]:
    chart = GALLERY["bars"](language)._repr_mimebundle_()  # type: ignore[arg-type]
    header = {"title": "Service quality report", "period": "October 2026", "language": language, "classification": "internal"}
    data: list[dict[str, Any]] = [
        {"application/vnd.itsq.report+json": header},
        *({"text/html": html} for html in (OPENING, SCORECARD, TABLE)),
        dict(chart),
    ]
    return {"cells": [{"cell_type": "code", "outputs": [{"data": one} for one in data]}]}


def test_texts_and_tables_are_native_and_a_picture_stands_under_its_conclusion() -> None:
    first, scorecard, picture = Presentation(io.BytesIO(slides(notebook()))).slides
    titles = [slide.shapes.title.text for slide in (first, scorecard)]
    assert titles == ["7 of 12 met.", "One missed."]
    words = " ".join(shape.text_frame.text for shape in first.shapes if shape.has_text_frame)
    assert "It fell." in words
    assert "One major." in words
    tables = [shape.table for slide in (first, scorecard) for shape in slide.shapes if shape.has_table]
    assert [[cell.text for cell in row.cells][:3] for row in tables[0].rows][1] == [
        "Renew <b>?",
        "ended · by 3 November",
        "proposed",
    ]
    assert [[cell.text for cell in row.cells][:2] for row in tables[1].rows] == [["Indicator", "Value"], ["Reopen rate", "2.6%"]]
    assert picture.shapes.title.text.startswith("Summary </text>")
    assert [shape.shape_type.name for shape in picture.shapes].count("PICTURE") == 1


def test_the_same_notebook_gives_the_same_bytes() -> None:
    assert slides(notebook("zh")) == slides(notebook("zh"))
