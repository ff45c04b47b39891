"""A specification drawn as static SVG: the same bytes on every machine, small, and without anything that refers outside.

vl-convert draws; its output is then tidied: invisible parts, roles and classes go, coordinates are rounded, clip ids are counted
from 0, a mark's description becomes its hover title. Layout never depends on measured text, because the specifications state
every size (`autosize: none`).
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as ET  # only vl-convert's own output is parsed

from itsq_analysis.charts.labels import FONT, SIZE, clean
from itsq_analysis.charts.palette import LIGHT, TOKEN

VEGA_LITE = "5.8"  # the oldest that vl-convert carries; JupyterLab draws with 5.6
NAMESPACE = "{http://www.w3.org/2000/svg}"
DROPPED = frozenset({"class", "role", "aria-roledescription", "aria-label", "aria-hidden", "pointer-events", "font-family"})
DEFAULTS = {"opacity": "1", "stroke-width": "1", "font-weight": "normal", "font-size": f"{SIZE:g}px", "text-anchor": "start"}
NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
SHIFT = re.compile(r"translate\((-?[\d.]+),(-?[\d.]+)\)")


def draw(spec: dict[str, Any], title: str, summary: str, *, hover: bool = True) -> str:
    """The SVG text of a specification, with title and description for screen readers.

    Without `hover` the marks have no titles of their own, which a finger cannot reach. Colours stay CSS variables (with the light
    palette's value as fallback); the background is transparent.
    """
    import vl_convert  # here, because it starts a JavaScript engine and must not be in a parent that forks

    raw = vl_convert.vegalite_to_svg({**spec, "background": None}, vl_version=VEGA_LITE)
    return tidy(raw, title, summary, hover=hover)


def tidy(raw: str, title: str, summary: str, *, hover: bool = True) -> str:
    """vl-convert's SVG, made small and accessible."""
    drawn = ET.fromstring(raw)  # noqa: S314
    body = list(drawn)
    size = {key: rounded(drawn.attrib[key]) for key in ("width", "height", "viewBox")}
    root = ET.Element("svg", {"xmlns": NAMESPACE[1:-1], **size, "role": "img", "font-family": FONT, "font-size": f"{SIZE:g}"})
    ET.SubElement(root, "title").text = clean(title)
    ET.SubElement(root, "desc").text = clean(summary)
    for element in body:
        root.extend(tidied(element, hover))
    text = ET.tostring(root, encoding="unicode").replace(" />", "/>")
    return numbered_clips(text)


def tidied(element: ET.Element, hover: bool) -> list[ET.Element]:
    """What is left of an element: itself, its children alone if it was a bare group, or nothing if it cannot be seen."""
    shape = element.tag.removeprefix(NAMESPACE)
    if element.get("display") == "none" or element.get("class") == "background" or (shape == "path" and not element.get("d")):
        return []
    kept = ET.Element(shape, attributes(element, shape))
    kept.text = element.text
    if hover and (described := element.get("aria-label")):
        ET.SubElement(kept, "title").text = described
    for child in element:
        kept.extend(tidied(child, hover))
    if shape == "g" and not kept.attrib:
        return list(kept)
    return [] if shape == "g" and not len(kept) else [kept]


def attributes(element: ET.Element, shape: str) -> dict[str, str]:
    """The attributes worth keeping, rounded to a tenth of a px; a text's or line's shift becomes its position."""
    given = {key: value for key, value in element.attrib.items() if key not in DROPPED and DEFAULTS.get(key) != value}
    kept = {key: with_fallback(value if key.endswith("opacity") else rounded(value)) for key, value in given.items()}
    if kept.get("stroke-width") == "0":
        kept = {key: value for key, value in kept.items() if not key.startswith("stroke")}
    shift = SHIFT.fullmatch(kept.get("transform", ""))
    if not shift:
        return kept
    if shape == "text":
        del kept["transform"]
        return {"x": shift[1], "y": shift[2]} | kept
    if shape == "line":
        del kept["transform"]
        x, y = float(shift[1]), float(shift[2])
        x2, y2 = x + float(kept.get("x2", 0)), y + float(kept.get("y2", 0))
        return kept | {"x1": shift[1], "y1": shift[2], "x2": f"{round(x2, 1):g}", "y2": f"{round(y2, 1):g}"}
    if float(shift[1]) == 0 and float(shift[2]) == 0:
        del kept["transform"]
    return kept


def rounded(value: str) -> str:
    """Numbers of an attribute, rounded to one decimal.

    >>> rounded("translate(16.666666666666668,-0.00001)")
    'translate(16.7,0)'
    """
    return NUMBER.sub(lambda found: f"{round(float(found[0]), 1) + 0.0:g}", value)


def with_fallback(value: str) -> str:
    """A colour variable with the light palette's value, for where the page's style sheet does not reach.

    >>> with_fallback("var(--c1)")
    'var(--c1,#05416e)'
    """
    found = TOKEN.fullmatch(value)
    return f"var(--{found[1]},{LIGHT[found[1]]})" if found else value


def numbered_clips(text: str) -> str:
    """Clip ids, which vl-convert counts up over the life of the process, counted from 0 within this picture.

    The ids carry the picture's own digest, so that several pictures share a page.
    """
    names = dict.fromkeys(re.findall(r'id="((?:clip|gradient)[-_]?\d+)"', text))
    if not names:
        return text
    from hashlib import sha256

    plain = re.sub(r"(?:clip|gradient)[-_]?\d+", "", text)
    mark = sha256(plain.encode()).hexdigest()[:8]
    for place, name in enumerate(names):
        text = text.replace(f'id="{name}"', f'id="{mark}-{place}"').replace(f"url(#{name})", f"url(#{mark}-{place})")
    return text
