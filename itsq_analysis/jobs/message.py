"""What a recipient is told of a run: verdict, what has changed, decisions, findings and the headline values; or why it failed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader

from itsq_analysis.briefing.since import Since, since
from itsq_analysis.errors import IndicatorError, ReportError
from itsq_analysis.jobs.ledger import Ledger, RunRow
from itsq_analysis.jobs.series import before
from itsq_analysis.page.files import FACTS
from itsq_analysis.page.since import lines
from itsq_analysis.periods import parse_period
from itsq_analysis.reports.beside import first_charts
from itsq_analysis.reports.failure import one_line
from itsq_analysis.reports.notebooks import read_json
from itsq_analysis.resources import folder
from itsq_analysis.settings import Settings
from itsq_analysis.text import Language, aside, formats, say, term

SHOWN, LONGEST = 10, 400  # decisions or findings of a message; characters of one
SUBJECT = 160  # characters
PICTURES, PICTURE_SCALE = 2, 1.6  # in the body of a mail, and their pixels for one of the design


class Picture(NamedTuple):
    """A chart in the body of a mail: the name by which the body refers to it, what it shows in a sentence, and the PNG."""

    cid: str
    summary: str
    content: bytes


class Block(NamedTuple):
    """A heading and what stands below it."""

    heading: str
    lines: list[str]


@dataclass(frozen=True)
class Message:
    """What is sent, before it takes the form of a mail or a chat.

    Attributes:
        subject: one line.
        html: the body of a mail, below 100 KB.
        text: the same without any markup.
        changed: whether anything is told otherwise than by the report before; True where there is none.
        files: name and content of what can be attached, by ending.
        pictures: that the HTML refers to.
    """

    subject: str
    html: str
    text: str
    changed: bool
    files: Mapping[str, tuple[str, bytes]]
    pictures: Sequence[Picture] = ()


@cache
def environment() -> Environment:
    """The templates of mails and the portal; every text is escaped."""
    return Environment(loader=FileSystemLoader(folder("templates") / "unattended"), autoescape=True)


def language_of(row: RunRow, settings: Settings) -> Language:
    """The language of a run's report."""
    return "en" if json.loads(row.parameters).get("language", settings.organisation.language) == "en" else "zh"


def period_of(facts: Mapping[str, Any], language: Language) -> str:
    """The period of a report in words; of a notebook of their own its label as it is."""
    label = str(facts.get("period", ""))
    try:
        return formats.period_label(parse_period(label), language)
    except IndicatorError:
        return label


def decided(decision: Mapping[str, Any], language: Language) -> str:
    """A decision in one line: what, and the number that it is about."""
    words = decision["words"][language]
    return str(words["what"]) + (aside(words["number"], language) if words.get("number") else "")


def facts_of(workspace: Path, row: RunRow) -> dict[str, Any]:
    """What the report of a run told; empty where its notebook hands no facts over."""
    file = (workspace / str(row.page)).with_suffix(FACTS)
    if row.page is None or not file.is_file():
        return {}
    facts = json.loads(file.read_text(encoding="utf-8"))
    return facts if isinstance(facts, dict) else {}


def attached(message: Message, ending: str) -> tuple[str, tuple[str, bytes]]:
    """Ending, name and content of the file that goes with a message: as asked for, or where that was not made, the page."""
    wanted = f".{ending}" if f".{ending}" in message.files else ".html"
    return wanted, message.files[wanted]


@lru_cache(maxsize=4)
def _pictures(notebook: Path, written: int) -> tuple[Picture, ...]:  # noqa: ARG001 - a notebook that is written again is read again
    charts = first_charts(read_json(notebook), PICTURES, PICTURE_SCALE)
    return tuple(Picture(f"chart-{place}@itsq", summary, content) for place, (summary, content) in enumerate(charts, start=1))


def pictures_of(workspace: Path, row: RunRow) -> tuple[Picture, ...]:
    """The first charts of a run's report, as large as a mail shows them on a sharp screen.

    None where its notebook is not there or cannot be drawn: a mail without pictures is better than none.
    """
    notebook = workspace / "reports" / "runs" / str(row.label) / "notebook.ipynb"
    with suppress(ReportError, OSError, ValueError):
        return _pictures(notebook, notebook.stat().st_mtime_ns)
    return ()


def report_message(workspace: Path, settings: Settings, ledger: Ledger, row: RunRow, *, pictures: bool = False) -> Message:
    """The message about a run that is done, on request with its first charts.

    Raises:
        OSError: its page is not there.
    """
    language, facts = language_of(row, settings), facts_of(workspace, row)
    earlier = before(ledger, row)
    changes = since(facts_of(workspace, earlier), facts) if earlier is not None and facts else None
    page = workspace / str(row.page)
    verdict = (facts.get("verdict") or {}).get(language, "")
    title = (facts.get("title") or {}).get(language, str(row.label))
    subject = say("job_subject", language, title=title, period=period_of(facts, language), verdict=verdict)
    link = settings.delivery.link.rstrip("/") + "/" + quote(page.name) if settings.delivery.link else ""
    last = say("job_open", language, link=link) if link else term("job_open_page", language)
    content = {
        "above": " · ".join(
            filter(None, [facts.get("organisation", settings.organisation.name), title, period_of(facts, language)])
        ),
        "verdict": verdict or title,
        "notes": [say("job_late_data", language, note=row.note)] if row.note else [],
        "blocks": [_short(block) for block in _blocks(facts, changes, language)],
        "rows": _headline(facts, language),
        "columns": [term(name, language) for name in ("indicator", "value", "target", "judgement")],
        "table_heading": term("indicator", language),
        "last": [{"text": last, "link": link}] if link else [],
    }
    files = {ending: (page.with_suffix(ending).name, page.with_suffix(ending).read_bytes()) for ending in (".html", ".pdf")
             if ending == ".html" or page.with_suffix(ending).is_file()}  # fmt: skip
    drawn = pictures_of(workspace, row) if pictures else ()
    return replace(
        _message(subject, language, content | {"pictures": drawn}, changes is None or changes.changed, files), pictures=drawn
    )


def failure_message(settings: Settings, row: RunRow, due: datetime) -> Message:
    """The message to a job's owner about a run that failed."""
    language: Language = settings.organisation.language
    shown = due.strftime("%Y-%m-%d %H:%M")
    sentences = [
        say("job_failed", language, n=str(row.id), job=row.job, due=shown, attempts=str(row.attempt)),
        say("job_reason", language, error=row.error),
        say("job_again", language, command=f"itsq rerun {row.id}"),
    ]
    subject = say("job_failed_subject", language, job=row.job, due=shown)
    content = {"above": settings.organisation.name, "verdict": subject, "notes": sentences, "blocks": [], "rows": [], "last": []}
    return _message(subject, language, content, True, {})


def _blocks(facts: Mapping[str, Any], told: Since | None, language: Language) -> list[Block]:
    decisions = [decided(decision, language) for decision in facts.get("decisions", ())]
    findings = [finding["words"][language]["sentence"] for finding in facts.get("findings", ())]
    changes = (
        []
        if told is None
        else [Block(say("since_heading", language, period=period_of({"period": told.label}, language)), lines(told, language))]
    )
    return [*changes, Block(term("decisions_needed", language), decisions), Block(term("findings", language), findings)]


def _short(block: Block) -> Block:
    return Block(block.heading, [one_line(line, LONGEST) for line in block.lines[:SHOWN]])


def _headline(facts: Mapping[str, Any], language: Language) -> list[list[str]]:
    rows = []
    for value in facts.get("headline", ()):
        words = value["words"][language]
        judged = term(value["status"].replace(" ", "_"), language)
        if value["status"] in ("met", "missed") and value["certainty"]:
            judged += (", " if language == "en" else "，") + term(value["certainty"].replace(" ", "_"), language)
        rows.append([words["title"], words["value"], words.get("target", ""), judged])
    return rows


def _message(
    subject: str, language: Language, content: Mapping[str, Any], changed: bool, files: Mapping[str, tuple[str, bytes]]
) -> Message:
    line = one_line(subject, SUBJECT)
    html = environment().get_template("mail.html.j2").render(content, subject=line, language=language)
    return Message(line, html, _plain(content), changed, files)


def _plain(content: Mapping[str, Any]) -> str:
    """The same as lines of text."""
    lines: list[str] = [content["above"], content["verdict"], *content["notes"]]
    blocks: Sequence[Block] = content["blocks"]
    for block in blocks:
        lines += ["", block.heading, *(f"- {line}" for line in block.lines)] if block.lines else []
    lines += [""] if content["rows"] else []
    lines += [": ".join(filter(None, row[:2])) + f" ({row[3]})" for row in content["rows"]]
    lines += [line["text"] for line in content["last"]]
    return "\n".join(one_line(line, LONGEST) if line else "" for line in lines)
