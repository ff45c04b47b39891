from pathlib import Path

import pytest

from itsq_analysis.settings import Finding, check_settings, source_files, write_workspace
from itsq_analysis.settings.model import SourceSettings

INDICATORS = ["csat", "availability", "reopen_rate"]
MAPPINGS = ["servicenow", "servicenow_event_log"]


def workspace(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "itsq.toml").write_text(text, encoding="utf-8")
    return folder


def found(folder: Path) -> list[tuple[str, str, str]]:
    return [(one.level, one.key, one.found) for one in check_settings(folder, INDICATORS, MAPPINGS)]


def source(glob: str, table: str = "incidents", mapping: str = "servicenow", more: str = "") -> str:
    return f'[[source]]\nglob = "{glob}"\nmapping = "{mapping}"\ntable = "{table}"\n{more}\n'


def test_nothing_is_wrong_with_an_empty_file(tmp_path: Path) -> None:
    assert check_settings(workspace(tmp_path, ""), INDICATORS, MAPPINGS) == []


def test_a_missing_workspace_is_a_finding(tmp_path: Path) -> None:
    [finding] = check_settings(tmp_path)
    assert finding.level == "error"
    assert "itsq init" in finding.remedy


def test_a_file_in_another_encoding_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "itsq.toml").write_bytes("# 运维".encode("gbk"))
    [finding] = check_settings(tmp_path)
    assert "UTF-8" in finding.remedy


def test_a_syntax_error_has_its_line(tmp_path: Path) -> None:
    [finding] = check_settings(workspace(tmp_path, "[organisation]\n\nname = \n"))
    assert (finding.file, finding.line, finding.found) == ("itsq.toml", 3, "Invalid value")


def test_unknown_names_come_with_the_nearest_one(tmp_path: Path) -> None:
    text = (
        source("a.csv", mapping="servicenw")
        + source("b.csv", table="incident")
        + "[[target]]\nindicator = 'csatt'\nvalue = 0.9\n[report]\nheadline = ['availabilty']\n"
    )
    (tmp_path / "a.csv").touch()
    (tmp_path / "b.csv").touch()
    findings = check_settings(workspace(tmp_path, text), INDICATORS, MAPPINGS)
    assert [(one.line, one.key, one.found) for one in findings] == [
        (3, "source[1].mapping", "'servicenw'"),
        (9, "source[2].table", "'incident'"),
        (12, "target[1].indicator", "'csatt'"),
        (15, "report.headline[1]", "'availabilty'"),
    ]
    nearest = ["servicenow", "incidents", "csat", "availability"]
    assert all(f'write "{name}"' in one.remedy for name, one in zip(nearest, findings, strict=True))


def test_a_mapping_of_the_workspace_s_own_must_be_there(tmp_path: Path) -> None:
    (tmp_path / "a.csv").touch()
    folder = workspace(tmp_path, source("a.csv", mapping="mappings/own.toml"))
    assert found(folder) == [("error", "source[1].mapping", "'mappings/own.toml'")]
    (folder / "mappings").mkdir()
    (folder / "mappings" / "own.toml").touch()
    assert found(folder) == []


def test_names_are_not_compared_with_lists_that_were_not_given(tmp_path: Path) -> None:
    (tmp_path / "a.csv").touch()
    text = source("a.csv", mapping="own") + "[[target]]\nindicator = 'own'\nvalue = 0.9\n"
    assert check_settings(workspace(tmp_path, text)) == []


def test_a_source_without_files_is_a_warning(tmp_path: Path) -> None:
    assert found(workspace(tmp_path, source("exports/*.csv"))) == [("warning", "source[1].glob", "'exports/*.csv'")]


def test_one_file_may_not_come_twice_into_a_table(tmp_path: Path) -> None:
    (tmp_path / "incident_1.csv").touch()
    (tmp_path / "log_1.csv").touch()
    text = source("incident*.csv") + source("*.csv") + source("log*.csv", table="changes")
    [finding] = check_settings(workspace(tmp_path, text), INDICATORS, MAPPINGS)
    assert (finding.level, finding.key) == ("error", "source[2].glob")
    assert "source[1] of the same table names incident_1.csv too" in finding.remedy


def test_aliases_must_be_for_columns_and_values_of_the_table(tmp_path: Path) -> None:
    (tmp_path / "a.csv").touch()
    more = 'columns = { prority = ["P"] }\nvalues = { state = { Done = "finished" }, service = { Mail = "E-mail" } }'
    assert found(workspace(tmp_path, source("a.csv", more=more))) == [
        ("error", "source[1].columns.prority", "'prority'"),
        ("error", "source[1].values.state.Done", "'finished'"),
    ]


def test_a_rule_for_a_service_that_is_not_declared_is_a_warning(tmp_path: Path) -> None:
    text = '[[service]]\nservice = "E-mail"\n[[sla]]\nservice = "Email"\ncalendar = "5x8"\nresponse = "1h"\n'
    [finding] = check_settings(workspace(tmp_path, text))
    assert (finding.level, finding.key, finding.line) == ("warning", "sla[1].service", 4)
    assert 'write "E-mail"' in finding.remedy


def test_an_unknown_country_is_told_once(tmp_path: Path) -> None:
    assert found(workspace(tmp_path, '[organisation]\nholidays = "XX"\n')) == [("error", "organisation.holidays", "'XX'")]
    own = '[[calendar]]\nid = "a"\nhours = "7x24"\nholidays = "XY"\n'
    assert found(workspace(tmp_path, own)) == [("error", "calendar[1].holidays", "'XY'")]


def test_every_wrong_row_of_a_calendar_file_is_told(tmp_path: Path) -> None:
    folder = workspace(tmp_path, "")
    (folder / "calendar").mkdir()
    rows = "date,kind,name\n2026-10-01,holiday,国庆节\n2026-02-30,holiday,x\n2026-10-10,workday,y\n"
    (folder / "calendar" / "2026.csv").write_text(rows, encoding="utf-8")
    (folder / "calendar" / "holidays.csv").write_text(rows, encoding="utf-8")
    findings = check_settings(folder)
    assert [(one.file, one.line, one.key, one.found, one.level) for one in findings] == [
        ("calendar/2026.csv", 3, "date", "'2026-02-30'", "error"),
        ("calendar/2026.csv", 4, "kind", "'workday'", "error"),
        ("calendar/holidays.csv", None, "", "'holidays.csv'", "warning"),
    ]


def test_problems_inside_and_outside_the_file_are_told_together(tmp_path: Path) -> None:
    text = (
        '[organisation]\ntimezone = "Beijing"\n'
        + source("exports/*.csv", mapping="servicenw")
        + '[[sla]]\npriority = 9\ncalendar = "5x8"\nresponse = "1h"\n'
        + '[[sla]]\npriority = 1\ncalendar = "9x5"\nresponse = "1h"\n'
    )
    assert found(workspace(tmp_path, text)) == [
        ("error", "organisation.timezone", "'Beijing'"),
        ("warning", "source[1].glob", "'exports/*.csv'"),
        ("error", "source[1].mapping", "'servicenw'"),
        ("error", "sla[1].priority[1]", "9"),
        ("error", "sla[2].calendar", "'9x5'"),
    ]


def test_a_finding_is_one_printable_line() -> None:
    finding = Finding("itsq.toml", "a\x1b[31m\nb", "'x'", "remove it")
    assert str(finding) == r"itsq.toml, a\x1b[31m\nb: found 'x'; remove it"


def test_files_of_a_source_leave_out_lock_files_and_folders(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "~$a.csv", ".hidden.csv"):
        (tmp_path / name).touch()
    (tmp_path / "c.csv").mkdir()
    named = source_files(SourceSettings(glob="*.csv", mapping="m", table="t"), tmp_path)
    assert [path.name for path in named] == ["a.csv", "b.csv"]


@pytest.mark.parametrize("name", ["运维 数据", "a [b] (c)", "100%"])
def test_folders_may_have_any_name(tmp_path: Path, name: str) -> None:
    folder = write_workspace(tmp_path / name).parent
    for file in ("incident.csv", "change_request.csv", "sc_req_item.csv"):
        (folder / "exports" / file).touch()
    assert check_settings(folder, [], MAPPINGS) == []
