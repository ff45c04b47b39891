import json
import zlib
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pandas as pd
import pytest

from itsq_analysis.charts import bars
from itsq_analysis.errors import ReportError
from itsq_analysis.page.files import FILES_MIME, Files, Kept
from itsq_analysis.reports.beside import charts, take_files
from itsq_analysis.reports.run import run_report, run_reports
from tests.reports.made import HEADER

Write = Callable[..., Path]
KEPT = "incidents-all-month/2026-11-01-0123456789ab.csv"
FLOW = pd.DataFrame({"period": ["2026-09", "2026-10"], "opened": [9.0, 8.0], "resolved": [9.0, 7.0], "backlog": [3.0, 4.0]})


def shown(*bundles: dict[str, Any]) -> dict[str, Any]:
    """A notebook of one cell with these outputs."""
    outputs = [{"output_type": "display_data", "metadata": {}, "data": bundle} for bundle in bundles]
    return {"cells": [{"cell_type": "markdown", "source": "# A"}, {"cell_type": "code", "outputs": outputs}]}


def heading(section: str) -> dict[str, str]:
    return {"text/html": f'<h2 id="{section}">Title</h2>\n<p class="lead">An answer.</p>'}


def chart() -> dict[str, Any]:
    return bars(FLOW, title="Opened per day", summary="Falling.", language="en")._repr_mimebundle_()


def test_files_are_taken_out_of_the_notebook_as_they_were_put_in() -> None:
    kept = Kept({"a-b-c/x.csv": "0" * 64}, {KEPT: b"1"})
    files = Files({".xlsx": b"PK\x03\x04", ".values.csv": b"a,b\r\n"}, kept)
    notebook = shown({"text/plain": "1"}, files._repr_mimebundle_())
    assert take_files(notebook) == ({".xlsx": b"PK\x03\x04", ".values.csv": b"a,b\r\n"}, kept)
    assert notebook == shown({"text/plain": "1"})
    assert take_files(notebook) == ({}, Kept())


@pytest.mark.parametrize(
    "name", ["../x.csv", "a/b/2026-11-01-0123456789ab.csv", "a/2026-11-01.csv", "A/2026-11-01-0123456789ab.csv"]
)
def test_a_notebook_can_keep_no_other_file(name: str) -> None:
    with pytest.raises(ReportError, match="a kept forecast has a name of its own; found"):
        take_files(shown(Files({}, Kept({}, {name: b"x"}))._repr_mimebundle_()))


@pytest.mark.parametrize("ending", [".html", "/../../x.xlsx", ".exe"])
def test_a_notebook_can_write_no_other_file(ending: str) -> None:
    packed = b64encode(zlib.compress(b"x")).decode()
    with pytest.raises(ReportError, match=r"may hand over .*; found"):
        take_files(shown({FILES_MIME: {ending: packed}}))


def test_charts_are_named_after_their_sections_in_reading_order() -> None:
    altair = {"application/vnd.vegalite.v5+json": {"data": {"url": "https://example.org/x.csv"}, "mark": "bar"}}
    notebook = shown(heading("demand"), chart(), altair, chart(), heading("users_voice"), {"text/html": "<p>x</p>"}, chart())
    content = charts(notebook)
    assert content is not None
    with ZipFile(BytesIO(content)) as archive:
        assert archive.namelist() == ["demand.png", "demand-2.png", "users_voice.png"]
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.testzip() is None
    assert charts(notebook) == content


def test_a_notebook_without_charts_has_no_archive_and_one_without_headings_plain_names() -> None:
    assert charts(shown(heading("verdict"))) is None
    content = charts(shown(chart()))
    assert content is not None
    assert ZipFile(BytesIO(content)).namelist() == ["chart.png"]


def files_of(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


OFFER = """\
from itsq_analysis.page.files import Files
Files({".xlsx": b"workbook", ".values.csv": b"values"})
"""
DRAW = """\
from IPython.display import display
import pandas as pd
from itsq_analysis.charts import bars
display({"text/html": '<h2 id="demand">Demand</h2>'}, raw=True)
bars(pd.DataFrame({"period": ["2026-09"], "opened": [9.0], "resolved": [9.0], "backlog": [3.0]}), title="T", summary="S.")
"""


def test_a_run_writes_the_files_beside_its_page_and_its_page_is_the_same_without_them(workspace: Path, write: Write) -> None:
    write(HEADER, DRAW)
    alone = run_report("quality", workspace, {}, out=workspace / "alone.html").read_bytes()
    write(HEADER, DRAW, OFFER)
    (made,) = run_reports(["quality"], workspace, {}, pictures=True)
    page, beside = made.page, made.beside
    assert page is not None
    names = [page.stem + ending for ending in (".xlsx", ".values.csv", ".charts.zip")]
    assert [path.name for path in beside] == names
    assert files_of(page.parent).keys() == {page.name, *names}
    assert (beside[0].read_bytes(), beside[1].read_bytes()) == (b"workbook", b"values")
    assert page.read_bytes().replace(b"\n", b"") == alone.replace(b"\n", b"")
    assert files_of(workspace).keys() == {"itsq.toml", "alone.html"}

    run = workspace / "reports" / "runs" / page.stem
    assert FILES_MIME not in (run / "notebook.ipynb").read_text(encoding="utf-8")
    record = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    assert record["files"] == {path.name: sha256(path.read_bytes()).hexdigest() for path in beside}
    assert record["previous"] == {}

    page.with_suffix(".txt").write_bytes(b"not ours")
    run_report("quality", workspace, {})  # without pictures, and those of the last run go
    assert files_of(page.parent).keys() == {page.name, *names[:2], page.stem + ".txt"}


def test_a_kept_forecast_is_written_once_and_never_changed(workspace: Path, write: Write) -> None:
    later = KEPT.replace("11-01", "12-01")
    for content, name in ((b"1", KEPT), (b"2", KEPT), (b"3", later)):
        write(HEADER, f"from itsq_analysis.page.files import Files, Kept\nFiles({{}}, Kept({{}}, {{{name!r}: {content!r}}}))")
        run_report("quality", workspace, {})
    assert files_of((workspace / "forecasts" / KEPT).parent) == {Path(KEPT).name: b"1", Path(later).name: b"3"}


def test_a_run_that_fails_leaves_the_files_too(workspace: Path, write: Write) -> None:
    write(HEADER, OFFER)
    page = run_report("quality", workspace, {})
    good = files_of(page.parent)
    write(HEADER, OFFER.replace("workbook", "half"), "raise ValueError")
    with pytest.raises(ReportError, match="ValueError"):
        run_report("quality", workspace, {})
    assert files_of(page.parent) == good


def test_a_workbook_that_is_open_elsewhere_leaves_the_last_good_page(workspace: Path, write: Write) -> None:
    write(HEADER, "print('good')")
    page = run_report("quality", workspace, {})
    good, run = files_of(page.parent), workspace / "reports" / "runs" / page.stem
    record = (run / "manifest.json").read_bytes()
    page.with_suffix(".xlsx").mkdir()  # replacing it fails, as it does on Windows while Excel has the file open
    write(HEADER, OFFER)
    with pytest.raises(ReportError, match=r"found quality-2026-10-en\.xlsx in use"):
        run_report("quality", workspace, {})
    assert files_of(page.parent) == good
    assert (run / "manifest.json").read_bytes() == record
    assert "quality-2026-10-en.xlsx in use" in (run / "failed.log").read_text(encoding="utf-8")
