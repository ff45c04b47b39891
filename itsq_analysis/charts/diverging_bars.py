"""Users' answers for each member: satisfied to the right, dissatisfied to the left, and how many spoke at all."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from itsq_analysis.charts.canvas import (
    PHONE,
    Frame,
    Room,
    Rows,
    Spec,
    along,
    at,
    canvas,
    cells,
    key_line,
    layer,
    members,
    numbers,
    require,
    scaled,
    table,
    texts,
    upright_lines,
)
from itsq_analysis.charts.chart import Chart, compose
from itsq_analysis.charts.labels import Language, number, text_width, word
from itsq_analysis.charts.lanes import Lanes, lanes
from itsq_analysis.charts.palette import colour

if TYPE_CHECKING:
    pass

STEP = 34.0
PARTS = {"negative": "c2", "neutral": "c5", "positive": "c1"}


@dataclass(frozen=True)
class _Answers:
    members: list[str]
    counts: dict[str, list[float]]  # part -> answers of each member
    spoken: list[str]
    language: Language

    def starts(self) -> list[float]:
        """Where each bar begins, as a share: half of the neutral answers stand left of the middle."""
        return [-(self.share("negative", place) + self.share("neutral", place) / 2) for place in range(len(self.members))]

    def share(self, part: str, place: int) -> float:
        """A part of a member's answers; 0 where nobody answered."""
        answered = sum(counts[place] for counts in self.counts.values())
        return self.counts[part][place] / answered if answered else 0.0


def diverging_bars(frame: Frame, *, title: str, summary: str, language: Language = "en") -> Chart:
    """One bar per member around a middle line: shares of the answers, neutral ones half to each side.

    `frame`: `member`, `negative`, `neutral`, `positive` (counts of answers), and optionally `sent` (questionnaires sent); beside
    each bar stands "answered / sent". A member without answers keeps its lane. Raises ItsqError if a column lacks; no answers at
    all give the "no data" picture.
    """
    rows = require(frame, "diverging bars", "member", *PARTS)
    counts = {part: [value or 0.0 for value in cells(rows, part)] for part in PARTS}
    answered = [sum(parts) for parts in zip(*counts.values(), strict=True)]
    spoken = [
        number(got, "count", language) + ("" if sent is None else f" / {number(sent, 'count', language)}")
        for got, sent in zip(answered, cells(rows, "sent"), strict=True)
    ]
    answers = _Answers(members(rows), counts, spoken, language)
    columns = {"name": answers.members} | {part: numbers(values, "count", language) for part, values in counts.items()}
    return compose(
        lambda width: _design(answers, width),
        empty=not any(answered),
        title=title,
        summary=summary,
        language=language,
        data=table(columns | {"answered of sent": spoken}, language),
    )


def _design(answers: _Answers, width: float) -> Spec:
    heading = word("answered of sent", answers.language)
    lane = lanes(answers.members, width, STEP)
    right = max(*map(text_width, answers.spoken), text_width(heading) if width > PHONE else 0.0) + 18
    plot = width - lane.left - right
    entries = [(role, "square", word(part, answers.language)) for part, role in PARTS.items()]
    key, top = key_line(entries, width, lane.left, 12)
    starts = answers.starts()
    low = -math.ceil(max(0.25, *(-start for start in starts)) / 0.25) * 0.25
    ticks = [low, 0.0, 0.5, 1.0]
    over: Rows = [{"x": plot + 14, "y": 9 - top, "text": heading}] if width > PHONE else []
    middle: Rows = [{"x": 0.0, **lane.span(place, 28 if lane.above else STEP)} for place in range(len(answers.members))]
    x = scaled("x", low, 1.0)
    layers = [
        *key,
        *upright_lines(along(ticks, low, 1.0, plot), [f"{abs(tick):.0%}" if tick else "0" for tick in ticks], lane.height),
        lane.labels(),
        *_pieces(answers, starts, lane, x),
        layer("rule", middle, {"x": x, "y": lane.y("y"), "y2": {"field": "foot"}}, color=colour("muted"), strokeWidth=1),
        lane.beside(answers.spoken, plot + 14),
        texts(over, at("x"), at("y"), align="left"),
    ]
    return canvas(width, lane.height, Room(lane.left, right, top, 28), layers)


def _pieces(answers: _Answers, starts: list[float], lane: Lanes, x: Spec) -> list[Spec]:
    begins = list(starts)
    area = {"x": x, "x2": {"field": "end"}, "y": lane.y("y"), "y2": {"field": "foot"}}
    layers = []
    for part, role in PARTS.items():
        rows: Rows = []
        name = word(part, answers.language)
        for place, (member, count) in enumerate(zip(answers.members, answers.counts[part], strict=True)):
            share = answers.share(part, place)
            tip = f"{member}: {name} {number(share, 'share', answers.language)} ({number(count, 'count', answers.language)})"
            if count:
                rows.append({**lane.span(place, 20), "x": begins[place], "end": begins[place] + share, "tip": tip})
            begins[place] += share
        layers.append(layer("rect", rows, area, color=colour(role), stroke=colour("paper"), strokeWidth=1))
    return layers
