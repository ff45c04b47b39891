"""The vocabulary of exports: headers and words in the languages that tools ship, and the oddities of single tools."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from itsq_analysis.ingest.header import normal, without_number
from itsq_analysis.tables import contracts

_PREFIXES = (
    *("incident", "ticket", "request", "issue", "case", "call", "problem", "change", "alert", "fields.", "attributes.", "_source."),
    *(
        "chamado",
        "incidente",
        "incidencia",
        "工单",
        "事件",
        "请求",
        "故障",
        "变更",
        "问题",
        "单据",
        "流程",
        "案件",
        "工單",
        "チケット",
    ),
)
_ENDINGS = (
    ".name",
    ".display_value",
    ".displayname",
    ".value",
    ".title",
    ".summary",
    ".displayvalue",
    "(utc)",
    "(local)",
    "id",
    "名称",
)
_NEGATED = re.compile(r"(?:未|尚未|没有|待|not|nicht|não|nao|non|noresuel|nosoluc|unres|unsol|nie)(?!e)")
_CUSTOM = re.compile(r"^custom\s*field\s*\((.*)\)$", re.IGNORECASE)
LATER = 0.3  # how much less the last alias of a concept counts than the first
SHORTENED = 0.8  # how much a header counts from which a word was left out


@dataclass(frozen=True)
class Tool:
    """What is odd about one tool's exports; see tools.toml."""

    name: str
    title: str
    signature: tuple[frozenset[str], ...]
    headers: tuple[tuple[str, ...], ...] = ()
    codes: dict[str, dict[str, dict[str, str | int]]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    opened_first: tuple[str, ...] = ()
    monitoring: bool = False
    utc_headers: frozenset[str] = frozenset()
    source: str = ""
    export: dict[str, str] = field(default_factory=dict)


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))


@cache
def aliases() -> dict[str, dict[str, float]]:
    """Normalised header -> concept -> how surely it means that, from 0 to 1."""
    found: dict[str, dict[str, float]] = {}
    for table in contracts().values():
        for name in table.columns:
            found.setdefault(normal(name), {})[name] = 1.0
    for concept, listed in _read("headers.toml").items():
        for rank, alias in enumerate(listed):
            strength = 1 - LATER * rank / max(1, len(listed))
            known = found.setdefault(normal(alias), {})
            known[concept] = max(known.get(concept, 0), strength)
    return found


def meanings(header: str) -> dict[str, float]:
    """What a header may mean: concept -> how surely.

    >>> max(meanings("fields.status.name").items(), key=lambda meaning: meaning[1])[0]
    'state'
    """
    if match := _CUSTOM.match(header.strip()):
        header = match[1]
    key = re.sub(r"[:：*?+]+$", "", without_number(header))
    found = dict(aliases().get(key, {}))
    for shorter in _shortened(key):
        for concept, strength in aliases().get(shorter, {}).items():
            found[concept] = max(found.get(concept, 0), SHORTENED * strength)
    return found


def _shortened(key: str) -> list[str]:
    bare = re.sub(r"[(（\[].*?[)）\]]$", "", key)
    found = [key, bare] if bare else [key]
    for prefix in map(normal, _PREFIXES):
        found += [text.removeprefix(prefix).lstrip(".-:") for text in list(found) if text.startswith(prefix) and text != prefix]
    for ending in map(normal, _ENDINGS):
        found += [
            text.removesuffix(ending).rstrip("._-") for text in list(found) if text.endswith(ending) and len(text) > len(ending) + 1
        ]
    found += [text.rpartition(".")[2] for text in list(found) if "." in text]
    return found[1:]


@cache
def tools() -> tuple[Tool, ...]:
    """The tools that are known, in the order of tools.toml."""
    return tuple(
        Tool(
            name=raw["name"],
            title=raw["title"],
            signature=tuple(frozenset(map(normal, headers)) for headers in raw["signature"]),
            headers=tuple(map(tuple, raw["signature"])),
            codes=raw.get("codes", {}),
            missing=tuple(raw.get("missing", ())),
            opened_first=tuple(map(normal, raw.get("opened_first", ()))),
            monitoring=raw.get("monitoring", False),
            utc_headers=frozenset(raw.get("field_names", ())) if raw.get("utc_with_field_names") else frozenset(),
            source=raw["source"],
            export=raw["export"],
        )
        for raw in _read("tools.toml")["tool"]
    )


def tool_of(headers: Sequence[str]) -> Tool | None:
    """The tool whose headers stand in a file: of several, the one with the longest signature that fits."""
    keys = {key for header in headers for key in (normal(header), without_number(header))}
    fitting = [
        (len(signature), -place, tool) for place, tool in enumerate(tools()) for signature in tool.signature if signature <= keys
    ]
    return max(fitting, key=lambda fit: fit[:2])[2] if fitting else None


@cache
def _words(kind: str) -> dict[str, str]:
    return {normal(word): meaning for meaning, text in _read("words.toml")[kind]["words"].items() for word in text.split("|")}


def word_meaning(kind: str, text: str) -> str | None:
    """What a word of a column means: of kind state, priority, channel, type, outcome, risk or hold_reason; None if not known.

    >>> word_meaning("state", "Fechado com êxito"), word_meaning("state", "not resolved yet"), word_meaning("priority", "3 Normal")
    ('closed', 'active', '3')
    """
    key = normal(text)
    known = _words(kind)
    bare = re.sub(r"^[\d\s.:：、-]+|[\s.+-]+$", "", key)
    bracketed = re.sub(r"[(（].*[)）]$", "", key)
    for form in (key, bare, bracketed):
        if form in known:
            return known[form]
    if kind == "state" and _NEGATED.match(key):
        return "active"
    stems = _read("words.toml")[kind].get("stems", {})
    for meaning in _read("words.toml")[kind].get("order", ()):
        if any(normal(stem) in key for stem in stems.get(meaning, "").split("|") if stem):
            return str(meaning)
    return None


def scale_of(words: Collection[str]) -> dict[str, int]:
    """Priorities of words that are all of one scale, such as blocker to trivial; empty where they are of none."""
    keys = {normal(word): word for word in words}
    for text in _read("words.toml")["priority"]["scales"]:
        listed, _, markers = text.partition("|")
        order = [normal(word) for word in listed.split()]
        if set(keys) <= set(order) and set(keys) & set(map(normal, markers.split())):
            return {word: order.index(key) + 1 for key, word in keys.items()}
    return {}


def answers(kind: str) -> tuple[frozenset[str], frozenset[str]]:
    """Words that mean yes, and no, in a column of that kind."""
    raw = _read("words.toml")[kind]
    return frozenset(map(normal, raw["yes"].split("|"))), frozenset(map(normal, raw["no"].split("|")))
