"""What has changed between two reports of a kind: what each told, read from their facts files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from itsq_analysis.errors import ReportError

Told = Mapping[str, Any]  # a finding, decision or headline value as NAME.facts.json holds it


@dataclass(frozen=True)
class Since:
    """What a report tells otherwise than an earlier one.

    Attributes:
        label: of the earlier report's period.
        turned: headline indicators whose judgement is another, before and now.
        asked: decisions that are new.
        new: findings that are new.
        cleared: findings that are no longer found.
        settled: decisions that are no longer asked for.
        continuing: findings that both reports tell.
    """

    label: str
    turned: tuple[tuple[Told, Told], ...] = ()
    asked: tuple[Told, ...] = ()
    new: tuple[Told, ...] = ()
    cleared: tuple[Told, ...] = ()
    settled: tuple[Told, ...] = ()
    continuing: tuple[Told, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether anything is told otherwise."""
        return bool(self.turned or self.asked or self.new or self.cleared or self.settled)


def since(before: Mapping[str, Any], now: Mapping[str, Any]) -> Since:
    """Compare the contents of two facts files; one of an older version, which holds less, tells less.

    >>> old = {"period": "2026-09", "findings": [{"cause": "late", "words": {}}]}
    >>> new = {"period": "2026-10", "findings": [{"cause": "late", "words": {}}, {"cause": "backlog", "words": {}}]}
    >>> [finding["cause"] for finding in since(old, new).new], len(since(old, new).continuing)
    (['backlog'], 1)
    """
    found, found_before = (_by(_finding, report.get("findings", ())) for report in (now, before))
    asked, asked_before = (_by(_decision, report.get("decisions", ())) for report in (now, before))
    values, values_before = (_by(_indicator, report.get("headline", ())) for report in (now, before))
    both = [(values_before[name], value) for name, value in values.items() if name in values_before]
    return Since(
        str(before.get("period", "")),
        tuple((old, new) for old, new in both if old["status"] != new["status"]),
        _without(asked, asked_before),
        _without(found, found_before),
        _without(found_before, found),
        _without(asked_before, asked),
        tuple(finding for key, finding in found.items() if key in found_before),
    )


def read_facts(path: Path) -> Mapping[str, Any]:
    """What a NAME.facts.json holds.

    Raises:
        ReportError: it is no such file.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ReportError(
            f"what has changed is read from two NAME.facts.json; found {error!r} for {path}; name such files"
        ) from None
    if not isinstance(told, dict) or "findings" not in told:
        raise ReportError(f"what has changed is read from two NAME.facts.json; found another file at {path}; name such files")
    return told


def as_frame(told: Since, language: str) -> pd.DataFrame:
    """The changes as a frame, one row each; see `Workspace.changes`."""

    def judged(value: Told) -> str:
        return f"{value['status']}: {value['words'][language]['value']}"

    rows: list[dict[str, Any]] = [
        {"change": "turned", "what": now["words"][language]["title"], "before": judged(before), "now": judged(now)}
        for before, now in told.turned
    ]
    for change, key in (
        ("asked", "what"),
        ("new", "sentence"),
        ("cleared", "sentence"),
        ("settled", "what"),
        ("continuing", "sentence"),
    ):
        rows += [{"change": change, "what": item["words"][language][key]} for item in getattr(told, change)]
    return pd.DataFrame(rows, columns=["change", "what", "before", "now"])


def _by(key: Any, told: Sequence[Told]) -> dict[str, Told]:
    return {key(item): item for item in told}


def _without(told: Mapping[str, Told], others: Mapping[str, Told]) -> tuple[Told, ...]:
    return tuple(item for key, item in told.items() if key not in others)


def _finding(finding: Told) -> str:
    """What a finding is about; where it does not say so, what it says."""
    return str(finding.get("cause") or finding["sentence"]["id"])


def _decision(decision: Told) -> str:
    """What is to be decided, without the numbers that move from report to report."""
    return json.dumps(decision["what"], ensure_ascii=False, sort_keys=True)


def _indicator(value: Told) -> str:
    return str(value["indicator"])
