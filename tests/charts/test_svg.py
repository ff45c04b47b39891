"""Our drawing of a specification against vl-convert's, which compiles it with Vega-Lite itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import vl_convert

from itsq_analysis.charts.canvas import Room, Spec, at, canvas, layer, scaled
from itsq_analysis.charts.chart import VEGA_LITE
from itsq_analysis.charts.palette import LIGHT
from itsq_analysis.charts.svg import draw
from itsq_analysis.errors import ItsqError
from tests.charts.gallery import GALLERY

NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
WITHOUT = {
    "opacity": "1",
    "fill-opacity": "1",
    "stroke-width": "1",
    "font-weight": "normal",
    "text-anchor": "start",
    "font-size": "12px",
}
LOOKS = ("fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-size", "font-weight", "text-anchor")
Element = tuple[str, str, str, list[float], dict[str, str]]


def elements(svg: str) -> Iterator[Element]:
    """What is seen, in order: shape, text, commands of its path, its coordinates in the plot area, its looks."""
    for element in map(outlined, ET.fromstring(svg).iter()):  # noqa: S314 - drawn by ourselves and by vl-convert
        shape = element.tag.rpartition("}")[2]
        seen = element.get("display") != "none" and element.get("class") != "background"
        if shape in ("path", "line", "text") and seen and (shape != "path" or element.get("d")):
            look = {key: colour(element.attrib[key]) for key in LOOKS if element.get(key, WITHOUT.get(key)) != WITHOUT.get(key)}
            if look.get("stroke-width") == "0" or "stroke" not in look:  # no line is drawn
                look = {key: value for key, value in look.items() if not key.startswith("stroke")}
            path = element.get("d", "")
            yield shape, element.text or "", NUMBER.sub("", path), [*place(element, shape), *numbers(path)], look


def outlined(element: ET.Element) -> ET.Element:
    """A circle as the path that Vega draws it as; any other element as it is."""
    if not element.tag.endswith("circle"):
        return element
    r, x, y = (element.attrib.pop(name) for name in ("r", "cx", "cy"))
    outline = f"M{r},0A{r},{r},0,1,1,-{r},0A{r},{r},0,1,1,{r},0"
    return ET.Element("path", element.attrib, d=outline, transform=f"translate({x},{y})")


def colour(value: str) -> str:
    found = re.fullmatch(r"var\(--(\w+)(?:,.*)?\)", value)
    return LIGHT[found[1]] if found else value


def numbers(text: str) -> list[float]:
    return [float(number) for number in NUMBER.findall(text)]


def place(element: ET.Element, shape: str) -> list[float]:
    """Where an element lies: its shift, and of a line both ends."""
    left, top = numbers(element.get("transform", "translate(0,0)"))
    x, y, right, foot = (float(element.get(name, 0)) for name in ("x", "y", "x2", "y2"))
    if shape == "line":
        return [left + float(element.get("x1", 0)), top + float(element.get("y1", 0)), left + right, top + foot]
    return [left + x, top + y]


def assert_alike(spec: dict[str, Any]) -> None:
    ours = list(elements(draw(spec, "T", "S", hover=False)))
    theirs = list(elements(vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE)))
    assert len(theirs) > 0
    assert [(shape, words, commands, look) for shape, words, commands, _, look in ours] == [
        (shape, words, commands, look) for shape, words, commands, _, look in theirs
    ]
    for (*_, here, _), (*_, there, _) in zip(ours, theirs, strict=True):
        assert here == pytest.approx(there, abs=0.051)  # ours is rounded to a tenth


@pytest.mark.parametrize("name", GALLERY)
def test_it_draws_what_vega_lite_draws(name: str) -> None:
    for language in ("en", "zh"):
        chart = GALLERY[name](language)
        assert_alike(chart.spec)
        if chart.narrow:
            assert_alike(chart.narrow)


def one_layer(mark: str, rows: list[dict[str, Any]], encoding: Spec, **style: Any) -> Spec:
    return canvas(200, 50, Room(0, 0, 0, 0), [layer(mark, rows, encoding, **style)])


def test_gaps_lone_values_and_constant_series() -> None:
    x, y = scaled("x", 0, 6), scaled("y", 0, 4)
    course = [{"x": n, "y": value, "low": value and value / 2} for n, value in enumerate([1, None, 2, 3, None, None, 4])]
    assert_alike(one_layer("line", course, {"x": x, "y": y}, color="var(--c1)", strokeWidth=1))
    assert_alike(one_layer("point", course, {"x": x, "y": y}, shape="circle", fill="var(--c1)", strokeWidth=0, size=30, opacity=1))
    assert 'd="M0,37.5ZM66.7,25L100,12.5M200,0Z"' in draw(one_layer("line", course, {"x": x, "y": y}, color="var(--c1)"), "", "")
    flat = scaled("y", 3, 3)
    assert_alike(one_layer("point", [{"x": 1, "y": 3}], {"x": x, "y": flat}, fill="var(--c1)", strokeWidth=0, size=30, opacity=1))


def test_an_area_of_one_day_and_none() -> None:
    y = scaled("y", 0, 4)
    bounds = {"x": scaled("x", 0, 6), "y": {**y, "field": "low"}, "y2": {"field": "high"}}
    assert_alike(one_layer("area", [{"x": 1, "low": 1, "high": 2}], bounds, color="var(--c1)", opacity=0.2))
    nothing = [{"x": 1, "low": None, "high": None}]
    assert "<path" not in draw(one_layer("area", nothing, bounds, color="var(--c1)", opacity=0.2), "", "")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mark": {"type": "arc"}}, "mark must be one of rect, rule, text, point, line, area; found 'arc'"),
        ({"mark": {"type": "point", "shape": "cross", "size": 9}}, "symbol must be one of circle, .*found 'cross'"),
        ({"encoding": {"x": {"field": "x", "scale": {"type": "sqrt", "domain": [0, 1]}}, "y": at("y")}}, "scale .*found 'sqrt'"),
    ],
)
def test_what_it_cannot_draw_is_refused(change: dict[str, Any], message: str) -> None:
    spec = one_layer("point", [{"x": 1, "y": 1}], {"x": at("x"), "y": at("y")}, size=9)
    spec["layer"][0] |= change
    with pytest.raises(ItsqError, match=message):
        draw(spec, "", "")


def test_attributes_cannot_be_left() -> None:
    spec = one_layer("point", [{"x": 1, "y": 1}], {"x": at("x"), "y": at("y")}, size=9, fill='"><script>')
    assert "<script" not in draw(spec, "", "")
