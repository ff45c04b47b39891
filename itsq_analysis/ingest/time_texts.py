"""Odd texts of times as SQL: month names, half-days before the clock, years of two digits, named offsets, made into usual ones.

A column is looked at as a whole for what is odd in it; only that is rewritten, and only while times are read: quarantine and ledger
show the texts of the file.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import duckdb

from itsq_analysis.store import literal, quoted

_HALF = "上午|下午|凌晨|早上|清晨|中午|晚上|傍晚|午前|午後|오전|오후"
_AFTERNOON = "下午|中午|晚上|傍晚|午後|오후"
_SHORT_YEAR = r"^\s*(\d{1,2})([/.-])(\d{1,2})[/.-](\d{2})(\D.*)?$"
_NAMED = r"^[^\d]*?(\d{1,2})(?:st|nd|rd|th|\.|º|er)?[^\d\pL]*(?:de |of )?(\pL{2,})\.?[^\d\pL]*(?:de |del |of )?(\d{4}|\d{2})\b(.*)$"
_NAMED_FIRST = r"^(?:\pL+,? +)?(\pL{3,})\.? +(\d{1,2})(?:st|nd|rd|th)?,? +(?:(\d{1,2}:\d{2}(?::\d{2})?) +)?(\d{4})\b(.*)$"
_CHINESE_MONTHS = {f"{name}月": number for number, name in enumerate((*"一二三四五六七八九十", "十一", "十二"), 1)}
_ODD = {
    "named": r"\pL{3,}|[一二三四五六七八九十]月",
    "half": _HALF + r"|[ap]\.\s?m\.|\d[ap]m\b|[ap]$|(?:^|[ T])0?0:\d\d.*[ap]m",
    "short_year": r"^\s*\d{1,2}[/.-]\d{1,2}[/.-]\d{2}(?:\D|$)",
    "packed": r"^\d{8}(?:\d{4}|\d{6}|[T ]\d{4,6})?$",
    "offset": r"\d ?(?:UTC|GMT)|,\d{3,}(?:\D|$)|\.\d{7,}",
    "loose": r"\d, |\d um \d|\d à \d|\d às \d|Uhr|\d at \d|\d [-–] \d|\d_\d|\d{4}-\d{2}-\d{2}-\d|\d[.]\d{2}[.]\d{2}$|"
    r"\d \d{1,2}[.]\d{2}$|\dh\d{2}|[（(]|星期|周[一二三四五六日]",
}


@cache
def months() -> dict[str, int]:
    """Names of months in the languages that tools ship, lower case and without a point -> their numbers."""
    text = files(__package__).joinpath("months.toml").read_text(encoding="utf-8")
    listed = tomllib.loads(text)["months"]
    return {name: number for number, names in enumerate(listed, 1) for name in names.split()} | _CHINESE_MONTHS


def oddities(connection: duckdb.DuckDBPyConnection, relation: str, column: str) -> frozenset[str]:
    """What is odd in a column's texts; "year_first" where two-digit years stand before month and day.

    Years of two digits are read only where one place of the date varies much less than the other: that one is the year.
    """
    flags = ", ".join(f"coalesce(bool_or(regexp_matches({column}, {literal('(?i)' + odd)})), false)" for odd in _ODD.values())
    [row] = connection.execute(f"SELECT {flags} FROM {quoted(relation)}").fetchall()
    found = {name for name, is_there in zip(_ODD, row, strict=True) if is_there}
    if "short_year" in found:
        parts = f"regexp_extract({column}, {literal(_SHORT_YEAR)}, ['a', 's', 'b', 'c', 'r'])"
        [(first, last)] = connection.execute(
            f"SELECT count(DISTINCT p.a::INT), count(DISTINCT p.c::INT) FROM (SELECT {parts} AS p FROM {quoted(relation)} "
            f"WHERE regexp_matches({column}, {literal(_SHORT_YEAR)}))"
        ).fetchall()
        found -= set() if first != last else {"short_year"}
        found |= {"year_first"} if first < last else set()
    return frozenset(found)


def tidied(text: str, odd: frozenset[str]) -> str:
    """SQL: the usual text of a time for an odd one; `text` is an SQL expression."""
    if "half" in odd:
        clock = r"(\d{1,2}:\d{2}(?::\d{2})?)"
        text = _replace(text, rf"^([^上下午凌晨早清中晚傍前後오전후]*\d ){clock}\s*({_AFTERNOON})$", r"\1\2 PM")
        text = _replace(text, rf"^([^上下午凌晨早清中晚傍前後오전후]*\d ){clock}\s*({_HALF})$", r"\1\2 AM")
        text = _replace(text, rf"({_AFTERNOON})\s*(\d{{1,2}}[:：]\d{{2}}(?:[:：]\d{{2}})?)", r"\2 PM")
        text = _replace(text, rf"({_HALF})\s*(\d{{1,2}}[:：]\d{{2}}(?:[:：]\d{{2}})?)", r"\2 AM")
        text = _replace(text, r"(?i)(\d)\s*([ap])\.?\s?m?\.?$", r"\1 \2M")
        text = _replace(text, r"(1[3-9]|2[0-3])(:\d{2}(?::\d{2})?) PM", r"\1\2")
        text = _replace(text, r"(^|[ T])00?:(\d{2}(?::\d{2})?) ?([AaPp])", r"\112:\2 \3")
    if "loose" in odd:
        text = _replace(text, r"^(\d{4})-(\d{2})-(\d{2})-(\d{2})\.(\d{2})\.(\d{2}).*$", r"\1-\2-\3 \4:\5:\6")
        text = _replace(text, r"(\d)(?:,| um| à| às| at| [-–]|_| a las|/)? +(\d{1,2})[:h.](\d{2})", r"\1 \2:\3")
        text = _replace(text, r" (\d{1,2})[:.](\d{2})[.](\d{2})$", r" \1:\2:\3")
        text = _replace(text, r"(?i)\s*uhr$", "")
        text = _replace(text, r"\s*(?:[（(]\pL{1,3}[)）]|星期.|周[一二三四五六日])\s*", " ")
    if "offset" in odd:
        text = _replace(text, r"(\.\d{6})\d+", r"\1")
        text = _replace(text, r",(\d{3})\b", r".\1")
        text = _replace(text, r"(?i)\s*\(?(?:UTC|GMT)\)?$", "Z")
        text = _replace(text, r"(?i)\s*(?:UTC|GMT) ?([+-])(\d)(?::?00)?$", r"\10\2:00")
        text = _replace(text, r"(?i)\s*(?:UTC|GMT) ?([+-]\d{2}:?\d{2})$", r"\1")
    if "short_year" in odd:
        year_first = "year_first" in odd
        text = _replace(text, _SHORT_YEAR, r"20\1-\3-\4\5" if year_first else r"\1\2\3\220\4\5")
    if "packed" in odd:
        text = _replace(text, r"^(\d{4})(\d{2})(\d{2})[T ]?(\d{2})(\d{2})(\d{2})?$", r"\1-\2-\3 \4:\5:\6")
        text = _replace(text, r"^(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2}):$", r"\1-\2-\3 \4:\5")
        text = _replace(text, r"^((?:19|20)\d{2})(\d{2})(\d{2})$", r"\1-\2-\3")
    return _months_numbered(text) if "named" in odd else text


def _months_numbered(text: str) -> str:
    """SQL: a date whose month is a word, in ISO form; the order of day and month is then no question.

    The lambda keeps its parts, so that they are found once.
    """
    listed = "MAP {" + ", ".join(f"{literal(name)}: '{number:02}'" for name, number in months().items()) + "}"
    first, second = (
        f"regexp_extract(u, {literal(pattern)}, {names})"
        for pattern, names in ((_NAMED_FIRST, ["m", "d", "t", "y", "r"]), (_NAMED, ["d", "m", "y", "r"]))
    )
    first_named = f"list_transform([{first}], lambda p: [p.d, p.m, p.y, p.t || p.r])[1]"
    then_named = f"list_transform([{second}], lambda p: [p.d, p.m, p.y, regexp_replace(p.r, '^[^\\d]+', '')])[1]"
    parts = (
        f"CASE WHEN regexp_matches(u, {literal(_NAMED_FIRST)}) THEN {first_named} "
        f"WHEN regexp_matches(u, {literal(_NAMED)}) THEN {then_named} END"
    )
    iso = (
        f"if(length(p[3]) = 2, '20' || p[3], p[3]) || '-' || ({listed})[rtrim(lower(p[2]), '.')] || '-' || lpad(p[1], 2, '0') "
        "|| rtrim(' ' || ltrim(p[4], ' ,/T@-.'))"
    )
    return f"list_transform([{text}], lambda u: coalesce(list_transform([{parts}], lambda p: {iso})[1], u))[1]"


def _replace(text: str, pattern: str, by: str) -> str:
    return f"regexp_replace({text}, {literal(pattern)}, {literal(by)})"
