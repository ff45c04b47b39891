from __future__ import annotations

import zlib

import pandas as pd
import pytest

from itsq_analysis.charts import Chart, line
from itsq_analysis.charts.canvas import Room, canvas, layer, scaled
from itsq_analysis.charts.chart import png
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


def size(image: bytes) -> tuple[int, int]:
    assert image.startswith(b"\x89PNG\r\n\x1a\n")
    return int.from_bytes(image[16:20], "big"), int.from_bytes(image[20:24], "big")


def first_pixel(image: bytes) -> bytes:
    """Red, green, blue and opacity of the upper left corner; every filter of PNG leaves the first pixel as it is."""
    place, packed = 8, b""
    while place < len(image):
        length = int.from_bytes(image[place : place + 4], "big")
        packed += image[place + 8 : place + 8 + length] if image[place + 4 : place + 8] == b"IDAT" else b""
        place += length + 12
    return zlib.decompress(packed)[1:5]


def test_a_picture_for_slides_is_sharp_on_white_with_a_margin() -> None:
    spec = GALLERY["bars"]("en")._repr_mimebundle_()["application/vnd.vegalite.v5+json"]
    sides = spec["padding"]
    width, height = spec["width"] + sides["left"] + sides["right"] + 32, spec["height"] + sides["top"] + sides["bottom"] + 32
    drawn = png(spec, margin=16)
    assert size(drawn) == (pytest.approx(2 * width, abs=2), pytest.approx(2 * height, abs=2))
    assert first_pixel(drawn) == b"\xff\xff\xff\xff"


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
