from __future__ import annotations

import pandas as pd

from itsq_analysis.charts import Chart, line
from itsq_analysis.charts.canvas import Room, canvas, layer, scaled
from itsq_analysis.charts.svg import draw, tidy
from tests.charts.drawing import drawn_texts
from tests.charts.gallery import GALLERY


def test_jupyterlab_gets_the_title_and_the_report_does_not_draw_it() -> None:
    chart = GALLERY["bars"]("en")
    spec = chart._repr_mimebundle_()["application/vnd.vegalite.v5+json"]
    assert spec["padding"]["top"] == chart.spec["padding"]["top"] + 30
    drawn = {text.words: text for text in drawn_texts(draw(spec, "", ""))}
    assert drawn[chart.title].top > 0
    assert drawn[chart.title].bottom < drawn["opened"].top
    assert chart.title not in {text.words for text in drawn_texts(chart.svg())}


def test_the_picture_for_mail_is_a_png() -> None:
    assert GALLERY["sparkline"]("zh").png(scale=1).startswith(b"\x89PNG")


def test_a_chart_is_made_without_changing_the_frame() -> None:
    frame = pd.DataFrame({"ds": pd.date_range("2026-10-01", periods=2), "y": [1, 2]}, index=[5, 6])
    before = frame.copy(deep=True)
    line(frame, title="T", summary="S.")
    pd.testing.assert_frame_equal(frame, before)


def test_a_bare_specification_is_a_chart_too() -> None:
    spec = canvas(100, 20, Room(0, 0, 0, 0), [layer("point", [{"x": 1, "y": 1}], {"x": scaled("x", 0, 2), "y": scaled("y", 0, 2)})])
    bundle = Chart(spec, "One point.", pd.DataFrame({"x": ["1"]}))._repr_mimebundle_()
    assert "narrow" not in bundle["application/vnd.itsq.chart+json"]
    assert len(bundle["application/vnd.vegalite.v5+json"]["layer"]) == 1


def test_clip_ids_do_not_depend_on_what_was_drawn_before() -> None:
    x, y = scaled("x", 0, 2), scaled("y", 0, 2)
    spec = canvas(100, 20, Room(0, 0, 0, 0), [layer("line", [{"x": 0, "y": 0}, {"x": 3, "y": 3}], {"x": x, "y": y}, clip=True)])
    first, second = draw(spec, "a", "b"), draw(spec, "a", "b")
    assert "clip-path" in first
    assert first == second
    assert draw(spec, "other", "b") != first


def test_tidying_rounds_and_drops_what_cannot_be_seen() -> None:
    raw = (
        '<svg xmlns="http://www.w3.org/2000/svg" class="marks" width="9" height="9" viewBox="0 0 9 9"><g class="root">'
        '<path class="background" d="M0,0h9"/><path d="" display="none"/><g transform="translate(0,0)">'
        '<text aria-label="tip" transform="translate(1.0449,2)" font-size="12px" fill="var(--ink)">a&lt;</text></g></g></svg>'
    )
    assert tidy(raw, "T", "S").partition("<desc>S</desc>")[2] == (
        '<text x="1" y="2" fill="var(--ink,#1c2430)">a&lt;<title>tip</title></text></svg>'
    )
