"""One horizontal lane per member: its name beside it, or on a phone above it where the name is long; long ones take more lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from itsq_analysis.charts.canvas import PHONE, Room, Rows, Spec, at, canvas, key_line, scaled, texts, upright_lines
from itsq_analysis.charts.labels import text_width, wrapped

Key = Sequence[tuple[str, str, str]]  # role, shape, text
Axis = tuple[Sequence[float], Sequence[str]]  # px from the plot's left edge, names
NAME_LINE, NEXT_LINE = 20.0, 15.0  # px that a name takes above its lane, and each further line of it


@dataclass(frozen=True)
class Lanes:
    """Where lanes lie. Vertical positions are in px from the top of the plot, on the scale `y("field")`."""

    names: tuple[tuple[str, ...], ...]  # each in its lines
    left: float  # px before the plot
    step: float  # px from lane to lane
    above: bool

    @property
    def height(self) -> float:
        """Px of the whole plot."""
        return len(self.names) * self.step

    def y(self, field: str) -> Spec:
        """The vertical scale over a field of positions."""
        return scaled(field, 0.0, self.height, (0.0, self.height))

    def middle(self, place: int) -> float:
        """The middle of a lane's marks."""
        return (place + 0.5) * self.step + ((NAME_LINE + self._further) / 2 - 2 if self.above else 0.0)

    def span(self, place: int, thickness: float) -> dict[str, float]:
        """Top and foot of a mark in a lane, for fields `y` and `foot`."""
        return {"y": self.middle(place) - thickness / 2, "foot": self.middle(place) + thickness / 2}

    def labels(self) -> Spec:
        """The names, whole."""
        rows: Rows = []
        for place, lines in enumerate(self.names):
            last = place * self.step + NAME_LINE / 2 + self._further if self.above else self.middle(place) + _half(lines)
            for line, text in enumerate(reversed(lines)):
                rows.append({"x": -self.left if self.above else -12.0, "y": last - line * NEXT_LINE, "text": text})
        return texts(rows, at("x"), self.y("y"), "ink", align="left" if self.above else "right")

    @property
    def _further(self) -> float:
        """Px of all lines after the first, of the longest name."""
        return 2 * max(map(_half, self.names), default=0.0)

    def beside(self, captions: Sequence[str], x: float) -> Spec:
        """A text at each lane's right, `x` px from the plot's left edge."""
        rows: Rows = [{"x": x, "y": self.middle(place), "text": caption} for place, caption in enumerate(captions)]
        return texts(rows, at("x"), self.y("y"), align="left")

    def drawn(self, width: float, right: float, key: Key, axis: Axis, marks: Sequence[Spec]) -> Spec:
        """The whole picture, `right` px of its width kept free: key, upright lines with their names beneath, lanes, marks."""
        head, top = key_line(key, width, self.left, 12)
        layers = [*head, *upright_lines(*axis, self.height), self.labels(), *marks]
        return canvas(width, self.height, Room(self.left, right, top, 28), layers)


def lanes(names: Sequence[str], width: float, step: float) -> Lanes:
    """Lanes for these names on a canvas `width` px wide, `step` px each (more where names stand above).

    >>> lanes(["P1", "P2"], 360, 34).left, lanes(["Finance applications"], 360, 34).step
    (29.4, 54.0)
    """
    longest = max((text_width(name) for name in names), default=0.0)
    if width < PHONE and longest > 0.25 * width:
        lines = tuple(wrapped(name, width) for name in names)
        return Lanes(lines, 24.0, step + NAME_LINE + 2 * max(map(_half, lines)), above=True)
    lines = tuple(wrapped(name, 0.42 * width) for name in names)
    left = round(min(longest, 0.42 * width) + 14, 1)
    return Lanes(lines, left, max([step, *(2 * _half(one) + 22 for one in lines)]), above=False)


def _half(lines: Sequence[str]) -> float:
    """Px from the middle of a name's lines to its first or last one."""
    return NEXT_LINE * (len(lines) - 1) / 2
