"""A month as a calendar: how many changes took effect each day, how the worst ended, incidents that name one, days off shaded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from itsq_analysis.charts import labels
from itsq_analysis.charts.canvas import (
    Frame,
    Room,
    Rows,
    Spec,
    at,
    canvas,
    cells,
    centres,
    key_line,
    layer,
    require,
    stamp,
    symbol,
    table,
    texts,
)
from itsq_analysis.charts.chart import Chart, compose
from itsq_analysis.charts.labels import Language, word
from itsq_analysis.charts.palette import colour
from itsq_analysis.text import term

STEP = 40.0
MARKS = {"failed": ("missed", "diamond"), "issues": ("c2", "diamond"), "emergency": ("c3", "hollow")}  # the gravest first
OFF = ("weekend", "holiday")


@dataclass(frozen=True)
class _Day:
    at: date
    changes: int
    mark: str
    caused: int
    kind: str
    tip: str


def change_calendar(frame: Frame, *, title: str, summary: str, language: Language = "en") -> Chart:
    """One cell per day, weeks down: its number, the changes of the day, a mark for the gravest of them, incidents that name one.

    `frame`: `ds` (days, each once), `value` (changes), optional `failed`, `issues`, `emergency` (of them), `caused` (incidents that
    name a change of the day) and `kind` of the day: weekend, holiday or adjusted, "" for any other. Raises ItsqError if a column
    lacks; no days give the "no data" picture.
    """
    rows = require(frame, "change calendar", "ds", "value")
    counts = {name: [int(count or 0) for count in cells(rows, name)] for name in ("value", *MARKS, "caused")}
    changes = counts.pop("value")
    kinds = [str(kind) for kind in rows["kind"]] if "kind" in rows else [""] * len(rows)
    days = []
    for place, moment in enumerate(rows["ds"]):
        told = {name: counts[name][place] for name in counts if counts[name][place]}
        mark = next((name for name in MARKS if name in told), "")
        words = [f"{word('changes', language)} {changes[place]}"] + [f"{word(name, language)} {told[name]}" for name in told]
        words += [word(kinds[place], language)] if kinds[place] else []
        day = stamp(moment).date()
        tip = f"{labels.day(day, language)}: {', '.join(words)}"
        days.append(_Day(day, changes[place], mark, told.get("caused", 0), kinds[place], tip))
    columns = {"day": [labels.day(day.at, language) for day in days], "changes": [str(day.changes) for day in days]}
    columns |= {name: [str(count) for count in counts[name]] for name in counts if any(counts[name])}
    columns |= {"kind": [word(kind, language) if kind else "" for kind in kinds]} if any(kinds) else {}
    return compose(
        lambda width: _design(days, language, width),
        empty=not days,
        title=title,
        summary=summary,
        language=language,
        data=table(columns, language),
    )


def _design(days: list[_Day], language: Language, width: float) -> Spec:
    first = days[0].at - timedelta(days=days[0].at.weekday())
    weeks = (days[-1].at - first).days // 7 + 1
    cell = (width - 8) / 7
    entries = [("line", "square", word("day off", language))] if any(day.kind in OFF for day in days) else []
    entries += [("ink", "frame", word("adjusted", language))] if any(day.kind == "adjusted" for day in days) else []
    entries += [(*look, word(name, language)) for name, look in MARKS.items() if any(day.mark == name for day in days)]
    key, above = key_line(entries, width, 4, 26)
    heads: Rows = [{"x": x, "y": -12.0, "text": term(f"weekday_{day}", language)} for day, x in enumerate(centres(7, width - 8))]
    boxes: dict[str, Rows] = {"off": [], "adjusted": [], "": []}
    words: dict[str, Rows] = {"muted": [], "ink": [], "missed": []}
    marks: dict[str, Rows] = {name: [] for name in MARKS}
    for day in days:
        left, top = day.at.weekday() * cell, (day.at - first).days // 7 * STEP
        ground = "off" if day.kind in OFF else day.kind
        boxes[ground].append({"x": left + 1.5, "end": left + cell - 1.5, "y": top + 1.5, "foot": top + STEP - 1.5, "tip": day.tip})
        words["muted"].append({"x": left + 6, "y": top + 12, "text": str(day.at.day), "tip": day.tip})
        if day.changes:
            words["ink"].append({"x": left + 6, "y": top + 28, "text": str(day.changes), "tip": day.tip})
        if day.caused:
            words["missed"].append({"x": left + cell - 5, "y": top + 28, "text": f"+{day.caused}", "tip": day.tip})
        if day.mark:
            marks[day.mark].append({"x": left + cell - 11, "y": top + 12, "tip": day.tip})
    area = {"x": at("x"), "x2": {"field": "end"}, "y": at("y"), "y2": {"field": "foot"}}
    looks: dict[str, Spec] = {
        "off": {"color": colour("line"), "opacity": 0.55},
        "adjusted": {"color": colour("paper"), "stroke": colour("ink"), "strokeWidth": 1.2},
        "": {"color": colour("paper"), "stroke": colour("line"), "strokeWidth": 1},
    }
    written: dict[str, Spec] = {
        "muted": {"align": "left"},
        "ink": {"align": "left", "fontWeight": 600},
        "missed": {"align": "right", "fontWeight": 600},
    }
    layers = [
        *key,
        texts(heads, at("x"), at("y")),
        *(layer("rect", rows, area, **looks[ground]) for ground, rows in boxes.items()),
        *(texts(rows, at("x"), at("y"), role, **written[role]) for role, rows in words.items()),
        *(symbol(rows, at("x"), at("y"), *MARKS[name], size=50) for name, rows in marks.items()),
    ]
    return canvas(width, weeks * STEP, Room(4, 4, above or 26, 4), layers)
