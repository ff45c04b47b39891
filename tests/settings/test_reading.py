from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from itsq_analysis.errors import SettingsError
from itsq_analysis.settings import Settings, find_workspace, load_settings, parse_settings
from itsq_analysis.settings.findings import examine

# One broken file each: its text, and what the message must say.
BROKEN = {
    "unknown key": ('[organisation]\nlangauge = "en"', 'line 2, organisation.langauge: found an unknown key; write "language"'),
    "unknown section": ("[calender]\nid = 1", 'line 1, calender: found an unknown key; write "calendar"'),
    "unknown key of an entry": ('[[sla]]\ncalendar="5x8"\nresponse="1h"\nprio = 1', "line 4, sla[1].prio: found an unknown key"),
    "zone": ('[organisation]\ntimezone = "Beijing"', "found 'Beijing'; must be an IANA time zone; write \"Asia/Shanghai\""),
    "zone of the machine": ('[organisation]\ntimezone = "localtime"', "must be an IANA time zone"),
    "language": ('[organisation]\nlanguage = "de"', "must be 'en' or 'zh'"),
    "country": ('[organisation]\nholidays = "China"', 'must be a country such as "CN"'),
    "month": ("[period]\nmonth_starts_on = 31", "period.month_starts_on: found 31; must be less than or equal to 28"),
    "month as text": ('[period]\nmonth_starts_on = "26"', "must be a valid integer"),
    "month as truth": ("[period]\nmonth_starts_on = true", "must be a valid integer"),
    "hours": (
        '[[calendar]]\nid = "x"\nhours = "9 to 5"',
        "line 3, calendar[1].hours: found '9 to 5'; working hours must be like",
    ),
    "no calendar": ("calendar = []", "calendar: found []; must not be empty"),
    "single brackets": ('[calendar]\nid = "x"', "write [[calendar]] in double brackets"),
    "double brackets": ('[[organisation]]\nname = "x"', "write [organisation] in single brackets"),
    "entry missing": ('[[source]]\nglob = "a.csv"\ntable = "incidents"', "source[1].mapping: found nothing; must be given"),
    "unknown calendar": ('[[sla]]\npriority=1\ncalendar="5x9"\nresponse="1h"', "line 3, sla[1].calendar: found '5x9'"),
    "unknown service hours": (
        '[[service]]\nservice="Mail"\ncalendar="7x25"',
        "service[1].calendar: found '7x25'; must be the id of a [[calendar]]; write \"7x24\"",
    ),
    "priority 0": (
        '[[sla]]\npriority=0\ncalendar="5x8"\nresponse="1h"',
        "sla[1].priority[1]: found 0; must be greater than or equal to 1",
    ),
    "priority twice": ('[[sla]]\npriority=[1,1]\ncalendar="5x8"\nresponse="1h"', "must not name the same thing twice"),
    "duration": ('[[sla]]\npriority=1\ncalendar="5x8"\nresponse="4 hours"', "found '4 hours'; must be a duration"),
    "no time": ('[[sla]]\npriority=1\ncalendar="5x8"\nresponse="0h"', "found '0h'; must be a duration"),
    "promises nothing": ('[[sla]]\npriority=1\ncalendar="5x8"', "must give response, resolution or both"),
    "hold reason": ('[[sla]]\ncalendar="5x8"\nresponse="1h"\npaused=["vendor"]', "must be reasons out of caller, supplier"),
    "all and more": ('[[sla]]\ncalendar="5x8"\nresponse="1h"\npaused=["all","caller"]', 'or "all" alone'),
    "date as text": ("[[target]]\nindicator='x'\nvalue=1\nvalid_from=2026-01-01T00:00:00", "must be a date without a time"),
    "scope": ("[[target]]\nindicator='x'\nvalue=1\nscope={priorty=1}", 'write "priority"'),
    "two scopes": ("[[target]]\nindicator='x'\nvalue=1\nscope={priority=1,tier=1}", "found 2 entries; must be at most 1"),
    "same target twice": (
        "[[target]]\nindicator='x'\nvalue=1\n[[target]]\nindicator='x'\nvalue=2",
        "line 5, target[2].indicator: found 'x'; must be given once for each scope",
    ),
    "same service twice": (
        "[[service]]\nservice='x'\n[[service]]\nservice='x'",
        "line 4, service[2].service: found 'x'; must be given once",
    ),
    "same rule twice": (
        '[[sla]]\npriority=1\ncalendar="5x8"\nresponse="1h"\n[[sla]]\npriority=1\ncalendar="5x8"\nresponse="2h"',
        "give each rule its own id",
    ),
    "same calendar twice": (
        "[[calendar]]\nid='x'\nhours='7x24'\n[[calendar]]\nid='x'\nhours='7x24'",
        "calendar[2].id: found 'x'",
    ),
    "headline too long": (f"[report]\nheadline = {[f'i{n}' for n in range(11)]}", "found 11 entries; must be at most 10"),
    "headline twice": ("[report]\nheadline = ['csat', 'csat']", "report.headline[2]: found 'csat'; must be given once"),
    "issued without version": (
        '[report]\nstatus = "issued"',
        'must give version, such as version = "V1.0", where status = "issued"',
    ),
    "corrected without version": ('[report]\nstatus = "corrected"\nreason = "x"', "must give version"),
    "corrected as the first": (
        '[report]\nstatus = "corrected"\nversion = "V1.0"\nreason = "x"',
        "must give a version after V1.0, such as",
    ),
    "corrected without reason": ('[report]\nstatus = "corrected"\nversion = "V1.1"', "must give the reason of the correction"),
    "version form": ('[report]\nversion = "1.0"', "line 2, report.version: found '1.0'; must be a version such as"),
    "status": ('[report]\nstatus = "final"', "found 'final'"),
    "distribution": ("[report]\ndistribution = ['']", "report.distribution[1]"),
    "control character": ('[organisation]\nname = "a\\u001b[31mb"', r"found 'a\x1b[31mb'; must not hold control characters"),
    "syntax": ("[organisation]\nname = \n", "line 2: found Invalid value; the file must be valid TOML"),
    "key twice": ("[store]\npath='a'\npath='b'", "found Cannot overwrite a value"),
    "backslash": ('[[source]]\nglob = "exports\\incident.csv"', "line 2: found Unescaped '\\' in a string; write paths with /"),
    "curly quotes": ("[organisation]\nname = “A”", "line 2: found Invalid value"),
    "nested without end": ("a = " + "[" * 100_000, "brackets nested too deeply"),
    "number without end": ("a = " + "9" * 5000, "Exceeds the limit"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_is_refused_with_place_and_remedy(case: str) -> None:
    text, message = BROKEN[case]
    with pytest.raises(SettingsError) as raised:
        parse_settings(text, "itsq.toml")
    assert str(raised.value).startswith("itsq.toml")
    assert message in str(raised.value)
    assert "\x1b" not in str(raised.value)


def test_all_problems_are_told_at_once_in_the_order_of_the_file() -> None:
    text = """[organisation]
timezone = "Beijing"
[[calendar]]
id = "5x8"
hours = "whenever"
[[sla]]
priority = 9
calendar = "5x8"
response = "1h"
[[sla]]
priority = 2
calendar = "7x24"
response = "1h"
"""
    lines = [finding.line for finding in examine(text, "itsq.toml").findings]
    assert lines == [2, 5, 7, 12]  # the wrong 5x8 is still known to sla[1]; 7x24 is not a calendar of this file


def test_long_values_are_cut_in_messages() -> None:
    [finding] = examine(f'[organisation]\ntimezone = "{"x" * 5000}"', "itsq.toml").findings
    assert len(finding.found) == 80


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    (tmp_path / "itsq.toml").write_bytes('\ufeff[organisation]\r\nname = "运维"\r\n'.encode())
    assert load_settings(tmp_path).organisation.name == "运维"
    assert load_settings(tmp_path / "itsq.toml").organisation.name == "运维"


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_another_encoding_is_refused_with_what_to_do(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "itsq.toml").write_bytes('[organisation]\nname = "运维"\n'.encode(encoding))
    with pytest.raises(SettingsError, match="must be saved as UTF-8"):
        load_settings(tmp_path)


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="itsq init"):
        load_settings(tmp_path)


def test_the_nearest_workspace_upward_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outer = tmp_path / "运维 数据"
    inner = outer / "notebooks" / "own"
    inner.mkdir(parents=True)
    (outer / "itsq.toml").touch()
    monkeypatch.setenv("ITSQ_WORKSPACE", str(tmp_path))
    assert find_workspace(inner) == outer.resolve()
    monkeypatch.chdir(inner)
    assert find_workspace() == outer.resolve()


def test_the_environment_names_a_workspace_where_none_is_near(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named, elsewhere = tmp_path / "named", tmp_path / "elsewhere"
    named.mkdir()
    elsewhere.mkdir()
    (named / "itsq.toml").touch()
    for value in (named, named / "itsq.toml"):
        monkeypatch.setenv("ITSQ_WORKSPACE", str(value))
        assert find_workspace(elsewhere) == named.resolve()
    monkeypatch.setenv("ITSQ_WORKSPACE", str(tmp_path / "gone"))
    with pytest.raises(SettingsError, match="gone"):
        find_workspace(elsewhere)
    monkeypatch.delenv("ITSQ_WORKSPACE")
    with pytest.raises(SettingsError, match="ITSQ_WORKSPACE is not set"):
        find_workspace(elsewhere)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
SECTIONS = [field.alias or name for name, field in Settings.model_fields.items()]
FIELDS = [
    "id",
    "hours",
    "glob",
    "mapping",
    "table",
    "calendar",
    "priority",
    "response",
    "value",
    "indicator",
    "scope",
    "name",
    "path",
]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(
        st.sampled_from(SECTIONS) | st.text(max_size=5),
        VALUES
        | st.dictionaries(st.sampled_from(FIELDS), VALUES)
        | st.lists(st.dictionaries(st.sampled_from(FIELDS), VALUES), max_size=3),
    )
)
def test_whatever_a_file_holds_ends_in_settings_or_findings(raw: dict[str, object]) -> None:
    import itsq_analysis.settings.findings as findings

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(findings.tomllib, "loads", lambda _: raw)
        examined = findings.examine("", "itsq.toml")
    assert isinstance(examined.settings, Settings)
    assert all(finding.remedy and finding.found and "\n" not in str(finding) for finding in examined.findings)


@pytest.mark.parametrize(
    "text",
    [
        '[report]\nstatus = "corrected"\nnothing_known = 1\n',
        '[[sla]]\ncalendar = "5x8"\ncalender = "x"\n',
        '[report]\nstatus = "issued"\nheadline = 3\nversion = 3\n',
        '[[sla]]\ncalendar = 3\nresolution = 4\n[[sla]]\ncalendar = "5x8"\n',
    ],
)
def test_a_section_that_is_wrong_twice_is_told_and_never_a_traceback(text: str) -> None:
    found = examine(text, "itsq.toml").findings
    assert found
    assert all(finding.line for finding in found if finding.key)
