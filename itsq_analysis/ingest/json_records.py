"""JSON exports: Prometheus' answer to a range query, and lists of objects as APIs give them, nested or not; also JSON lines.

Every number is kept as the text that stands in the file, so that JSON is read by the same rules as CSV.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from itsq_analysis.errors import IngestError
from itsq_analysis.ingest.header import names as numbered
from itsq_analysis.ingest.header import normal

HEAD = 1000  # bytes by which JSON is told from CSV
TIMESTAMP, VALUE = "timestamp", "value"
LISTS = ("result", "data", "items", "records", "issues", "incidents", "tickets", "results", "value")  # of an answer's objects
DISPLAYED = "display_value"
NAMES = ("name", "display_value", "title", "summary", "value", "displayName", "label", "key")  # of a member of a list
HALF = re.compile("[\ud800-\udfff]")
_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{|\[\s*[\{\]])")


@dataclass
class JsonRecords:
    """Records of a JSON file.

    Attributes:
        headers: of the columns; labels of Prometheus follow `timestamp` and `value`.
        points: columns of text, one row per record, with `line` (1, 2, ... in the file's order) and, with labels, `series`.
        labels: series -> texts of the further headers, one column each, with `series`; None for flat objects.
        malformed: line and text of records that are none.
        warnings: what the tool said beside its data.
    """

    headers: list[str]
    points: pa.Table
    labels: pa.Table | None = None
    malformed: list[tuple[int, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def read(self) -> int:
        """Records in the file, malformed ones included."""
        return int(self.points.num_rows) + len(self.malformed)


def is_json(path: Path) -> bool:
    """Whether a text begins as a JSON object, or as a list of them."""
    with path.open("rb") as file:
        return _JSON.match(file.read(HEAD)) is not None


def read_json(path: Path, display: str) -> JsonRecords:
    """Read a JSON export.

    Raises:
        IngestError: it is not JSON, the tool tells of an error, it holds neither series nor a list of objects, or an object says
            two things under one key.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        content: Any = _lines(text) or _loaded(text)
    except _TwiceError as error:
        raise IngestError(
            f"an object of a JSON export must have a key once; found {_shown(error.args[0])} twice with different values in "
            f"{display}; correct the file, or export it again"
        ) from None
    except (ValueError, RecursionError) as error:
        raise IngestError(
            f"a JSON export must be complete; found {display} cut off or damaged ({error}); export it again"
        ) from error
    if isinstance(content, dict) and "error" in content and not any(name in content for name in LISTS):
        said = content["error"]
        raise IngestError(f"a JSON export must hold data; found an error in {display}: {_shown(said)}; ask the tool again")
    data = content.get("data") if isinstance(content, dict) else None
    if isinstance(data, dict) and "resultType" in data:
        found = _prometheus(data, display)
        found.warnings += [_shown(text) for key in ("warnings", "infos") for text in content.get(key) or ()]
        return found
    return _objects(content, display)


class _TwiceError(Exception):
    """An object says two things under one key: which one is meant cannot be known."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        for key, value in pairs:
            if found[key] != value:
                raise _TwiceError(key)
    return found


def _loaded(text: str) -> Any:
    return json.loads(text, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_once)


def _lines(text: str) -> list[Any] | None:
    """The objects of JSON lines, one a line; None where the text is one JSON value."""
    lines = text.splitlines() if "\n" in text else []
    if len(lines) < 2 or not (lines[0].strip().startswith("{") and lines[0].strip().endswith("}")):
        return None
    return [_loaded(line) for line in lines if line.strip()]


def _prometheus(data: dict[str, Any], display: str) -> JsonRecords:
    """Series with their labels: each point is a record."""
    kind, result = data["resultType"], data.get("result")
    if kind not in ("matrix", "vector") or not isinstance(result, list):
        raise IngestError(
            f"an answer of Prometheus must be a matrix or a vector; found {_shown(kind)} in {display}; export with query_range"
        )
    series = [one for one in result if isinstance(one, dict)]
    names = list(dict.fromkeys(name for one in series for name in _labels(one)))
    columns = _Points(len(series) != len(result), result)
    for place, one in enumerate(series):
        columns.add(place, [one["value"]] if kind == "vector" and "value" in one else one.get("values") or ())
    texts = [[None if (text := _labels(one).get(name)) is None else _shown(text) for one in series] for name in names]
    labels = {f"c{place}": pa.array(column, pa.string()) for place, column in enumerate(texts, 2)}
    numbers = pa.array(range(len(series)), pa.int32())
    return JsonRecords(
        [TIMESTAMP, VALUE, *_apart(names)], columns.table(), pa.table(labels | {"series": numbers}), columns.malformed
    )


def _labels(series: dict[str, Any]) -> dict[str, Any]:
    found = series.get("metric")
    return {_shown(name): text for name, text in found.items()} if isinstance(found, dict) else {}


def _apart(names: Iterable[str]) -> list[str]:
    """Labels as headers: one that is called like our own columns, or twice but for case, gets a word before its name."""
    taken, found = {normal(TIMESTAMP), normal(VALUE)}, []
    for name in names:
        header = name
        while normal(header) in taken:
            header = f"label {header}"
        taken.add(normal(header))
        found.append(header)
    return found


class _Points:
    """Points of series, collected; what is no pair of texts is malformed."""

    def __init__(self, odd: bool, result: list[Any]) -> None:
        self.series: list[int] = []
        self.at: list[str | None] = []
        self.value: list[str | None] = []
        self.line: list[int] = []
        self.malformed: list[tuple[int, str]] = []
        self.lines = 0
        for one in result if odd else ():
            if not isinstance(one, dict):
                self._refuse(one)

    def add(self, series: int, points: Any) -> None:
        """The points of one series; nearly always all of them are pairs of texts, and are taken at once."""
        if isinstance(points, list) and points and all(map(_is_pair, points)):
            at, value = zip(*points, strict=True)
            self.series += [series] * len(points)
            self.at += at
            self.value += value
            self.line += range(self.lines + 1, self.lines + 1 + len(points))
            self.lines += len(points)
            return
        for point in points if isinstance(points, list | tuple) else (points,):
            if isinstance(point, list) and len(point) == 2 and not any(isinstance(part, list | dict) for part in point):
                self.lines += 1
                self.series.append(series)
                self.at.append(None if point[0] is None else _shown(point[0]))
                self.value.append(None if point[1] is None else _shown(point[1]))
                self.line.append(self.lines)
            else:
                self._refuse(point)

    def _refuse(self, point: Any) -> None:
        self.lines += 1
        self.malformed.append((self.lines, _shown(point)))

    def table(self) -> pa.Table:
        texts = {"c0": pa.array(self.at, pa.string()), "c1": pa.array(self.value, pa.string())}
        return pa.table(texts | {"series": pa.array(self.series, pa.int32()), "line": pa.array(self.line, pa.int64())})


def _is_pair(point: Any) -> bool:
    return type(point) is list and len(point) == 2 and type(point[0]) is str and type(point[1]) is str and point[1].isascii()


def _objects(content: Any, display: str) -> JsonRecords:
    """A list of objects, bare or inside an answer: each is a record; what is nested in it becomes columns (see `flattened`)."""
    listed = content if isinstance(content, list) else _longest_list(content)
    if not isinstance(listed, list) or not any(isinstance(one, dict) for one in listed):
        raise IngestError(
            f"a JSON export must be an answer of Prometheus' query_range or a list of objects; found neither in {display}; "
            "export it so, or as CSV"
        )
    return records_of([flattened(one) if isinstance(one, dict) else one for one in listed])


def records_of(listed: list[Any]) -> JsonRecords:
    """Records of flat objects; what is no object, or holds what cannot be written, is malformed."""
    sound = [isinstance(one, dict) and _is_writable("".join(map(_joined, one.items()))) for one in listed]
    records = [(line, one) for line, one in enumerate(listed, 1) if sound[line - 1]]
    malformed = [(line, _shown(one)) for line, one in enumerate(listed, 1) if not sound[line - 1]]
    names = list(dict.fromkeys(name for _, one in records for name in one))
    columns = {f"c{place}": pa.array([_text(one.get(name)) for _, one in records], pa.string()) for place, name in enumerate(names)}
    lines = {"line": pa.array([line for line, _ in records], pa.int64())}
    return JsonRecords([*numbered(names)], pa.table(columns | lines), None, malformed)


def _longest_list(content: Any, depth: int = 3) -> list[Any] | None:
    """The longest list of objects in an answer, not deeper than three levels; one that an answer usually keeps goes first."""
    if not isinstance(content, dict):
        return None
    for name in LISTS:
        if isinstance(content.get(name), list) and any(isinstance(one, dict) for one in content[name]):
            return list(content[name])
    inner = [part for part in content.values() if isinstance(part, list) and any(isinstance(one, dict) for one in part)]
    if depth:
        inner += [found for part in content.values() if isinstance(part, dict) and (found := _longest_list(part, depth - 1))]
    return max(inner, key=len, default=None)


def flattened(record: dict[str, Any], prefix: str = "", depth: int = 4) -> dict[str, Any]:
    """An object without nested ones: `fields.status.name`; of {value, display_value} what is displayed; lists joined by a comma.

    >>> flattened({"fields": {"status": {"name": "Done"}}, "priority": {"value": "1", "display_value": "High"}, "tags": ["a", "b"]})
    {'fields.status.name': 'Done', 'priority': 'High', 'tags': 'a, b'}
    """
    flat: dict[str, Any] = {}
    for name, value in record.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict) and DISPLAYED in value:
            flat[key] = value[DISPLAYED]
        elif isinstance(value, dict) and depth:
            flat |= flattened(value, f"{key}.", depth - 1)
        elif isinstance(value, list):
            named = [_named(part) for part in value]
            flat[key] = ", ".join(map(_shown, named)) if all(part is not None for part in named) else value
        else:
            flat[key] = value
    return flat


def _named(part: Any) -> str | None:
    """What a member of a list is called; None where it has no name."""
    if isinstance(part, dict):
        return next((part[name] for name in NAMES if isinstance(part.get(name), str)), None)
    return None if part is None or isinstance(part, list) else _shown(part)


def _is_writable(text: str) -> bool:
    """Whether a text has neither a NUL nor half of a pair of surrogates, which no file in UTF-8 can hold."""
    return "\0" not in text and (text.isascii() or HALF.search(text) is None)


def _joined(pair: tuple[str, Any]) -> str:
    return pair[0] + (_text(pair[1]) or "")


def _text(value: Any) -> str | None:
    """A scalar as text; what is nested, as JSON."""
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", text)
