"""The portal: static pages over the runs of all jobs, for a share, a web server or `file://`; no script, no request.

FOLDER/index.html, index.en.html   the newest report of each series, its verdict and decisions, what is stale
FOLDER/JOB-….html, JOB-….en.html   one series: trend of its headline values, every run
FOLDER/reports/*                   copies of the pages
FOLDER/.itsq-portal                the names of what is ours, so that nothing else is replaced or removed
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from markupsafe import Markup

from itsq_analysis.charts.sparkline import sparkline
from itsq_analysis.errors import ReportError
from itsq_analysis.jobs.ledger import Ledger, RunRow
from itsq_analysis.jobs.message import decided, environment, facts_of, period_of
from itsq_analysis.jobs.series import all_series, stale
from itsq_analysis.jobs.workspace_jobs import WorkspaceJobs
from itsq_analysis.reports.failure import one_line
from itsq_analysis.reports.pdf import PDF
from itsq_analysis.resources import folder
from itsq_analysis.text import LANGUAGES, Language, formats, listed, say, term

MARK, COPIES = ".itsq-portal", "reports"
STYLES = ("style.css", "tables.css", "figures.css", "phone.css", "first_screen.css")
WORDS = (
    "portal_history", "portal_trend", "portal_report", "portal_due", "portal_state", "portal_back", "portal_none",
    "job_open_page", "decisions_needed", "indicator", "value", "judgement", "verdict",
)  # fmt: skip
STATES = {"done": "job_done", "failed": "job_not_made", "skipped": "job_skipped"}
DECISIONS, RUNS = 3, 60  # decisions of a series on the first page; runs of a series in its trend and history


@dataclass(frozen=True)
class Series:
    """The runs of one series with what their reports told, the earliest due first."""

    rows: Sequence[RunRow]
    facts: Sequence[Mapping[str, Any]]
    slug: str

    @property
    def language(self) -> str | None:
        """The language of the reports; None where their notebook has none."""
        language: str | None = json.loads(self.rows[-1].parameters).get("language")
        return language

    def last(self) -> tuple[RunRow, Mapping[str, Any]] | None:
        """The newest run that is done, and what its report told."""
        done = [(row, facts) for row, facts in zip(self.rows, self.facts, strict=True) if row.state == "done"]
        return done[-1] if done else None


def portal_of(jobs: WorkspaceJobs) -> Path:
    """The portal's folder: that of itsq.toml, else `portal` in the workspace."""
    return jobs.folder / (jobs.settings.delivery.portal or "portal")


def write_portal(jobs: WorkspaceJobs, ledger: Ledger, out: Path, now: datetime) -> Path:
    """Write the portal, and return its first page.

    Args:
        jobs: of the workspace.
        ledger: with the runs.
        out: the portal's folder; a new or empty one, or a portal.
        now: the moment that its pages bear.

    Raises:
        ReportError: the folder holds something else.
    """
    out = out.resolve()
    before = _ours(out)
    contents: dict[str, bytes] = {}
    series = [*_series(jobs, ledger)]
    for language in LANGUAGES:
        contents |= _pages(jobs, series, language, now)
    contents["index.html"] = contents[_name("index", jobs.settings.organisation.language)]
    contents |= _copies(jobs.folder, series)
    for name, content in contents.items():
        _write(out / name, content)
    for gone in before - contents.keys():
        with suppress(OSError):
            (out / gone).unlink(missing_ok=True)
    _write(out / MARK, ("\n".join(sorted(contents)) + "\n").encode("utf-8"))
    return out / "index.html"


def _ours(out: Path) -> set[str]:
    """What the portal wrote before: names without a way out of its folder."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return set()
    if not (out / MARK).is_file():
        raise ReportError(f"a portal needs a folder of its own; found {out}, which holds something else; name a new one")
    named = (out / MARK).read_text(encoding="utf-8").splitlines()
    return {name for name in named if Path(name).name == name or Path(name).parts == (COPIES, Path(name).name)}


def _series(jobs: WorkspaceJobs, ledger: Ledger) -> Iterator[Series]:
    """Series of reports; loads, and what was only queued or skipped, have none."""
    order = {job.id: place for place, job in enumerate(jobs.settings.jobs)}
    items = sorted(all_series(ledger).items(), key=lambda item: (order.get(item[0][0], len(order)), item[0]))
    for (job, parameters), rows in items:
        known = jobs.job(job)
        ended = [row for row in rows if row.state in ("done", "failed")]
        if ended and not (known and known.load) and any(row.page or row.state == "failed" for row in ended):
            digest = sha256(parameters.encode("utf-8")).hexdigest()[:8]
            shown = [row for row in rows if row.state in STATES][-RUNS:]
            yield Series(shown, [facts_of(jobs.folder, row) for row in shown], f"{job}-{digest}")


def _name(stem: str, language: str) -> str:
    return f"{stem}.{language}.html"


def _pages(jobs: WorkspaceJobs, series: Sequence[Series], language: Language, now: datetime) -> dict[str, bytes]:
    zone, organisation = jobs.settings.organisation.zone, jobs.settings.organisation
    styles = Markup("\n").join(Markup((folder("templates") / "page" / name).read_text(encoding="utf-8")) for name in STYLES)  # noqa: S704 - our own
    other = "en" if language == "zh" else "zh"
    common = {
        "language": language,
        "organisation": organisation.name,
        "styles": styles,
        "word": {name: term(name, language) for name in WORDS},
        "updated": say("portal_updated", language, moment=formats.minute(now.astimezone(zone), language)),
    }
    # A reader of one language sees its reports, and those that have no language or no twin.
    own = [candidate for candidate in series if candidate.language in (None, language) or not _twin(candidate, series, language)]
    entries = [_entry(jobs, run_series, language) for run_series in own]
    index = environment().get_template("index.html.j2")
    content = {"title": term("portal_title", language), "entries": entries, "other": _name("index", other)}
    pages = {_name("index", language): index.render(common | content)}
    page = environment().get_template("series.html.j2")
    for run_series, entry in zip(own, entries, strict=True):
        about = {"title": f"{entry['title']} {entry['about']}".strip(), "stale": entry["stale"], "index": _name("index", language)}
        twin = _twin(run_series, series, other)
        about["other"] = _name((twin or run_series).slug if (twin or run_series.language is None) else "index", other)
        pages[_name(run_series.slug, language)] = page.render(
            common | about, trends=_trends(run_series, language), runs=_runs(jobs, run_series, language)
        )
    return {name: text.encode("utf-8") for name, text in pages.items()}


def _twin(run_series: Series, series: Sequence[Series], language: str) -> Series | None:
    """The same series in another language."""

    def rest(other: Series) -> tuple[str, dict[str, Any]]:
        left_out = ("language", "period", "as_of")
        parameters = json.loads(other.rows[-1].parameters)
        return other.rows[-1].job, {name: value for name, value in parameters.items() if name not in left_out}

    return next((other for other in series if other.language == language and rest(other) == rest(run_series)), None)


def _entry(jobs: WorkspaceJobs, run_series: Series, language: Language) -> dict[str, Any]:
    """What the first page says of a series."""
    last, old = run_series.last(), stale([*run_series.rows])
    row, facts = last or (run_series.rows[-1], {})
    decisions = [decided(decision, language) for decision in facts.get("decisions", ())][:DECISIONS]
    page = _copy(jobs.folder, row) if last else None
    return {
        "title": (facts.get("title") or {}).get(language, row.job),
        "period": period_of(facts, language),
        "about": listed(json.loads(row.parameters).get("services", ()), language),
        "verdict": (facts.get("verdict") or {}).get(language, ""),
        "decisions": decisions,
        "stale": _stale(jobs, old, language) if old else "",
        "page": page and f"{COPIES}/{page.name}",
        "pdf": f"{COPIES}/{page.with_suffix(PDF).name}" if page and page.with_suffix(PDF).is_file() else None,
        "history": _name(run_series.slug, language),
        "count": sum(run.state == "done" for run in run_series.rows),
    }


def _stale(jobs: WorkspaceJobs, old: Any, language: Language) -> str:
    """Since when a series is stale, and why in a line."""
    due = _moment(jobs, old.failed, old.failed.scheduled_for, language)
    why = say("job_reason", language, error=one_line(old.failed.error.split(" | ")[0], 200))
    if old.last is None:
        return f"{say('job_stale_never', language, due=due)} {why}"
    return f"{say('job_stale', language, due=due, last=_moment(jobs, old.last, old.last.scheduled_for, language))} {why}"


def _moment(jobs: WorkspaceJobs, row: RunRow, moment: datetime, language: Language) -> str:
    job = jobs.job(row.job)
    return formats.minute(moment.astimezone(jobs.timetable(job).zone if job else jobs.settings.organisation.zone), language)


def _runs(jobs: WorkspaceJobs, run_series: Series, language: Language) -> list[dict[str, Any]]:
    """Every run of a series, the newest first."""
    entries, shown = [], set[Path | None]()
    for row, facts in zip(reversed(run_series.rows), reversed(run_series.facts), strict=True):
        page = _copy(jobs.folder, row) if row.state == "done" else None
        if page and page in shown:  # made again under the same name
            continue
        shown.add(page)
        entries.append(
            {
                "period": period_of(facts, language) or row.job,
                "page": page and f"{COPIES}/{page.name}",
                "due": _moment(jobs, row, row.scheduled_for, language),
                "state": row.state,
                "said": term(STATES[row.state], language),
                "verdict": (facts.get("verdict") or {}).get(language, "") if page else row.note,
            }
        )
    return entries


def _trends(run_series: Series, language: Language) -> list[dict[str, Any]]:
    """The headline values of the newest report, each with its course over the reports."""
    last = run_series.last()
    if last is None:
        return []
    rows = []
    courses = [_values(facts) for facts in {facts["period"]: facts for facts in run_series.facts if facts.get("period")}.values()]
    for value in last[1].get("headline", ()):
        words, status = value["words"][language], term(value["status"].replace(" ", "_"), language)
        course = [(label, values.get(value["indicator"])) for label, values in courses]
        rows.append(
            {"title": words["title"], "value": words["value"], "judgement": status, "picture": _picture(course, words, language)}
        )
    return rows


def _values(facts: Mapping[str, Any]) -> tuple[str, dict[str, float | None]]:
    """The values of a report's own period over the whole organisation, by indicator."""
    place = {name: number for number, name in enumerate(facts.get("columns", ()))}
    label = str(facts["period"])
    own = [row for row in facts.get("values", ()) if row[place["period"]] == label and row[place["dimension"]] is None]
    return label, {row[place["indicator"]]: row[place["value"]] for row in own}


def _picture(course: Sequence[tuple[str, float | None]], words: Mapping[str, str], language: Language) -> Markup:
    import pandas as pd

    frame = pd.DataFrame(course, columns=["period", "value"])
    if frame["value"].notna().sum() < 2:
        return Markup("")
    drawn = sparkline(frame, title=words["title"], summary=words["value"], language=language, unit="number")
    return Markup(drawn.svg())  # noqa: S704 - drawn by our own code, which escapes what it writes


def _copy(workspace: Path, row: RunRow) -> Path | None:
    """The page of a run, if it lies in the workspace's reports, as a ledger from elsewhere may not say."""
    page = workspace / str(row.page)
    home = (workspace / "reports").resolve()
    return page if row.page and page.is_file() and page.resolve().parent == home else None


def _copies(workspace: Path, series: Sequence[Series]) -> dict[str, bytes]:
    pages = {page for run_series in series for row in run_series.rows if row.state == "done" and (page := _copy(workspace, row))}
    files = [file for page in sorted(pages) for file in (page, page.with_suffix(PDF), page.with_suffix(".xlsx")) if file.is_file()]
    return {f"{COPIES}/{file.name}": file.read_bytes() for file in files}


def _write(path: Path, content: bytes) -> None:
    """Write a file where it differs; a link in its place is replaced, never followed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_file() and not path.is_symlink() and path.read_bytes() == content:
        return
    hidden = path.with_name(f".{path.name}.{uuid4().hex[:8]}.tmp")
    hidden.write_bytes(content)
    hidden.replace(path)
