"""JSON exports: Prometheus' answer to a range query, and lists of flat objects such as Zabbix' API gives.

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
LISTS = ("result", "data", "items", "records")  # names under which an answer keeps its list of objects
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
        IngestError: it is not JSON, the tool tells of an error, or it holds neither series nor a list of objects.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            content = json.load(file, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise IngestError(
            f"a JSON export must be complete; found {display} cut off or damaged ({error}); export it again"
        ) from error
    if isinstance(content, dict) and "error" in content:
        said = content["error"]
        raise IngestError(f"a JSON export must hold data; found an error in {display}: {_shown(said)}; ask the tool again")
    data = content.get("data") if isinstance(content, dict) else None
    if isinstance(data, dict) and "resultType" in data:
        found = _prometheus(data, display)
        found.warnings += [_shown(text) for key in ("warnings", "infos") for text in content.get(key) or ()]
        return found
    return _objects(content, display)


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
    texts = [[_text(_labels(one).get(name)) for one in series] for name in names]
    labels = {f"c{place}": pa.array(column, pa.string()) for place, column in enumerate(texts, 2)}
    numbers = pa.array(range(len(series)), pa.int32())
    return JsonRecords(
        [TIMESTAMP, VALUE, *_apart(names)], columns.table(), pa.table(labels | {"series": numbers}), columns.malformed
    )


def _labels(series: dict[str, Any]) -> dict[str, Any]:
    found = series.get("metric")
    return found if isinstance(found, dict) else {}


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
                self.at.append(_text(point[0]))
                self.value.append(_text(point[1]))
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
    return type(point) is list and len(point) == 2 and type(point[0]) is str and type(point[1]) is str


def _objects(content: Any, display: str) -> JsonRecords:
    """A list of flat objects, bare or under one of `LISTS`: each is a record; a value that is itself a list or object is none."""
    listed = content
    if isinstance(content, dict):
        listed = next((content[name] for name in LISTS if isinstance(content.get(name), list)), None)
    if not isinstance(listed, list) or not any(isinstance(one, dict) for one in listed):
        raise IngestError(
            f"a JSON export must be an answer of Prometheus' query_range or a list of objects; found neither in {display}; "
            "export it so, or as CSV"
        )
    sound = [isinstance(one, dict) and "\0" not in "".join(_text(value) or "" for value in one.values()) for one in listed]
    records = [(line, one) for line, one in enumerate(listed, 1) if sound[line - 1]]
    malformed = [(line, _shown(one)) for line, one in enumerate(listed, 1) if not sound[line - 1]]
    names = list(dict.fromkeys(name for _, one in records for name in one))
    columns = {f"c{place}": pa.array([_text(one.get(name)) for _, one in records], pa.string()) for place, name in enumerate(names)}
    lines = {"line": pa.array([line for line, _ in records], pa.int64())}
    return JsonRecords([*numbered(names)], pa.table(columns | lines), None, malformed)


def _text(value: Any) -> str | None:
    """A scalar as text; what is nested, as JSON."""
    if value is None or isinstance(value, str):
        return value
    return _shown(value)


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
