"""A workspace with a small notebook, and servers that take what is sent."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from itsq_analysis.jobs.deliver import deliver
from itsq_analysis.jobs.ledger import Ledger, text
from itsq_analysis.jobs.tick import Ticked, tick
from itsq_analysis.jobs.workspace_jobs import WorkspaceJobs
from tests.jobs.servers import Webhook
from tests.reports.made import notebook

PARAMETERS = """\
from typing import Literal

period: str = "2026-10"
language: Literal["en", "zh"] = "en"
services: list[str] = []
fate: str = ""
token: str = ""
"""
HEADER = """\
import json, os, sys, time
from pathlib import Path
from IPython.display import display, HTML
from itsq_analysis.page.files import Files

told = json.loads(Path("told.json").read_text(encoding="utf-8")) if Path("told.json").exists() else {}
display({"application/vnd.itsq.report+json": {"title": "Small", "language": language}, "text/plain": ""}, raw=True)
display(HTML("<h2 id='verdict'>Small " + period + "</h2>"))
"""
FATE = """\
if Path("fate.txt").exists():
    fate = Path("fate.txt").read_text(encoding="utf-8")
if fate == "fail":
    raise ValueError("no such column: prioritty")
if fate == "sleep":
    time.sleep(60)
if fate == "wait":
    time.sleep(3)
if fate == "eat":
    eaten = bytearray(600_000_000)
    for place in range(0, len(eaten), 4096):
        eaten[place] = 1
    time.sleep(60)
if fate == "die":
    os.kill(os.getpid(), 9)
if fate == "tell":
    secret = os.environ[token.removeprefix("env:")]
    print("using", secret)
    print("log", secret, file=sys.stderr)
if fate == "tell and fail":
    raise ValueError("refused: " + os.environ[token.removeprefix("env:")])
"""
FILES = """\
words = lambda en, zh: {"en": {"sentence": en, "what": en}, "zh": {"sentence": zh, "what": zh}}
facts = {
    "format": 1, "title": {"en": "Small report", "zh": "小报告"}, "organisation": "Org", "period": period,
    "verdict": {"en": told.get("verdict", "All is well."), "zh": "一切正常。"},
    "headline": [{"indicator": "csat", "status": told.get("status", "met"), "certainty": "certain",
                  "words": {one: {"title": "CSAT", "value": "95%", "target": "90%"} for one in ("en", "zh")}}],
    "findings": [{"cause": name, "words": words(name, name)} for name in told.get("findings", [])],
    "decisions": [], "columns": [], "values": [],
}
Files({".facts.json": json.dumps(facts, ensure_ascii=False).encode()})
"""
NOW = datetime(2026, 11, 2, tzinfo=UTC)
SETTINGS = """\
[organisation]
name = "Org"
timezone = "Asia/Shanghai"
language = "en"
"""


class Unattended:
    """A workspace whose jobs are made by the tests."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "notebooks").mkdir(parents=True)
        content = notebook(HEADER, FATE, FILES, parameters=PARAMETERS)
        (folder / "notebooks" / "small_report.ipynb").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")

    def settings(self, text: str) -> None:
        """Write itsq.toml."""
        (self.folder / "itsq.toml").write_text(SETTINGS + textwrap.dedent(text), encoding="utf-8")

    def tick(self, **options: Any) -> Ticked:
        """One tick."""
        return tick(self.folder, lambda _: None, **options)

    def ledger(self) -> Ledger:
        """The ledger."""
        return Ledger(self.folder)

    def write(self, name: str, content: Any) -> None:
        """Write a file that the notebook reads."""
        (self.folder / name).write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")

    def files(self) -> dict[str, bytes]:
        """Every file of the workspace but its settings and notebooks."""
        found = (path for path in self.folder.rglob("*") if path.is_file() and path.name != "itsq.toml")
        return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in found}


class Made(Unattended):
    """A workspace whose runs are entered by hand: what was made is not the matter here."""

    def run(self, number: int, told: dict[str, Any], entries: list[tuple[str, str, str, str]], state: str = "done") -> None:
        """A run of a month with what its report told."""
        page = self.folder / "reports" / f"small-2026-{number:02}-en.html"
        page.parent.mkdir(exist_ok=True)
        page.write_text("<!doctype html><p>报告</p>", encoding="utf-8")
        facts = {"period": f"2026-{number:02}", "title": {"en": "Small report"}, "verdict": {"en": "All is well."}} | told
        page.with_suffix(".facts.json").write_text(json.dumps(facts), encoding="utf-8")
        ledger = self.ledger()
        with ledger.writing() as connection:
            connection.execute(
                "INSERT INTO runs (id, job, scheduled_for, parameters, state, not_before, page, label, error) "
                "VALUES (?, 'small', ?, '{\"language\":\"en\"}', 'running', '', ?, 'small', '')",
                [number, text(NOW + timedelta(days=number)), f"reports/{page.name}"],
            )
        ledger.update(number, "running", entries, state=state, error="cell 4: boom" if state == "failed" else "")
        ledger.close()

    def deliver(self, at: datetime = NOW, dry_run: Path | None = None) -> list[tuple[str, bool]]:
        """Send what is to be sent at a moment."""
        ledger = self.ledger()
        done = deliver(WorkspaceJobs.read(self.folder), ledger, lambda: at, dry_run)
        ledger.close()
        return done

    def deliveries(self) -> list[tuple[Any, ...]]:
        """What became of each."""
        ledger = self.ledger()
        found = ledger.query("SELECT run, recipient, state, attempt, error FROM deliveries ORDER BY run, recipient, address")
        ledger.close()
        return found


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path / "ws")


@pytest.fixture
def unattended(tmp_path: Path) -> Unattended:
    return Unattended(tmp_path / "运维 数据 %20 [x]")


@pytest.fixture
def webhook() -> Iterator[Callable[..., Webhook]]:
    """Starts servers of webhooks."""
    started: list[Webhook] = []

    def _start(*answers: Any) -> Webhook:
        started.append(Webhook(*answers))
        return started[-1]

    yield _start
    for server in started:
        server.close()
