"""What README and the pages of docs/ say is true: commands, links, and every block of code does what the page shows it for."""

from __future__ import annotations

import ast
import json
import re
import shutil
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import typer

from itsq_analysis import open_workspace
from itsq_analysis.anomaly.labels import read_labels
from itsq_analysis.cli import app
from itsq_analysis.reports.notebooks import find_notebook, read_json
from itsq_analysis.reports.parameters import parameter_model
from itsq_analysis.settings import check_settings, parse_settings, write_workspace
from tests.cli.running import itsq
from tests.documents import CHINESE, FENCED, ROOT, blocks, commands, page_name, pages, read, translated

TASKS = [path for path in pages() if path.parent.name == "docs" and FENCED.search(read(path))]
IN_BOTH = {
    *("docs/apis.md", "docs/databases.md", "docs/evidence.md", "docs/forecasts.md", "docs/gallery.md", "docs/install.md"),
    "docs/late-tickets.md",
    *("docs/metrics-and-capacity.md", "docs/monthly-mail.md", "docs/notebook.md", "docs/own-indicator.md", "docs/people.md"),
    *("docs/recurring.md", "docs/reports.md", "docs/scale.md", "docs/statistics.md", "docs/tutorial.md", "docs/unattended.md"),
    "docs/unusual.md",
}
# Kinds of blocks that are tried here and in test_first_pages.py, and drawings, which are not to be run.
OWN = {"bat", "cron", "csv", "json", "pycon", "python", "sh", "text", "toml"}
FIRST = {"docs/monthly-mail.md", "docs/tutorial.md"}  # their commands are tried in test_first_pages.py, of unattended in tests/jobs
PULLS = {"docs/apis.md", "docs/databases.md"}  # tried against servers in tests/ingest/test_pulling_apis.py and …_databases.py
CHANGE = "CHG0031493"  # of the demo, planted with the incidents that followed it
# What a page's data become, source by source, in the order of the page.
LOADED = {
    "metrics-and-capacity": [
        ("resource, metric, value, epoch(time)", [
            ("wms-db01:/data", "used_gib", 3352.5, 1790812800.0), ("wms-db01:/data", "used_gib", None, 1790816400.0),
        ]),
        ("resource, metric, value, value_max, points", [("tms-app01", "system.cpu.util", 38.5, 71.2, 60)]),
        ("resource, metric, value, epoch(time)", [
            ("wan-hq", "mbit", 612.5, 1790812800.0), ("wan-backup", "mbit", 88.0, 1790812800.0),
            ("wan-hq", "mbit", 598.0, 1790816400.0), ("wan-backup", "mbit", None, 1790816400.0),
        ]),
    ],
    "people": [
        ('date, shift_start, shift_end, team, people', [
            (date(2026, 11, 9), "08:00", "20:00", "Service Desk", 6.0), (date(2026, 11, 9), "20:00", "08:00", "Service Desk", 1.5),
        ]),
        ("minutes, assignment_group, offered, answered, answered_in_target, abandoned, handle_seconds",
         [(30.0, "Service Desk", 24, 22, 19, 1, 6600.0)]),
    ],
}  # fmt: skip


def task(path: Path) -> str:
    """The name of a page without its language."""
    return path.name.removesuffix(CHINESE).removesuffix(".md")


@pytest.mark.parametrize("path", pages(), ids=page_name)
def test_every_command_and_option_exists(path: Path) -> None:
    group = typer.main.get_command(app)
    told = [command for shown in blocks(read(path), "sh") for command in commands(shown)]
    for name, *arguments in commands(read(path)):
        command = group.get_command(typer.Context(group), name)
        assert command is not None, name
        if arguments or [name] in told:  # else the text only speaks of it
            command.make_context(name, arguments)  # a UsageError names what is wrong


@pytest.mark.parametrize("path", pages(), ids=page_name)
def test_every_report_that_is_run_takes_what_is_set(path: Path) -> None:
    for name, report, *arguments in (command for command in commands(read(path)) if command[0] == "run"):
        given = dict(one.split("=", 1) for flag, one in pairwise(arguments) if flag == "--set")
        file = find_notebook(report, ROOT / "data" / "sample")
        model = parameter_model(read_json(file), file.name)
        assert given.keys() <= model.model_fields.keys(), name
        model(**{key: int(value) if value.isdigit() else value for key, value in given.items()})


@pytest.mark.parametrize("path", pages(), ids=page_name)
def test_linked_files_and_pictures_exist(path: Path) -> None:
    text = FENCED.sub("", read(path))
    links = [link for link in re.findall(r"\]\(([^)#\s]+)\)|src=\"([^\"]+)\"", text) for link in link if link]
    assert [link for link in links if "://" not in link and not (path.parent / link).exists()] == []


def test_every_page_of_docs_is_linked_from_both_readmes() -> None:
    for readme, ending in (("README.md", ".md"), ("README.zh-CN.md", CHINESE)):
        links = set(re.findall(r"\]\((docs/[^)#]+)\)", read(ROOT / readme)))
        assert {f"docs/{Path(name).stem}{ending}" for name in IN_BOTH} | {"docs/first-reading.md"} <= links


def test_the_pages_are_in_both_languages() -> None:
    assert {page_name(path) for path, _ in translated()} == IN_BOTH | {"README.md"}


@pytest.mark.parametrize(("path", "twin"), translated(), ids=lambda path: page_name(path))
def test_both_languages_have_the_same_commands_headings_and_examples(path: Path, twin: Path) -> None:
    text, other = read(path), read(twin)
    assert len(commands(text)) >= 1
    assert [name for name, *_ in commands(text)] == [name for name, *_ in commands(other)]
    assert re.findall(r"^(#+) ", FENCED.sub("", text), re.MULTILINE) == re.findall(r"^(#+) ", FENCED.sub("", other), re.MULTILINE)
    assert [kind for kind, _ in FENCED.findall(text)] == [kind for kind, _ in FENCED.findall(other)]
    assert [ast.dump(ast.parse(code)) for code in blocks(text, "python")] == [
        ast.dump(ast.parse(code)) for code in blocks(other, "python")
    ]


@pytest.mark.parametrize("path", TASKS, ids=page_name)
def test_pages_are_short_and_every_block_is_tried(path: Path) -> None:
    assert len(read(path).splitlines()) <= 90
    assert {kind for kind, _ in FENCED.findall(read(path))} <= OWN


@pytest.mark.parametrize("path", [path for path in TASKS if task(path) not in ("apis", "databases", "tutorial")], ids=page_name)
def test_the_data_shown_load_with_the_source_shown(path: Path, tmp_path: Path) -> None:
    shown = [(kind, body) for kind, body in FENCED.findall(read(path)) if kind in ("csv", "json", "toml")]
    sources = [(data, toml) for (kind, data), (_, toml) in pairwise(shown) if kind != "toml" and "[[source]]" in toml]
    assert len(sources) == len(re.findall(r"^\[\[source\]\]", read(path), re.MULTILINE))
    for number, (data, toml) in enumerate(sources):
        folder = tmp_path / f"ws {number}"
        settings = write_workspace(folder, timezone="Asia/Shanghai", holidays="")
        settings.write_text('[organisation]\ntimezone = "Asia/Shanghai"\nholidays = ""\n' + toml, encoding="utf-8")
        [source] = parse_settings(toml, path.name).sources
        file = folder / source.glob.replace("*", "-2026")
        file.with_suffix(file.suffix or ".csv").write_text(data, encoding="utf-8")
        assert [str(one) for one in check_settings(folder)] == []
        workspace = open_workspace(folder)
        ledger = workspace.load()
        columns, rows = LOADED[task(path)][number]
        assert (ledger["inserted"].sum(), ledger["quarantined"].sum()) == (len(rows), 0)
        assert not (set(ledger["ignored_columns"].explode().dropna()) - {"job", "id"})
        found = workspace.sql(f"SELECT {columns} FROM {source.table}")
        plain = found.astype(object).where(found.notna(), None)
        assert sorted(map(str, plain.itertuples(index=False, name=None))) == sorted(map(str, rows))


@pytest.mark.parametrize("path", [path for path in TASKS if task(path) != "monthly-mail"], ids=page_name)
def test_settings_are_accepted_as_shown(path: Path) -> None:
    for example in (example for example in blocks(read(path), "toml") if not example.startswith("[[indicator]]")):
        assert parse_settings(example, path.name).model_fields_set  # an unknown key or value would be refused


@pytest.mark.parametrize("ending", [".md", CHINESE])
def test_the_days_of_the_house_are_known_to_forecasts(ending: str, demo: Path, tmp_path: Path) -> None:
    text = read(ROOT / "docs" / f"forecasts{ending}")
    folder = tmp_path / "ours"
    shutil.copytree(demo, folder, ignore=shutil.ignore_patterns("reports"))
    [place] = re.findall(r"`ours/(calendar/\d{4}\.csv)`", text)
    (folder / "calendar").mkdir()
    [days] = blocks(text, "csv")
    (folder / place).write_text(days, encoding="utf-8")
    assert [one for one in check_settings(folder) if one.level == "error"] == []
    workspace = open_workspace(folder)
    assert workspace.refresh()
    country, own = workspace.special_days or ("", None)
    assert (country, list(own["kind"])) == ("CN", ["half", "holiday", "working"])


@pytest.mark.parametrize("ending", [".md", CHINESE])
def test_the_judgements_shown_are_read(ending: str, tmp_path: Path) -> None:
    text = read(ROOT / "docs" / f"unusual{ending}")
    [place] = re.findall(r"`ours/(\w+\.csv)`", text)
    [judgements] = blocks(text, "csv")
    (tmp_path / place).write_text(judgements, encoding="utf-8")
    assert list(read_labels(tmp_path / place)["label"]) == ["confirmed", "false"]


def unusual_is_explained(found: dict[str, Any]) -> None:
    """The worst alarm of the demo is the firewall change's, whatever the page calls it."""
    assert found["worst"]["unique_id"] == "Network"
    assert found["told.excess"].counted > 3 * found["told.excess"].expected
    assert found["told.before"]["id"].iloc[0] == CHANGE


def change_has_an_impact(found: dict[str, Any]) -> None:
    """The change that the page names brought the incidents that were planted, and moved no load."""
    truth = json.loads((ROOT / "data" / "sample" / "truth.json").read_text(encoding="utf-8"))
    [planted] = [one for one in truth["planted"]["bad_changes"] if one["number"] == CHANGE]
    _, lower, upper = found["(found.excess, found.lower, found.upper)"]
    assert found["found.certain"]
    assert lower < planted["extra_incidents"] < upper
    assert not found[f"ws.impact('{CHANGE}', resource='portal-web')"].certain


CHECKS = {
    ("unusual", "told.excess"): unusual_is_explained,
    ("unusual", "(found.excess, found.lower, found.upper)"): change_has_an_impact,
}


@pytest.fixture
def ours(demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo organisation's workspace as `ours` in the working directory."""
    shutil.copytree(demo, tmp_path / "ours", ignore=shutil.ignore_patterns("reports"))
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("ours")
@pytest.mark.parametrize("path", [ROOT / name for name in sorted(IN_BOTH - FIRST - PULLS - {"docs/unattended.md"})], ids=page_name)
def test_the_commands_work_as_written(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tried = [command for shown in blocks(read(path), "sh") for command in commands(shown) if command[0] != "run"]
    for command in tried:
        ended = itsq(capsys, *command)
        assert ended.code == 0, ended.err
        if command[0] == "forecast":
            asked = dict(pairwise(command))
            assert f"{asked.get('--level', '80')} % between" in ended.out
            assert ("smoothing" in ended.out) == ("--components" in command)
            assert ("2026-10-01" in ended.out) == ("--as-of" in command)


@pytest.mark.usefixtures("ours")
@pytest.mark.parametrize("path", [ROOT / name for name in sorted(IN_BOTH)], ids=page_name)
def test_the_python_shown_runs_on_the_demo(path: Path) -> None:
    """The code is the same in both languages, as another test says."""
    for code in blocks(read(path), "python"):
        names: dict[str, Any] = {}
        shown = {}
        for statement in ast.parse(code).body:
            if isinstance(statement, ast.Expr):
                text = ast.unparse(statement)
                shown[text] = eval(text, names)  # noqa: S307 - our own page
                assert shown[text] is not None, text
            else:
                exec(compile(ast.Module([statement], []), path.name, "exec"), names)  # noqa: S102 - our own page
        CHECKS.get((task(path), next(iter(shown), "")), lambda _: None)({**names, **shown})
