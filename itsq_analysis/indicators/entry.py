"""One [[indicator]] entry of a TOML file, checked: keys, types, columns, expressions."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any

from itsq_analysis.errors import IndicatorError
from itsq_analysis.indicators.expression import Expression, parse_expression
from itsq_analysis.indicators.indicator import Indicator, Words, words
from itsq_analysis.tables import contract, contracts

_ALWAYS = ("id", "section", "title", "population", "kind", "unit", "better")
_FREE = (
    "meaning",
    "reference_target",
    "clause",
    "characteristic",
    "element",
    "counted",
    "interval",
    "followup_days",
    "judged_from",
    "requires",
)
# Per kind: keys that must be given, keys that may be.
_KEYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "proportion": (("table", "time", "of"), ("where", "until")),
    "mean": (("table", "time", "of"), ("where", "until", "divisor")),
    "quantile": (("table", "time", "of", "quantile"), ("where", "until", "divisor")),
    "quotient": (("table", "time", "of", "over"), ("where", "until", "per")),
    "sum": (("table", "time", "of"), ("where", "until", "divisor")),
    "count": (("table", "time"), ("where",)),
    "stock": (("table", "time", "until"), ("where",)),
    "ratio": (("numerator", "denominator"), ("per",)),
    "difference": (("plus", "minus"), ()),
    "computed": (("function", "interval"), ("table",)),
}
_SMALL = 20  # shares, means and quantiles of fewer rows are not judged
_JUDGED_FROM = dict.fromkeys(("proportion", "mean", "quantile", "quotient", "computed"), _SMALL)
_PART_KINDS = ("count", "sum", "stock")
_ID = re.compile(r"[a-z][a-z0-9_]{0,63}")


def read_entry(raw: Mapping[str, Any], file: str) -> Indicator:
    """The indicator of one entry.

    Raises:
        IndicatorError: with file, id and key.

    >>> entry = {"id": "p1", "section": "3.2", "title": "P1", "population": "P1 incidents", "kind": "count", "unit": "count",
    ...          "better": "lower", "table": "incidents", "time": "opened_at", "where": "priority = 1"}
    >>> read_entry(entry, "own.toml").where.sql()
    '"priority" = 1'
    """
    at = f"{file}, {raw.get('id', 'entry without id')}"
    kind = _one_of(raw.get("kind"), _KEYS, f"{at}, kind")
    _check_keys(raw, kind, at)
    texts: dict[str, Any] = {key: _text(raw[key], f"{at}, {key}") for key in ("id", "section", "kind", "unit", "better")}
    if not _ID.fullmatch(texts["id"]):
        raise IndicatorError(f"{at}, id: must be small Latin letters, digits and _; found {texts['id']!r}; rename it")
    if not re.fullmatch(r"[1-8]\.[1-4]", texts["section"]):
        raise IndicatorError(f"{at}, section: must be one of 1.1 to 8.4; found {texts['section']!r}; take one of the standard's")
    _one_of(texts["better"], words()["better"], f"{at}, better")
    return Indicator(
        **texts,
        title=_words(raw["title"], f"{at}, title"),
        population=_words(raw["population"], f"{at}, population"),
        meaning=_words(raw.get("meaning", raw["population"]), f"{at}, meaning"),
        interval=_words(raw.get("interval", words()["interval"].get(kind)), f"{at}, interval"),
        counted=_words(raw["counted"], f"{at}, counted") if "counted" in raw else None,
        file=file,
        **_numbers(raw, kind, at),
        **_names(raw, at),
        **_rows(raw, kind, at),
    )


def check_parts(indicators: Mapping[str, Indicator]) -> None:
    """Whether every ratio and difference names counts, sums or stocks that exist.

    Raises:
        IndicatorError: it does not.
    """
    possible = [indicator.id for indicator in indicators.values() if indicator.kind in _PART_KINDS]
    for indicator in indicators.values():
        for part in indicator.parts:
            _one_of(part, possible, f"{indicator.file}, {indicator.id} ({', '.join(_PART_KINDS)})")


def _check_keys(raw: Mapping[str, Any], kind: str, at: str) -> None:
    must, may = _KEYS[kind]
    missing = [key for key in (*_ALWAYS, *must) if key not in raw]
    if missing:
        raise IndicatorError(f"{at}: kind {kind!r} must have {', '.join(missing)}; found none; add it")
    for key in raw:
        _one_of(key, (*_ALWAYS, *_FREE, *must, *may), f"{at}: a key of kind {kind!r}")


def _one_of(value: Any, allowed: Collection[str], at: str) -> str:
    if isinstance(value, str) and value in allowed:
        return value
    near = get_close_matches(str(value), allowed, n=1, cutoff=0.6)
    advice = f"write {near[0]!r}" if near else "use one of them"
    raise IndicatorError(f"{at}: must be one of {', '.join(allowed)}; found {value!r:.80}; {advice}")


def _text(value: Any, at: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise IndicatorError(f"{at}: must be text; found {value!r:.80}; write it in quotation marks")
    return value


def _words(value: Any, at: str) -> Words:
    """Text in both languages; one text serves for both."""
    given = {"en": value, "zh": value} if isinstance(value, str) else value
    if not isinstance(given, dict) or not given or not set(given) <= {"en", "zh"}:
        raise IndicatorError(f'{at}: must be a text or {{ en = "…", zh = "…" }}; found {value!r:.80}; write it so')
    first = next(iter(given.values()))
    return {language: _text(given.get(language, first), at) for language in ("en", "zh")}


def _number(raw: Mapping[str, Any], key: str, at: str, lowest: float, highest: float) -> float:
    value = raw[key]
    if isinstance(value, bool) or not isinstance(value, int | float) or not (math.isfinite(value) and lowest <= value <= highest):
        raise IndicatorError(f"{at}, {key}: must be a number from {lowest:g} to {highest:g}; found {value!r:.80}; correct it")
    return value


def _numbers(raw: Mapping[str, Any], kind: str, at: str) -> dict[str, Any]:
    bounds = {"quantile": (0.001, 0.999), "divisor": (1e-9, 1e9), "per": (1e-9, 1e9), "reference_target": (-1e15, 1e15)}
    numbers: dict[str, Any] = {key: float(_number(raw, key, at, *limits)) for key, limits in bounds.items() if key in raw}
    for key, highest in (("followup_days", 366), ("judged_from", 10_000)):
        if key in raw:
            numbers[key] = int(_number(raw, key, at, 0, highest))
    return {"judged_from": _JUDGED_FROM.get(kind, 0)} | numbers


def _names(raw: Mapping[str, Any], at: str) -> dict[str, Any]:
    keys = ("numerator", "denominator", "plus", "minus", "function", "clause")
    texts = {key: _text(raw[key], f"{at}, {key}") for key in keys if key in raw}
    for key in ("characteristic", "element"):
        if key in raw:
            texts[key] = _one_of(raw[key], words()[key], f"{at}, {key}")
    return texts


def _rows(raw: Mapping[str, Any], kind: str, at: str) -> dict[str, Any]:
    """Table, timestamps, expressions and required columns, checked against the contract."""
    if "table" not in raw:
        return {}
    table = _one_of(raw["table"], contracts(), f"{at}, table")
    columns = contract(table).all_columns
    times = [name for name, column in columns.items() if column.is_time]
    fields: dict[str, Any] = {key: _one_of(raw[key], times, f"{at}, {key}") for key in ("time", "until") if key in raw}
    stock = "until" in raw
    for key, wanted in (("where", "boolean"), ("of", "boolean" if kind == "proportion" else "number"), ("over", "number")):
        if key in raw:
            fields[key] = _typed(parse_expression(raw[key], table, f"{at}, {key}", stock), wanted, f"{at}, {key}")
    if not isinstance(raw.get("requires", []), list):
        raise IndicatorError(f"{at}, requires: must be a list of columns; found {raw['requires']!r:.80}; write it in brackets")
    default = sorted(frozenset().union(*(fields[key].columns for key in ("of", "over") if key in fields)) & set(columns))
    requires = tuple(_one_of(name, columns, f"{at}, requires") for name in raw.get("requires", default))
    return {"table": table, "requires": requires} | fields


def _typed(expression: Expression, wanted: str, at: str) -> Expression:
    if expression.type != wanted and not (wanted == "number" and expression.type == "whole"):
        remedy = "write a comparison" if wanted == "boolean" else "write a number or a column of numbers"
        raise IndicatorError(f"{at}: must be {wanted}; found {expression.text!r:.80}, which is {expression.type}; {remedy}")
    return expression
