"""The reports of a workspace as its runs left them: manifests beside the executed notebooks, and the ledger of unattended runs.

Both may come with somebody else's workspace: only plain values of the expected kind are taken, all else counts as unreadable.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

MANIFESTS, LEDGER, PAGES = "reports/runs/*/manifest.json", "jobs/ledger.sqlite", "reports"
LARGEST = 20_000_000  # bytes of a manifest that is read
WIDEST = 200  # characters of a text that is taken
APPROVED = (
    "SELECT runs.page, runs.id, approvals.name, substr(approvals.at, 1, 10) FROM runs "
    "LEFT JOIN approvals ON approvals.run = runs.id WHERE runs.state = 'done' AND runs.page IS NOT NULL ORDER BY runs.id"
)


@dataclass(frozen=True)
class IssuedReport:
    """A report that was made of the workspace, as it was made last.

    Attributes:
        name: of its page, without ending: "quality-2026-10-en".
        report, period, language: as it was asked for; "" where it has none.
        number, version, status: of the control block; "" of a report made by an older itsq.
        snapshot: id of the snapshot; None where it read none.
        sha256: of the page when it was made.
        page: what became of the page: "unchanged", "changed", or "elsewhere" where it is not in the workspace's folder of reports.
        run: number of the unattended run; None where it was made by hand.
        approved_by, approved_on: of that run; "" where nobody approved it.
    """

    name: str
    report: str
    period: str
    language: str
    number: str
    version: str
    status: str
    snapshot: int | None
    sha256: str
    page: str
    run: int | None
    approved_by: str
    approved_on: str


@dataclass(frozen=True)
class IssuedReports:
    """Reports by name, and the names of manifests that cannot be read."""

    reports: tuple[IssuedReport, ...]
    unreadable: tuple[str, ...] = ()


def issued_reports(workspace: Path) -> IssuedReports:
    """Every report that was made of a workspace, by name; a report that was made again is told as it was made last."""
    runs, reports, unreadable = _runs(workspace / LEDGER), [], []
    for file in sorted(workspace.glob(MANIFESTS)):
        made = _read(file)
        if made is None:
            unreadable.append(file.parent.name)
        else:
            reports.append(_report(workspace, file.parent.name, made, runs.get(file.parent.name, (None, "", ""))))
    return IssuedReports(tuple(reports), tuple(unreadable))


def _read(file: Path) -> Mapping[str, Any] | None:
    try:
        made = json.loads(file.read_text(encoding="utf-8")) if file.stat().st_size <= LARGEST else None
    except (OSError, ValueError, RecursionError):
        return None
    whole = isinstance(made, dict) and isinstance(made.get("parameters"), dict) and isinstance(made.get("html"), str)
    return made if whole else None


def _report(workspace: Path, name: str, made: Mapping[str, Any], run: tuple[int | None, str, str]) -> IssuedReport:
    asked, control, snapshot = made["parameters"], _mapping(made.get("control")), _mapping(made.get("snapshot"))
    known = snapshot.get("id")
    return IssuedReport(
        name=name,
        report=_text(made.get("report")),
        period=_text(asked.get("period")),
        language=_text(asked.get("language")),
        **{key: _text(control.get(key)) for key in ("number", "version", "status")},
        snapshot=known if isinstance(known, int) else None,
        sha256=_text(made["html"]),
        page=_page(workspace / PAGES / f"{name}.html", made["html"]),
        run=run[0],
        approved_by=run[1],
        approved_on=run[2],
    )


def _page(file: Path, digest: str) -> str:
    if not file.is_file():
        return "elsewhere"
    return "unchanged" if sha256(file.read_bytes()).hexdigest() == digest else "changed"


def _runs(ledger: Path) -> dict[str, tuple[int | None, str, str]]:
    """Page's name -> number of its last run, who approved it and on which day (UTC); {} without a ledger that can be read."""
    return dict(_rows(ledger)) if ledger.is_file() else {}


def _rows(ledger: Path) -> Iterator[tuple[str, tuple[int | None, str, str]]]:
    try:
        with closing(sqlite3.connect(f"{ledger.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            rows = connection.execute(APPROVED).fetchall()
    except sqlite3.Error:
        return
    for page, number, name, day in rows:
        yield Path(_text(page)).stem, (number, _text(name), _text(day))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value[:WIDEST] if isinstance(value, str) else ""
