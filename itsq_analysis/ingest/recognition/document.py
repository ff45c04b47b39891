"""The TOML that a proposal becomes: an editable, commented mapping and a [[source]] entry."""

from __future__ import annotations

import json
import re
from typing import Any

from itsq_analysis.ingest.recognition.proposal import Proposal
from itsq_analysis.tables import toml_text

SHOWN = 3  # files that the first line names


def mapping_text(proposal: Proposal) -> str:
    """The mapping's TOML.

    >>> print(mapping_text(Proposal("jira", ("a.csv",), "incidents", columns={"number": ["Issue key"]})).splitlines()[-2])
    [incidents.columns]
    """
    lines = [
        f"# How {', '.join(proposal.files[:SHOWN])}{' …' if len(proposal.files) > SHOWN else ''} is read: proposed by itsq map.",
        "# Edit it freely; itsq check says what is wrong. Left: the column of itsq. Right: the header in the export.",
        f"name = {toml_text(proposal.name)}",
        "exact = true  # only the headers that stand here count",
    ]
    lines += [f"{key} = {_toml(value)}" for key, value in proposal.top.items()]
    table = proposal.table
    if proposal.by_time:
        lines += ["", f"[{table}.fold]", "by_time = true  # one row per event: each ticket is folded to its latest state"]
    if proposal.columns:
        reasons = {bound.column: bound.why for bound in proposal.bound}
        lines += ["", f"[{table}.columns]"]
        lines += [
            f"{column} = {_toml(headers)}" + (f"  # {_comment(reasons[column])}" if reasons.get(column) else "")
            for column, headers in proposal.columns.items()
        ]
    for column, values in proposal.values.items():
        if values:
            rows = {word: count for word, count, _ in proposal.words.get(column, ())}
            lines += ["", f"[{table}.values.{column}]"]
            lines += [
                f"{toml_text(word)} = {_toml(value)}" + (f"  # {rows[word]:,} rows" if word in rows else "")
                for word, value in values.items()
            ]
    unknown = [(column, word, count) for column, told in proposal.words.items() for word, count, value in told if value is None]
    if unknown:
        lines += [
            "",
            "# Words without a meaning so far: such a value is missing. Give them one above, in the part of their column.",
        ]
        lines += [f"# {column}: {_comment(toml_text(word))} ({count:,} rows)" for column, word, count in unknown]
    return "\n".join(lines) + "\n"


def source_text(proposal: Proposal, glob: str, mapping: str) -> str:
    """The [[source]] entry of itsq.toml."""
    entry = {"glob": glob, "mapping": mapping, "table": proposal.table, **proposal.source}
    return "[[source]]\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in entry.items()) + "\n"


def _comment(text: str) -> str:
    return " ".join(text.split())


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return toml_text(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, dict):
        return (
            "{ "
            + ", ".join(
                f"{key if re.fullmatch(r'[A-Za-z0-9_-]+', key) else toml_text(key)} = {_toml(part)}" for key, part in value.items()
            )
            + " }"
        )
    return json.dumps(value)
