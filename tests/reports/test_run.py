import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import papermill
import pytest
from filelock import FileLock
from papermill.engines import papermill_engines

from itsq_analysis.errors import ReportError, SettingsError
from itsq_analysis.reports.engine import ItsqEngine
from itsq_analysis.reports.prepare import prepare
from itsq_analysis.reports.render import PageExporter
from itsq_analysis.reports.run import light_imports, run_report, run_reports
from tests.charts.gallery import GALLERY
from tests.reports.made import HEADER, PARAMETERS

Write = Callable[..., Path]
PROJECT = Path(__file__).parents[2]


def test_a_report_is_written_with_its_run_beside_it(
    workspace: Path, write: Write, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ITSQ_SMTP_PASSWORD", "hunter2-secret")
    noisy = "import sys, os, warnings; warnings.warn('old'); print('to stderr', file=sys.stderr); os.write(2, b'raw noise')"
    where = "import sys; from pathlib import Path; print(Path.cwd().name, workspace, sys.executable == INTERPRETER)"
    write(
        HEADER,
        ("markdown", "## Answer\n\nAll is well."),
        'print("a < b")',
        noisy,
        where.replace("INTERPRETER", repr(sys.executable)),
    )
    page = run_report("quality", workspace, {"period": "2026-09", "language": "zh"})

    assert page == workspace / "reports" / "quality-2026-09-zh.html"
    text = page.read_text(encoding="utf-8")
    assert '<html lang="zh">' in text
    assert "<h1>Quality 2026-09</h1>" in text
    assert '<pre class="text">a &lt; b</pre>' in text
    assert f'<pre class="text">{workspace.name} . True</pre>' in text
    assert "old" not in text
    assert "stderr" not in text

    run = workspace / "reports" / "runs" / "quality-2026-09-zh"
    assert {file.name for file in run.iterdir()} - {".lock"} == {"notebook.ipynb", "manifest.json", "run.log"}
    assert list((workspace / "reports").glob(".*")) == []
    log = (run / "run.log").read_text(encoding="utf-8")
    assert "UserWarning: old" in log
    assert "raw noise" in log
    assert capfd.readouterr() == ("", "")

    written = {file: file.read_text(encoding="utf-8") for file in (page, run / "notebook.ipynb", run / "manifest.json")}
    assert not [file.name for file, content in written.items() if str(workspace.parent) in content]
    assert not [file.name for file, content in {**written, run: log}.items() if "hunter2" in content]


def test_the_manifest_says_what_the_page_was_made_of(workspace: Path, write: Write) -> None:
    write(HEADER, "import pandas as pd\npd.DataFrame")
    page = run_report("quality", workspace, {})
    record = json.loads((workspace / "reports" / "runs" / page.stem / "manifest.json").read_text(encoding="utf-8"))
    assert record["parameters"] == {
        "period": "2026-10", "services": [], "language": "en", "as_of": None, "workspace": "运维 数据 {x}",
    }  # fmt: skip
    assert len(record["html"]) == len(record["notebook"]) == len(record["template"]) == 64
    assert record["environment"]["packages"]["papermill"]
    assert (record["snapshot"], record["inputs"]) == (None, [])


def test_a_failing_run_leaves_the_last_good_report_and_says_why(workspace: Path, write: Write) -> None:
    write(HEADER, "print('good')")
    page = run_report("quality", workspace, {})
    run = workspace / "reports" / "runs" / page.stem
    good = {file: file.read_bytes() for file in (page, *run.iterdir())}

    write(HEADER, "print('half')", "def f():\n    raise ValueError('no\\nsuch \\x1b[31mrow')\nf()", "print('never')")
    with pytest.raises(ReportError) as raised:
        run_report("quality", workspace, {})
    message = str(raised.value)
    assert "\n" not in message
    assert "quality-2026-10-en was not made: cell 5: ValueError: no such row" in message  # papermill's own cell is counted
    assert "reports/runs/quality-2026-10-en/failed.log" in message
    assert str(workspace.parent) not in message
    assert {file: file.read_bytes() for file in good} == good
    log = (run / "failed.log").read_text(encoding="utf-8")
    assert "Traceback (most recent call last)" in log
    assert "\x1b" not in log
    assert "half" in (run / "failed.ipynb").read_text(encoding="utf-8")

    write(HEADER, "print('better')")
    run_report("quality", workspace, {})
    assert not list(run.glob("failed.*"))
    assert "better" in page.read_text(encoding="utf-8")


def test_an_error_of_itsq_is_told_by_its_own_message_wherever_it_stands_in_the_chain(
    workspace: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(PROJECT))
    write(
        "from itsq_analysis.errors import StoreError\n"
        "try:\n    raise StoreError('a store must be loaded; found none; run: itsq load')\n"
        "except StoreError as error:\n    raise RuntimeError('display failed') from error"
    )
    with pytest.raises(ReportError, match=r"was not made: a store must be loaded; found none; run: itsq load \|"):
        run_report("quality", workspace, {})


@pytest.mark.parametrize(
    ("source", "limit", "why"),
    [
        ("import os; os._exit(3)", 60.0, "its kernel died"),
        ("import time; time.sleep(60)", 1.0, "it took longer than the 1 seconds"),
        ("raise SystemExit(0)", 60.0, "cell 3: SystemExit: 0"),
    ],
)
def test_a_kernel_that_dies_hangs_or_leaves_early_is_reported(
    workspace: Path, write: Write, source: str, limit: float, why: str, capfd: pytest.CaptureFixture[str]
) -> None:
    write(source)
    with pytest.raises(ReportError, match=why):
        run_report("quality", workspace, {}, time_limit=limit)
    assert not list((workspace / "reports").glob("*.html"))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("quality", {"period": "2026-10'; import os"}, "period and language must be of letters"),
        ("quality", {"period": "../../etc"}, "period and language must be of letters"),
        ("quality", {"period": ".."}, "period and language must be of letters"),
        ("quality", {"period": "a/b"}, "period and language must be of letters"),
        ("quality", {"period": "a\\b"}, "period and language must be of letters"),
        ("quality", {"period": "2026-10."}, "period and language must be of letters"),
        ("quality", {"period": ""}, "period and language must be of letters"),
        ("quality", {"perod": "2026-10"}, "did you mean 'period'"),
        ("quality", {"language": "de"}, "must be 'en' or 'zh'"),
        ("quality", {"workspace": "/etc"}, "leave it out there"),
        ("../quality", {}, "a report must be one of: quality; found '../quality'"),
        ("quality_report.ipynb", {}, "a report must be one of: quality"),
        ("", {}, "a report must be one of: quality"),
    ],
)
def test_hostile_names_and_values_are_refused_before_anything_is_written(
    workspace: Path, write: Write, name: str, parameters: dict[str, object], message: str
) -> None:
    write("print(1)")
    with pytest.raises(ReportError, match=message):
        run_report(name, workspace, parameters)
    assert not (workspace / "reports").exists()


def test_text_parameters_arrive_as_they_are_and_are_never_run(workspace: Path, write: Write) -> None:
    hostile = ["'; import os; os._exit(1) #", '"""\\', "${x} {{7*7}} {0}", "<script>alert(1)</script>", "运维\n\u2028"]
    write("print(services == " + repr(hostile) + ")\nprint(services)")
    page = run_report("quality", workspace, {"services": hostile, "period": "2026-W41"})
    text = page.read_text(encoding="utf-8")
    assert '<pre class="text">True' in text
    assert "<script>" not in text


def test_other_parameters_make_another_file(workspace: Path, write: Write) -> None:
    write("print(1)")
    whole = prepare("quality", workspace, {}).label
    mail = prepare("quality", workspace, {"services": ["Mail"]}).label
    assert whole == prepare("quality", workspace, {"services": []}).label == "quality-2026-10-en"
    assert mail == prepare("quality", workspace, {"services": '["Mail"]'}).label
    assert len({whole, mail, prepare("quality", workspace, {"services": ["VPN"]}).label}) == 3


def test_out_is_a_file_or_a_folder(workspace: Path, write: Write, tmp_path: Path) -> None:
    write("print(1)")
    run = prepare("quality", workspace, {})
    assert run.html(tmp_path / "x.html") == tmp_path / "x.html"
    assert run.html(tmp_path / "new") == tmp_path / "new" / "quality-2026-10-en.html"


def test_two_runs_of_one_report_at_a_time_are_refused(workspace: Path, write: Write) -> None:
    write("print(1)")
    run = prepare("quality", workspace, {})
    run.folder.mkdir(parents=True)
    with FileLock(run.folder / ".lock"), pytest.raises(ReportError, match="found another process making quality-2026-10-en"):
        run_report("quality", workspace, {})


def test_a_folder_without_settings_is_no_workspace(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"must hold itsq\.toml"):
        run_report("quality", tmp_path, {})


def test_a_page_that_asks_for_something_outside_is_not_written(workspace: Path, write: Write) -> None:
    write(("markdown", "![logo](https://example.org/logo.png)"))
    with pytest.raises(ReportError, match=r"'src' to https://example.org/logo.png"):
        run_report("quality", workspace, {})
    assert not list((workspace / "reports").glob("*.html"))


SECOND_PROCESS = """
import sys
from pathlib import Path
from itsq_analysis.reports import manifest, notebooks, render
from itsq_analysis.reports.run import run_report
shipped, workspace, out = map(Path, sys.argv[1:])
for module in (manifest, notebooks, render):
    module.folder = lambda name: shipped / name
run_report("quality", workspace, {}, out=out)
"""


def test_the_same_bytes_in_another_process_zone_and_hash_seed(workspace: Path, write: Write, shipped: Path) -> None:
    chart = {"application/vnd.vegalite.v5+json": {"mark": "bar"}, "image/svg+xml": "<svg></svg>", "text/plain": "One bar."}
    unstable = "import time; print({'a', 'b', 'c', 'd', 'e', 'f'}, time.strftime('%Z'), hash('a'))"
    write(HEADER, ("markdown", "# A\n\n- b"), f"display({chart!r}, raw=True)", unstable)
    pages, records = [], []
    for number, environment in enumerate(
        [{"TZ": "Asia/Shanghai", "PYTHONHASHSEED": "1"}, {"TZ": "America/Sao_Paulo", "PYTHONHASHSEED": "2", "LANG": "C"}]
    ):
        out = workspace / f"{number}.html"
        subprocess.run(
            [sys.executable, "-W", "error", "-c", SECOND_PROCESS, shipped, workspace, out],
            check=True,
            env={**os.environ, "PYTHONPATH": str(PROJECT), **environment},
        )
        pages.append(out.read_bytes())
        records.append((workspace / "reports/runs/quality-2026-10-en/manifest.json").read_bytes())
    assert pages[0] == pages[1]
    assert records[0] == records[1]
    assert b"<figcaption>One bar." in pages[0]


def test_the_parser_tables_of_rfc3987_are_not_built() -> None:
    code = (
        "import sys\nfrom itsq_analysis.reports.run import light_imports\n"
        "with light_imports():\n    import papermill.engines\n"
        "assert 'rfc3987_syntax' not in sys.modules\nassert 'lark' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": str(PROJECT)})
    before = sys.modules.get("rfc3987_syntax", "absent")
    with light_imports():
        pass
    assert sys.modules.get("rfc3987_syntax", "absent") is before


def test_a_notebook_without_workspace_or_language_is_a_report_too(workspace: Path, write: Write) -> None:
    write("print(n)", name="tiny", parameters="n: int = 1")
    page = run_report("tiny", workspace, {})
    assert page.name == "tiny.html"


def test_a_language_is_given_to_notebooks_that_have_one(workspace: Path, write: Write) -> None:
    write("print(1)", name="tiny", parameters="n: int = 1")
    assert prepare("tiny", workspace, {}, language="zh").label == "tiny"
    write("print(1)")
    assert prepare("quality", workspace, {}, language="zh").label == "quality-2026-10-zh"
    assert prepare("quality", workspace, {"language": "en"}, language="zh").label == "quality-2026-10-en"


def test_reports_of_one_command_share_a_process_but_no_names_and_one_that_fails_stops_no_other(
    workspace: Path, write: Write, shipped: Path
) -> None:
    told = 'import os; print("process", os.getpid(), "names", sorted(set(dir()) & {"leaked", "period", "n"}), language); leaked = 1'
    for name, parameters in (("a", PARAMETERS), ("b", PARAMETERS), ("plain", "n: int = 1")):
        cell = told if name != "plain" else told.replace(", language", "")
        write(cell, name=name, parameters=parameters).rename(shipped / "notebooks" / f"{name}_report.ipynb")
    write("language == 'en' or 1 / 0", name="broken")
    write(told, name="own")
    names = ["a", "b", "broken", "own", "plain"]
    made = list(run_reports(names, workspace, {"period": "2026-09"}, languages=["en", "zh"]))
    assert [report.label for report in made] == [
        *(f"{name}-2026-09-{language}" for name in names[:4] for language in ("en", "zh")), "plain",
    ]  # fmt: skip
    assert [report.label for report in made if report.error] == ["broken-2026-09-zh"]
    assert "ZeroDivisionError" in str(made[5].error)
    pages = {report.label: report.page.read_text(encoding="utf-8") for report in made if report.page}
    processes = {label: found[1] for label, text in pages.items() if (found := re.search(r"process (\d+)", text))}
    assert len({processes[f"{name}-2026-09-{language}"] for name in ("a", "b") for language in ("en", "zh")}) == 1
    assert len(set(processes.values())) == 4  # theirs, one for each page of the workspace's own notebook, and one after it
    assert ["leaked" in text for text in pages.values()] == [False] * len(pages)
    assert "names [&#x27;n&#x27;]" in pages["plain"]
    assert "names [&#x27;period&#x27;] zh" in pages["b-2026-09-zh"]


def test_a_wrong_name_or_parameter_among_several_reports_starts_nothing(workspace: Path, write: Write) -> None:
    write("print(1)", name="a")
    write("print(1)", name="b", parameters="n: int = 1")
    for names, parameters, message in (
        (["a", "nope"], {}, "found 'nope'"),
        (["a", "b"], {"perod": "2026-09"}, "found 'perod'; did you mean 'period'"),
        (["a", "b"], {"n": "many"}, "parameter 'n'"),
    ):
        with pytest.raises(ReportError, match=message):
            list(run_reports(names, workspace, parameters))
    with pytest.raises(ReportError, match="several reports need a folder"):
        list(run_reports(["a", "b"], workspace, {}, out=workspace / "x.html"))
    assert not (workspace / "reports").exists()


def test_the_plain_commands_give_the_same_page(workspace: Path, write: Write, tmp_path: Path) -> None:
    chart = {"wide": GALLERY["bars"]("en").spec, "narrow": None, "title": "T", "summary": "S."}
    drawn = f"display({{'application/vnd.itsq.chart+json': {chart!r}, 'text/plain': 'S.'}}, raw=True)"
    file = write(HEADER, ("markdown", "## A"), drawn, "print(period)")
    page = run_report("quality", workspace, {"period": "2026-09"})
    papermill_engines.register("itsq", ItsqEngine)
    copied, out = tmp_path / "copied.ipynb", tmp_path / "out.ipynb"  # papermill refuses the folder's braces
    copied.write_bytes(file.read_bytes())
    papermill.execute_notebook(copied, out, {"period": "2026-09"}, engine_name="itsq", progress_bar=False, cwd=workspace)
    exporter = PageExporter(extra_template_basedirs=[str(tmp_path / "shipped" / "templates")])
    text, _ = exporter.from_filename(str(out))
    assert "<svg" in text
    assert text.encode("utf-8") == page.read_bytes()
