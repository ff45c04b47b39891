"""What README and the pages read first say is true: files, snippets, the tutorial; all pages: test_documents."""

import gzip
import json
import re
import runpy
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from itsq_analysis import open_workspace
from itsq_analysis.indicators.catalogue import load_catalogue
from itsq_analysis.ingest.mapping import load_mapping, shipped_mappings
from itsq_analysis.reports.notebooks import read_json
from itsq_analysis.reports.parameters import parameter_model
from itsq_analysis.settings import parse_settings
from tests import documents
from tests.cli.running import itsq
from tests.documents import ROOT, commands
from tests.jobs.servers import MailServer

SAMPLE = ROOT / "data" / "sample"
TRUTH = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))
EXPORT = "exports/incident_2026H2.csv.gz"
ENDINGS = {"en": ".md", "zh": documents.CHINESE}

pytestmark = pytest.mark.parametrize("language", ["en", "zh"])


def text(language: str, page: str) -> str:
    return (ROOT / f"{page}{ENDINGS[language]}").read_text(encoding="utf-8")


def blocks(language: str, page: str, kind: str) -> list[str]:
    return documents.blocks(text(language, page), kind)


def block(language: str, page: str, kind: str, holding: str) -> str:
    return documents.block(text(language, page), kind, holding)


def test_readme_is_one_screen(language: str) -> None:
    assert len(text(language, "README").splitlines()) <= 50


def test_both_languages_show_the_same(language: str) -> None:
    for page in ("README", "docs/install"):
        assert re.findall(r"\bmake [a-z]+", text(language, page)) == re.findall(r"\bmake [a-z]+", text("en", page))
    shown = "docs/own-indicator"
    assert block(language, shown, "toml", "[[indicator]]") == block("en", shown, "toml", "[[indicator]]")


def test_make_targets_exist(language: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    shown = text(language, "README") + text(language, "docs/install")
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", shown, re.MULTILINE))
    assert {"report", "lab", "test"} <= named <= targets


def test_named_files_exist(language: str) -> None:
    shown = text(language, "docs/install") + text(language, "docs/reports")
    named = {name for group in re.findall(r"-r (\S+\.lock)|-f (\S+\.yml)|papermill (\S+\.ipynb)", shown) for name in group if name}
    assert len(named) >= 4
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_it_shows_how_to_make_it_every_month_on_either_system(language: str) -> None:
    [cron] = blocks(language, "docs/monthly-mail", "cron")
    assert cron == "*/10 * * * *  cd /srv/itsq && .venv/bin/itsq run-due -w ours\n"
    task = block(language, "docs/monthly-mail", "bat", "schtasks")
    assert r'/SC MINUTE /MO 10 /TR "cmd /c cd /d C:\itsq && .venv\Scripts\itsq run-due -w ours"' in task


def test_five_commands_lead_from_nothing_to_a_monthly_mail(
    language: str,
    demo: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    mail_server: MailServer,
) -> None:
    page = "docs/monthly-mail"
    shown = block(language, page, "toml", "monthly-mail")
    first, then = block(language, page, "sh", "itsq demo"), block(language, page, "sh", "itsq run-due")
    [secret] = re.findall(r"^export (\w+)=", first, re.MULTILINE)
    assert f'password = "env:{secret}"' in shown
    lines = [line for line in (first + then).splitlines() if line]
    assert len(lines) == 5
    monkeypatch.chdir(tmp_path)
    [made] = commands(first)
    assert itsq(capsys, *made).code == 0
    # What a load makes of the exports is tried elsewhere; its result, and the kept facts, save minutes here.
    for part in ("store", "cache"):
        shutil.copytree(demo / part, tmp_path / "ours" / part) if (demo / part).exists() else None
    settings = tmp_path / "ours" / "itsq.toml"
    text = settings.read_text(encoding="utf-8")
    server = f'smtp = "localhost"\nport = {mail_server.port}'
    own = shown.replace('smtp = "mail.example.com"', server).replace('user = "it-reports"', 'user = "it"')
    without = re.sub(r'\[\[job\]\]\nid = "(quality|capacity|forecast)".*?(?=\n\[|\Z)', "", text, flags=re.DOTALL)
    settings.write_text(without + "\n" + own, encoding="utf-8")
    for command in commands(then):
        ended = itsq(capsys, *command)
        assert (ended.code, ended.err) == (0, ""), command
    [(to, mail)] = mail_server.received
    assert to == ["head.of.it@example.com"]
    assert "服务质量报告 2026年10月：12 项约定目标" in mail["Subject"]
    assert [page.get_filename() for page in mail.iter_attachments()] == ["quality-2026-10-zh.html"]
    assert (tmp_path / "ours" / "portal" / "index.html").is_file()
    assert itsq(capsys, *commands(then)[1]).out == "nothing is due\n"


def test_the_papermill_line_names_parameters_of_the_notebook(language: str) -> None:
    [line] = re.findall(r"`papermill (.+?)`", text(language, "docs/reports"))
    model = parameter_model(read_json(ROOT / line.split()[0]), line.split()[0])
    given = dict(re.findall(r"-p (\w+) (\S+)", line))
    assert {"period", "workspace"} <= given.keys() <= model.model_fields.keys()
    assert model(**given).json_values()["period"] == "2026-10"


def test_the_source_example_is_accepted(language: str) -> None:
    example = block(language, "docs/tutorial", "toml", "[[source]]")
    [source] = parse_settings(example, "README").sources
    assert load_mapping(source.mapping).table(source.table)
    [comment] = re.findall(r'^mapping = "servicenow" +# (?:also: |\u53e6\u6709 )(.*)$', example, re.MULTILINE)
    others = re.split(r", |\u3001", re.sub(r" ?[(\uff08][^)\uff09]*[)\uff09]", "", comment))
    assert sorted([source.mapping, *others]) == sorted(shipped_mappings())


def test_the_python_snippet_runs_on_the_demo(language: str, demo: Path, tmp_path: Path) -> None:
    shown: list[Any] = []
    [snippet] = blocks(language, "docs/notebook", "python")
    code = snippet.replace('"ours"', repr(str(demo)))
    file = tmp_path / "snippet.py"
    file.write_text(re.sub(r"^(ws\..*\))( +#.*)?$", r"shown.append(\1)", code, flags=re.MULTILINE), encoding="utf-8")
    runpy.run_path(str(file), {"shown": shown})
    values, series, states = shown
    assert set(values["indicator"]) == {"resolve_time_median", "resolve_time_p90"}
    assert set(values["dimension"]) == {"service", "group"}
    assert values["value"].notna().any()
    assert [*series.columns] == ["unique_id", "ds", "y"]
    complete = "service IS NOT NULL AND opened_at < TIMESTAMPTZ '2026-11-03 00:00:00+08'"
    counted = open_workspace(demo).sql(f"SELECT count(*) AS n FROM incidents WHERE {complete}")["n"].iloc[0]
    assert (series["y"].sum(), states.iloc[:, 1].sum()) == (counted, TRUTH["tables"]["incidents"]["kept"])


def test_the_lines_on_models_run(language: str) -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"unique_id": "mail", "ds": pd.date_range("2025-01-01", periods=200), "y": rng.poisson(20.0, 200)})
    [shown] = blocks(language, "docs/notebook", "pycon")
    first, *lines = re.findall(r"^>>> (.+)$", shown, re.MULTILINE)
    names: dict[str, Any] = {"frame": frame}
    exec(first, names)  # noqa: S102 - our own page
    forecast, scores, events = (eval(line, names) for line in lines)  # noqa: S307 - our own page
    assert [*forecast.columns] == ["unique_id", "ds", "mean", "median", "lo-80", "hi-80", "lo-95", "hi-95"]
    assert {"mase", "sql"} <= {*scores.columns}
    assert {"start", "end", "peak", "direction", "size", "score"} <= {*events.columns}


def test_the_indicator_example_gives_values(language: str, demo: Path, tmp_path: Path) -> None:
    workspace = tmp_path / "ours"
    shutil.copytree(demo, workspace, ignore=shutil.ignore_patterns("reports", "exports"))
    [place] = re.findall(r"`ours/(catalogue/\w+\.toml)`", text(language, "docs/own-indicator"))
    (workspace / "catalogue").mkdir()
    (workspace / place).write_text(block(language, "docs/own-indicator", "toml", "[[indicator]]"), encoding="utf-8")
    assert set(load_catalogue(workspace / "catalogue")) - set(load_catalogue()) == {"portal_share"}
    opened = open_workspace(workspace)
    told = opened.values("portal_share", period="2026-10").iloc[0]
    counted = opened.sql(
        "SELECT count(*) FILTER (channel = 'portal') AS portal, count(channel) AS known FROM incidents "
        "WHERE strftime(opened_at AT TIME ZONE 'Asia/Shanghai', '%Y-%m') = '2026-10'"
    ).iloc[0]
    assert counted["known"] > 1000
    assert (told["numerator"], told["denominator"]) == (counted["portal"], counted["known"])


@pytest.fixture
def downloaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A list export of incidents, half a year of the demo's, in an empty working directory."""
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "incident.csv"
    file.write_bytes(gzip.decompress((SAMPLE / EXPORT).read_bytes()))
    return file


def test_three_commands_lead_from_a_foreign_table_to_a_chart(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The tutorial's first section with the table that it shows, and the commands of README up to the report."""
    page = "docs/tutorial"
    monkeypatch.chdir(tmp_path)
    Path("tickets.csv").write_text(block(language, page, "csv", "Ticket,"), encoding="utf-8")
    said = [itsq(capsys, *command) for command in commands(block(language, page, "sh", "--from tickets.csv"))]
    assert [ended.code for ended in said] == [0, 0, 0], said
    assert re.findall(r"(Desk|Network) +([\d.]+ h)", said[-1].out) == [("Desk", "2.50 h"), ("Network", "24 h")]
    names: dict[str, Any] = {}
    [code] = blocks(language, page, "python")
    *first, plot = code.strip().splitlines()
    exec("\n".join(first), names)  # noqa: S102 - our own page
    assert set(eval(plot, names).data["series"]) == {"Desk", "Network"}  # noqa: S307 - our own page
    [init, load, _] = commands(block(language, "README", "sh", "itsq init"))
    given = [word.replace("~/Downloads/incident.csv", "tickets.csv").replace("ours", "README") for word in init]
    assert itsq(capsys, *given).code == 0
    assert "3 read = 3 inserted" in itsq(capsys, *(word.replace("ours", "README") for word in load)).out


def test_the_tour_works_as_written(language: str, downloaded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    begin, then = block(language, "docs/tutorial", "sh", "cp ~"), block(language, "docs/tutorial", "sh", "itsq check")
    [first] = commands(begin)
    assert itsq(capsys, *first).code == 0
    shutil.move(downloaded, "ours/exports/incident.csv")
    settings = Path("ours/itsq.toml")
    written, example = settings.read_text(encoding="utf-8"), block(language, "docs/tutorial", "toml", "[[source]]")
    entry = re.sub(r" +#.*|timezone.*\n", "", example)
    assert entry in written
    settings.write_text(written.replace(entry, example), encoding="utf-8")
    said = {}
    for command in commands(then):
        if command[0] == "run" and language == "zh":
            continue  # the same kernel twice would show nothing new
        ended = itsq(capsys, *command)
        assert (ended.code, ended.err) == (0, ""), command
        said[command[0]] = ended.out
    assert "errors 0, warnings 2" in said["check"]
    rows = f"{TRUTH['files'][EXPORT]['rows']:,}"
    assert f"total: {rows} read = {rows} inserted" in said["load"]
    assert "no row is in quarantine" in said["quarantine"]
    assert len(re.findall(r"sla_resolution_flagged +2026-10 +group ", said["values"])) == 12
    if language == "en":
        assert Path(said["run"].strip()).name == "quality-2026-10-en.html"
