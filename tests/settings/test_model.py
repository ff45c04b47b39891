from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from itsq_analysis.settings import Settings, SlaRule, SourceSettings, Target, parse_settings

FULL = """
[organisation]
name = "集团 IT"
timezone = "America/Sao_Paulo"
language = "en"
holidays = "BR"
[store]
path = "store"
[period]
month_starts_on = 26
[[calendar]]
id = "office"
hours = "Mon-Fri 09:00-18:00"
[[calendar]]
id = "desk"
hours = "Mon-Sat 08:00-20:00"
holidays = ""
[[service]]
service = "E-mail"
tier = 1
users = 1200
calendar = "office"
[[source]]
glob = "exports/incident*.csv"
mapping = "servicenow"
table = "incidents"
timezone = "UTC"
extracted_at = 2026-11-01T06:00:00
day_first = true
columns = { service = "Business service", category = ["Kind", "类别"] }
values = { state = { "Done" = "closed" }, priority = { "Urgent" = 1 } }
[[sla]]
priority = 1
calendar = "desk"
response = "15m"
resolution = "1d 4h"
paused = "all"
[[sla]]
service = "E-mail"
priority = [2, 3]
calendar = "office"
resolution = "2d"
valid_from = 2026-01-01
[[target]]
indicator = "csat"
value = "95%"
[[target]]
indicator = "csat"
value = 0.9
valid_from = 2026-07-01
[[target]]
indicator = "csat"
scope = { priority = 1 }
value = 0.8
kind = "reference"
[report]
headline = ["csat"]
number = "Q-1"
"""


def settings() -> Settings:
    return parse_settings(FULL)


def test_nothing_written_means_the_documented_defaults() -> None:
    default = parse_settings("")
    assert default == Settings()
    assert (default.organisation.timezone, default.organisation.language, default.organisation.holidays) == (
        "Asia/Shanghai",
        "zh",
        "CN",
    )
    assert [(one.id, one.hours, one.holidays) for one in default.calendars] == [
        ("5x8", "Mon-Fri 09:00-12:00,13:00-18:00", "CN"),
        ("7x24", "7x24", "CN"),
    ]
    assert default.store.path == "store"
    assert default.period.month_starts_on == 1
    assert (default.sla, default.targets, default.services, default.sources) == ((), (), (), ())
    assert len(default.report.headline) == 10
    assert (default.report.status, default.report.version, default.report.distribution) == ("draft", "", ())


def test_a_full_file_is_read_as_it_is_written() -> None:
    read = settings()
    assert read.organisation.zone.key == "America/Sao_Paulo"
    assert [calendar.holidays for calendar in read.calendars] == ["BR", ""]
    assert read.services[0].users == 1200
    source = read.sources[0]
    assert source.columns == {"service": ("Business service",), "category": ("Kind", "类别")}
    assert source.values == {"state": {"Done": "closed"}, "priority": {"Urgent": 1}}
    assert str(source.extracted_at) == "2026-11-01 06:00:00"
    assert [rule.id for rule in read.sla] == ["P1", "E-mail P2 P3 from 2026-01-01"]
    assert [rule.priority for rule in read.sla] == [(1,), (2, 3)]
    assert [rule.paused for rule in read.sla] == [("all",), ("caller", "supplier", "change")]
    assert read.report.number == "Q-1"


def test_the_edition_of_a_report_is_read() -> None:
    """Whatever was corrected twice is newer than the first correction, also past the ninth."""
    text = '[report]\nstatus = "corrected"\nversion = "V1.10"\nreason = "late tickets"\ndistribution = "Board"'
    read = parse_settings(text).report
    assert (read.status, read.version, read.reason, read.distribution) == ("corrected", "V1.10", "late tickets", ("Board",))
    assert parse_settings('[report]\nversion = "V0.9"').report.status == "draft"


def test_settings_survive_a_snapshot_and_have_one_fingerprint() -> None:
    read = settings()
    again = Settings.model_validate(read.model_dump(mode="json"))
    assert again == read
    assert again.fingerprint() == read.fingerprint()
    assert len(read.fingerprint()) == 64


def test_the_fingerprint_of_some_parts_ignores_the_others() -> None:
    read, renamed = settings(), parse_settings(FULL.replace("Q-1", "Q-2"))
    assert read.fingerprint() != renamed.fingerprint()
    assert read.fingerprint("calendars", "sla") == renamed.fingerprint("calendars", "sla")
    later = parse_settings(FULL.replace('"15m"', '"20m"'))
    assert read.fingerprint("calendars", "sla") != later.fingerprint("calendars", "sla")


def test_layout_and_order_of_keys_do_not_change_the_fingerprint() -> None:
    one = parse_settings('[organisation]\nname = "A"\nlanguage = "en"')
    other = parse_settings('# a comment\norganisation = { language = "en", name = "A" }')
    assert one.fingerprint() == other.fingerprint()


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        settings().store.path = "elsewhere"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (0.95, 0.95),
        ("95%", 0.95),
        ("99.9 %", 0.999),
        ("4h", 4.0),
        ("15m", 0.25),
        ("90s", 0.025),
        ("1h 30m", 1.5),
        (5, 5.0),
        (-3, -3.0),
    ],
)
def test_a_target_is_a_number_a_share_or_hours(written: object, value: float) -> None:
    assert Target(indicator="x", value=written).value == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize("written", [True, "2d", "fast", "", "95", float("nan"), float("inf"), "-5%", [1]])
def test_other_targets_are_refused(written: object) -> None:
    with pytest.raises(ValidationError, match="must be"):
        Target(indicator="x", value=written)


@given(st.integers(min_value=0, max_value=10_000))
def test_a_percentage_is_the_share_that_is_meant(hundredths: int) -> None:
    assert Target(indicator="x", value=f"{hundredths / 100}%").value == pytest.approx(hundredths / 10_000, abs=1e-12)


def test_the_newest_target_that_is_in_force_counts() -> None:
    read = settings()
    june, july = date(2026, 6, 30), date(2026, 7, 1)
    values = [target.value for day in (june, july) if (target := read.target_for("csat", None, None, day))]
    assert values == [0.95, 0.9]


def test_a_target_of_the_whole_is_none_of_a_part_and_the_reverse() -> None:
    read = settings()
    day = date(2026, 8, 1)
    for member in (1, "1", 1.0):
        target = read.target_for("csat", "priority", member, day)
        assert target is not None
        assert target.value == 0.8
    assert read.target_for("csat", "priority", 2, day) is None
    assert read.target_for("csat", "level", 1, day) is None
    assert read.target_for("nps", None, None, day) is None


def test_before_the_first_valid_day_there_is_no_target() -> None:
    only = Settings(targets=[Target(indicator="csat", value=0.9, valid_from=date(2026, 7, 1))])
    assert only.target_for("csat", None, None, date(2026, 6, 30)) is None


def test_a_rule_is_named_after_what_it_is_for() -> None:
    named = [
        SlaRule(calendar="c", response="1h"),
        SlaRule(calendar="c", response="1h", tier=1, priority=[1, 2]),
        SlaRule(calendar="c", response="1h", id="gold"),
    ]
    assert [rule.id for rule in named] == ["all priorities", "tier 1 P1 P2", "gold"]


@pytest.mark.parametrize("pattern", ["exports/*.csv", "**/*.csv", "数据/故障 单*.xlsx", "a.csv"])
def test_a_source_names_files_inside_the_workspace(pattern: str) -> None:
    assert SourceSettings(glob=pattern, mapping="m", table="t").glob == pattern


@pytest.mark.parametrize(
    "pattern", ["/etc/*", "../x.csv", "a/../../x", "C:/x.csv", "exports\\x.csv", "a**/x.csv", "exports/", "**", "", "a\0b"]
)
def test_other_patterns_are_refused(pattern: str) -> None:
    with pytest.raises(ValidationError):
        SourceSettings(glob=pattern, mapping="m", table="t")
