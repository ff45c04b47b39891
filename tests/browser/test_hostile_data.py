"""Exports that try to do harm: every text is kept, shown as the text it is, and changes nothing else."""

import csv
import io
import json
import re
import shutil
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from itsq_analysis import IndicatorError, ReportError, open_workspace, quality_report
from itsq_analysis.reports.run import run_report
from itsq_analysis.tables import contracts
from itsq_analysis.tables.plain_text import UNDRAWABLE
from itsq_analysis.workspace import Workspace
from tests.browser import page_checks as checks
from tests.cli.running import itsq
from tests.hostile import CHOICE, FILE, HEADER, HOSTILE, INDICATOR, PERIOD, ROUNDS, SCRIPT, write_workspace

OPENED = 31  # incidents of each service in October 2026, one a day
OF_THE_PAGE = {"href": "#", "src": "data:image/"}  # what an address in the page may begin with


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("hostile") / "运维 {{7*7}} ' OR 1=1 --"
    write_workspace(made)
    open_workspace(made).load()
    return made


@pytest.fixture
def workspace(folder: Path) -> Workspace:
    return open_workspace(folder)


@pytest.fixture(scope="module", params=["en", "zh"])
def page(request: pytest.FixtureRequest, folder: Path) -> Path:
    """The report over everything in English, and over the same services given one by one in Chinese."""
    services = {"en": [], "zh": [*HOSTILE]}[request.param]
    return run_report("quality", folder, {"language": request.param, "services": services})


class Reader(HTMLParser):
    """The elements, attributes and words of a page."""

    def __init__(self, page: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str]] = []
        self.words = ""
        self.feed(page.read_text(encoding="utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.words += data


def shown(text: str) -> str:
    """A text as a page shows it: without what would steer or turn round the rest."""
    return " ".join(UNDRAWABLE.sub("", text).split())


def test_every_text_is_stored_as_it_was(workspace: Workspace) -> None:
    for name, contract in contracts().items():
        rows = workspace.table(name)
        for column in contract.columns.values():
            if column.type == "text" and column.name != "calendar":
                found = {
                    text[5:] if text not in {*HOSTILE, INDICATOR} else text for text in rows[column.name]
                }  # numbers: "0007 text"
                assert found - {INDICATOR} == set(HOSTILE), (name, column.name)
    counts = Counter(workspace.table("incidents")["short_description"])
    assert counts == dict.fromkeys(HOSTILE, ROUNDS["incidents"])


def test_rows_that_are_wrong_are_in_quarantine_with_what_they_held(workspace: Workspace) -> None:
    refused = workspace.quarantine()
    assert refused["value"].tolist() == [*HOSTILE]
    assert refused["file"].tolist() == [f"registers/problems/{FILE}.csv"] * len(HOSTILE)
    assert [json.loads(record)[HEADER] for record in refused["record"]] == [HEADER] * len(HOSTILE)


@pytest.mark.parametrize("format_", ["csv", "json"])
def test_another_program_reads_the_same_texts(capsys: pytest.CaptureFixture[str], folder: Path, format_: str) -> None:
    def rows(*command: object) -> list[dict[str, Any]]:
        ended = itsq(capsys, *command, "-w", folder, "--format", format_, "--raw")
        assert ended.code == 0
        return json.loads(ended.out) if format_ == "json" else [*csv.DictReader(io.StringIO(ended.out, newline=""))]

    values = rows("values", "incidents_opened", "--period", PERIOD, "--by", "service", "--by", "group", "--by", "supplier")
    told = {(row["dimension"], row["member"]): float(row["value"]) for row in values}
    assert told == {(by, text): OPENED for by in ("service", "group", "supplier") for text in HOSTILE}
    assert [row["value"] for row in rows("quarantine", "--rule", "unreadable_time")] == [*HOSTILE]


@pytest.mark.parametrize(
    "command",
    [
        ["values", "incidents_opened", "--period", PERIOD, "--by", "service"],
        ["quarantine"],
        ["quarantine", "--rule", "unreadable_time"],
        ["snapshots"],
        ["check"],
    ],
    ids=" ".join,
)
def test_a_terminal_is_not_steered(capsys: pytest.CaptureFixture[str], folder: Path, command: list[str]) -> None:
    ended = itsq(capsys, *command, "-w", folder)
    assert ended.code == 0
    assert ended.out.strip()
    assert UNDRAWABLE.findall(ended.out + ended.err) == []  # unknown states are told beside the values


@pytest.mark.parametrize("service", HOSTILE)
def test_a_service_is_chosen_by_its_exact_name(capsys: pytest.CaptureFixture[str], folder: Path, service: str) -> None:
    command = ["values", "incidents_opened", "-w", folder, "--period", PERIOD, "--format", "json", "--services"]
    [row] = json.loads(itsq(capsys, *command, service).out)
    assert (row["value"], row["n"]) == (OPENED, OPENED)
    refused = itsq(capsys, *command, f"{service}' OR service <> '")
    assert (refused.code, refused.out) == (2, "")
    assert "a service must be known" in refused.err


@pytest.mark.parametrize("service", ["' OR 1=1", "x' OR service LIKE '%", "%", "", "E-mail'); DROP TABLE incidents; --"])
def test_a_report_refuses_services_that_the_data_do_not_name(folder: Path, service: str) -> None:
    with pytest.raises(IndicatorError, match="a service must be known"):
        quality_report(folder, services=[HOSTILE[0], service])


def test_the_page_holds_no_element_of_the_data(page: Path) -> None:
    found = Reader(page)
    assert {"script", "img", "iframe", "object", "embed", "b", "u", "i", "form", "input", "base"} & found.tags.keys() == set()
    assert found.tags["style"] == found.tags["main"] == 1
    assert [name for name, _ in found.attributes if name.startswith("on") or name == "srcdoc"] == []
    assert [value for name, value in found.attributes if not value.startswith(OF_THE_PAGE.get(name, ""))] == []


def test_the_page_shows_the_texts_as_texts(page: Path) -> None:
    found = Reader(page)
    words = " ".join(found.words.split())
    assert [text for text in (*HOSTILE, CHOICE, HEADER, f"{SCRIPT}{{{{7*7}}}} 运维") if shown(text) not in words] == []
    assert "braces 49" not in words
    assert words.count("{{7*7}}") > 20
    assert UNDRAWABLE.findall(page.read_text(encoding="utf-8")) == []


def test_the_numbers_are_those_of_harmless_names(page: Path) -> None:
    words = " ".join(Reader(page).words.split())
    total = OPENED * len(HOSTILE)
    title = "新增事件数" if "服务质量" in words else "Incidents opened"
    assert f"{title}{total} " in words


def test_the_files_beside_the_page_hold_no_formula(page: Path) -> None:
    workbook, values = page.with_name(f"{page.stem}.xlsx"), page.with_name(f"{page.stem}.values.csv")
    book = CalamineWorkbook.from_path(workbook)
    cells = [cell for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row]
    cells += [cell for row in csv.reader(io.StringIO(values.read_text(encoding="utf-8-sig"))) for cell in row]
    texts = [cell for cell in cells if isinstance(cell, str)]
    assert "'=cmd()" in texts
    number = re.compile(r"-\d+(\.\d+)?(e-\d+)?")  # in the CSV file
    assert [text for text in texts if text.lstrip().startswith(("=", "+", "-", "@")) and not number.fullmatch(text)] == []
    with ZipFile(workbook) as archive:
        assert not re.search(rb"<f[ >]|<hyperlink", b"".join(map(archive.read, archive.namelist())))


@pytest.mark.browser
def test_in_a_browser_nothing_runs_and_nothing_is_asked_for(page: Path, open_page: Callable[..., Any]) -> None:
    with open_page(page) as seen:
        checks.check_reads_well(seen)
        visible = checks.visible_text(seen.page)
        assert [text for text in HOSTILE if shown(text) not in visible] == []
        assert seen.page.evaluate("() => document.querySelectorAll('script, img, iframe, object, embed, u, i, base').length") == 0
        handlers = (
            "() => [...document.querySelectorAll('*')].flatMap(node => node.getAttributeNames()).filter(name => /^on/.test(name))"
        )
        assert seen.page.evaluate(handlers) == []
        assert SCRIPT in seen.page.title()


@pytest.mark.browser
def test_long_and_hostile_names_fit_a_phone(page: Path, open_page: Callable[..., Any]) -> None:
    with open_page(page, width=checks.PHONE) as seen:
        checks.check_fits_a_phone(seen)


def test_a_hostile_notebook_folder_and_file_name_are_no_report(folder: Path, tmp_path: Path) -> None:
    copied = tmp_path / "copy"
    shutil.copytree(folder, copied, ignore=shutil.ignore_patterns("reports"))
    (copied / "notebooks").mkdir()
    (copied / "notebooks" / "{{7*7}}_report.ipynb").write_text("{}", encoding="utf-8")
    with pytest.raises(ReportError, match="a report must be one of: audit, capacity, daily, forecast, quality, service; found"):
        run_report("{{7*7}}", copied, {})
