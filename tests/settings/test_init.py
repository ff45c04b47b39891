import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsq_analysis.errors import SettingsError
from itsq_analysis.settings import Settings, check_settings, load_settings, parse_settings, write_workspace
from itsq_analysis.settings.init import settings_text

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=30)


def with_examples(text: str) -> str:
    """The file as a reader gets it who takes the # off every example."""
    return re.sub(r"^#(?=[\[a-z])", "", text, flags=re.MULTILINE)


def test_a_new_workspace_has_the_defaults(tmp_path: Path) -> None:
    file = write_workspace(tmp_path / "运维 数据")
    assert file == tmp_path / "运维 数据" / "itsq.toml"
    assert sorted(path.name for path in file.parent.iterdir()) == ["calendar", "exports", "itsq.toml", "registers"]
    written, default = load_settings(file), Settings()
    assert written.organisation == default.organisation.model_copy(update={"name": "运维 数据"})
    for part in ("store", "period", "calendars", "services", "sla", "targets"):
        assert getattr(written, part) == getattr(default, part)
    assert written.report == default.report.model_copy(update={"classification": "内部"})


def test_what_is_given_is_written(tmp_path: Path) -> None:
    write_workspace(tmp_path, timezone="America/Sao_Paulo", holidays="BR", language="en", name='A "quoted" \\ name')
    organisation = load_settings(tmp_path).organisation
    assert organisation.name == 'A "quoted" \\ name'
    assert (organisation.timezone, organisation.holidays, organisation.language) == ("America/Sao_Paulo", "BR", "en")


def test_a_new_workspace_has_no_errors(tmp_path: Path) -> None:
    findings = check_settings(write_workspace(tmp_path))
    assert {(one.level, one.key.split(".")[1]) for one in findings} == {("warning", "glob")}


def test_every_example_is_valid() -> None:
    read = parse_settings(with_examples(settings_text("A")))
    assert [calendar.id for calendar in read.calendars] == ["5x8", "7x24", "5x8-north", "5x8-south"]
    assert [(rule.priority, rule.calendar, rule.response, rule.resolution) for rule in read.sla] == [
        ((1,), "7x24", "15m", "4h"),
        ((2,), "7x24", "30m", "8h"),
        ((3,), "5x8", "1h", "16h"),
        ((4,), "5x8", "4h", "40h"),
    ]
    assert {rule.paused for rule in read.sla} == {("caller", "supplier", "change")}
    assert {target.kind for target in read.targets} == {"reference"}
    assert len(read.targets) == 16
    assert [service.service for service in read.services] == ["E-mail"]


def test_every_comment_is_in_both_languages() -> None:
    for block in re.findall(r"(?:^# .*\n)+", settings_text("A"), flags=re.MULTILINE):
        assert re.search("[\u4e00-\u9fff]", block), block
        assert re.search("[A-Za-z]{4}", block), block


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    write_workspace(tmp_path, name="first")
    with pytest.raises(SettingsError, match="must not hold"):
        write_workspace(tmp_path, name="second")
    assert load_settings(tmp_path).organisation.name == "first"


@pytest.mark.parametrize(
    ("option", "value"),
    [("timezone", "Beijing"), ("language", "de"), ("holidays", "China"), ("name", "a\nb"), ("name", "\udc80"), ("timezone", "")],
)
def test_wrong_values_write_nothing(tmp_path: Path, option: str, value: str) -> None:
    with pytest.raises(SettingsError):
        write_workspace(tmp_path / "new", **{option: value})
    assert not (tmp_path / "new").exists()


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    with pytest.raises(SettingsError, match="must be writable"):
        write_workspace(tmp_path / "taken")


@given(TEXT)
def test_any_name_is_read_back_as_it_wgiven_workspace(name: str) -> None:
    assert parse_settings(settings_text(name)).organisation.name == name


def test_every_indicator_that_the_file_names_exists() -> None:
    from itsq_analysis.indicators.catalogue import load_catalogue

    read = parse_settings(with_examples(settings_text("A")))
    named = {*read.report.headline, *(target.indicator for target in read.targets)}
    assert named - {*load_catalogue()} == set()


def test_every_mapping_and_table_that_the_file_names_exists() -> None:
    from itsq_analysis.ingest.mapping import load_mapping

    read = parse_settings(with_examples(settings_text("A")))
    assert len(read.sources) == 15
    for source in read.sources:
        assert load_mapping(source.mapping).table(source.table)
