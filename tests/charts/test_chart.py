from __future__ import annotations

import pandas as pd

from itsq_analysis.charts import Chart, line
from itsq_analysis.charts.canvas import Room, canvas, layer, scaled
from itsq_analysis.charts.svg import draw
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
    assert bundle["application/vnd.itsq.chart+json"]["narrow"] is None
    assert len(bundle["application/vnd.vegalite.v5+json"]["layer"]) == 1
