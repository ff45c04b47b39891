"""What a test wants to know of a drawn SVG."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from itsq_analysis.charts.labels import text_width

SVG = "{http://www.w3.org/2000/svg}"
SHIFT = re.compile(r"translate\((-?[\d.]+),(-?[\d.]+)\)")


@dataclass(frozen=True)
class Text:
    words: str
    left: float
    right: float
    top: float
    bottom: float


def parse(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - drawn by ourselves


def view(svg: str) -> tuple[float, float]:
    """Width and height of the view box."""
    _, _, width, height = map(float, parse(svg).attrib["viewBox"].split())
    return width, height


def drawn_texts(svg: str) -> list[Text]:
    """Every text with the room that its words are given, in the view box."""
    found: list[Text] = []

    def visit(element: ET.Element, x: float, y: float, size: float) -> None:
        size = float(element.get("font-size", str(size)).removesuffix("px"))
        if shift := SHIFT.match(element.get("transform", "")):
            x, y = x + float(shift[1]), y + float(shift[2])
        if element.tag == SVG + "text":
            words = element.text or ""
            x, y = x + float(element.get("x", 0)) + float(element.get("dx", 0)), y + float(element.get("y", 0))
            width = text_width(words, size)
            left = x - {"middle": width / 2, "end": width}.get(element.get("text-anchor", "start"), 0.0)
            found.append(Text(words, left, left + width, y - 0.8 * size, y + 0.2 * size))
        for child in element:
            visit(child, x, y, size)

    visit(parse(svg), 0.0, 0.0, 12.0)
    return found


def rectangles(svg: str, colour: str) -> list[tuple[float, float, float, float]]:
    """Left, top, width, height in the plot area of the boxes filled with a colour role."""
    box = re.compile(r"M(-?[\d.]+),(-?[\d.]+)h(-?[\d.]+)v(-?[\d.]+)h")
    paths = parse(svg).iter(SVG + "path")
    filled = [path for path in paths if path.get("fill", "").startswith(f"var(--{colour},") and "transform" not in path.attrib]
    found = [match for path in filled if (match := box.match(path.attrib["d"]))]
    return [(float(m[1]), float(m[2]), float(m[3]), float(m[4])) for m in found]
