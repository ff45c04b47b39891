from datetime import date
from pathlib import Path

import pytest

from itsq_analysis.errors import SettingsError
from itsq_analysis.worktime import build_calendar, country_days, override_problems, read_overrides
from itsq_analysis.worktime.days import CountryDays, DayTable, SpecialDay
from itsq_analysis.worktime.hours import parse_hours

OFFICE = parse_hours("Mon-Fri 09:00-12:00,13:00-18:00; Sat 09:00-12:00")
FULL = ((540, 720), (780, 1080))
MORNING = ((540, 720),)
MONDAY, SATURDAY, SUNDAY = date(2026, 10, 12), date(2026, 10, 17), date(2026, 10, 18)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "运维 数据" / "calendar"
    found.mkdir(parents=True)
    return found


def write(folder: Path, name: str, *lines: str, encoding: str = "utf-8") -> None:
    (folder / name).write_text("\n".join(lines) + "\n", encoding=encoding)


# the country's table


def test_china_has_holidays_and_adjusted_working_days():
    china = country_days("CN", 2026, 2026)
    assert {date(2026, 10, day) for day in range(1, 8)} - set(china.holidays) == {date(2026, 10, 4)}  # a Sunday anyway
    assert {day for day in china.working if day.year == 2026} == {
        date(2026, 1, 4),
        date(2026, 2, 14),
        date(2026, 2, 28),
        date(2026, 5, 9),
        date(2026, 9, 20),
        date(2026, 10, 10),
    }


def test_names_are_in_the_language_asked_for_whatever_the_machine_speaks(monkeypatch):
    monkeypatch.setenv("LANGUAGE", "th")
    assert country_days("CN", 2024, 2024, "zh").holidays[date(2024, 10, 1)] == "国庆节"
    assert country_days("CN", 2024, 2024, "en").holidays[date(2024, 10, 1)] == "National Day"
    assert country_days("BR", 2024, 2024, "zh").holidays[date(2024, 9, 7)] == "Independência do Brasil"


def test_dates_in_names_are_written_as_a_reader_of_the_language_writes_them():
    day = date(2026, 10, 6)
    assert country_days("CN", 2026, 2026, "en").holidays[day] == "Day off (substituted from 20 September 2026)"
    assert country_days("CN", 2026, 2026, "zh").holidays[day] == "休息日（由2026年9月20日调休）"


def test_categories_and_subdivisions_of_a_country():
    corpus_christi = date(2016, 5, 26)
    assert corpus_christi not in country_days("BR", 2016, 2016).holidays
    assert corpus_christi in country_days("BR:public,optional", 2016, 2016).holidays
    epiphany = date(2026, 1, 6)
    assert epiphany not in country_days("DE", 2026, 2026).holidays
    assert epiphany in country_days("DE-BY", 2026, 2026).holidays


@pytest.mark.parametrize("code", ["XX", "cn", "China!", "BR:odd", "DE-XX", "CN;"])
def test_an_unknown_country_is_refused(code):
    with pytest.raises(SettingsError, match="holidays must be a country") as error:
        country_days(code, 2026, 2026)
    assert repr(code) in str(error.value)


def test_no_country_no_special_days():
    assert country_days("", 2026, 2026) == CountryDays()


# the workspace's calendar files


def test_rows_of_a_calendar_file(folder):
    write(
        folder,
        "2026.csv",
        "date,kind,name,hours",
        "2026-10-12,holiday,Founder's day,",
        "",
        '2026/10/17,Working,Move,"09:00-12:00,13:00-15:00"',
        "2026-10-18,half,半天,10:00-12:00",
        ",,,",
        encoding="utf-8-sig",
    )
    assert read_overrides(folder) == {
        MONDAY: SpecialDay("holiday", "Founder's day"),
        SATURDAY: SpecialDay("working", "Move", ((540, 720), (780, 900))),
        SUNDAY: SpecialDay("half", "半天", ((600, 720),)),
    }


def test_a_file_saved_by_chinese_excel_is_read(folder):
    write(folder, "2026.csv", "date,kind,name", "2026-10-12,holiday,公司纪念日", encoding="gb18030")
    assert read_overrides(folder)[MONDAY].name == "公司纪念日"


def test_only_the_years_asked_for_and_only_files_named_after_a_year_are_read(folder):
    write(folder, "2025.csv", "date,kind", "nonsense,holiday")
    write(folder, "2026.csv", "date,kind", "2026-10-12,holiday")
    write(folder, "notes.csv", "anything")
    assert set(read_overrides(folder, 2026, 2027)) == {MONDAY}
    assert read_overrides(folder / "missing") == {}


def test_every_problem_of_every_file_is_listed_with_row_value_and_remedy(folder):
    write(
        folder,
        "2026.csv",
        "date,kind,name,hours",
        "2026-10-32,holiday,a,",
        "2025-10-01,holiday,b,",
        "2026-10-12,vacation,c,",
        "2026-10-13,working,d,9-12",
        "2026-10-14,holiday,e,09:00-12:00",
        "2026-10-15,holiday,f,",
        "2026-10-15,working,g,",
        "2026-10-16,working,h,09:00-12:00,13:00-15:00",
    )
    write(folder, "2027.csv", "day;kind", "2027-01-01;holiday")
    assert [(problem.file, problem.row, problem.column, problem.found) for problem in override_problems(folder)] == [
        ("2026.csv", 2, "date", "2026-10-32"),
        ("2026.csv", 3, "date", "2025-10-01"),
        ("2026.csv", 4, "kind", "vacation"),
        ("2026.csv", 5, "hours", "9-12"),
        ("2026.csv", 6, "hours", "09:00-12:00"),
        ("2026.csv", 8, "date", "2026-10-15"),
        ("2026.csv", 9, "hours", "2026-10-16,working,h,09:00-12:00,13:00-15:00"),
        ("2027.csv", 1, "header", "day;kind"),
    ]
    with pytest.raises(SettingsError) as error:
        read_overrides(folder)
    assert "2026.csv, row 4, column kind: found 'vacation'; write holiday, working or half" in str(error.value)
    assert "2027.csv, row 1, column header: found 'day;kind'; write the header date,kind,name,hours" in str(error.value)


@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe\x81", b"date,kind\n\x81\x20,holiday\n", b'date,kind\n"2026'])
def test_a_file_of_nonsense_is_a_problem_and_not_a_traceback(folder, content):
    (folder / "2026.csv").write_bytes(content)
    assert override_problems(folder)


# hours of a day


@pytest.mark.parametrize(
    ("day", "special", "hours"),
    [
        (MONDAY, None, FULL),
        (SATURDAY, None, MORNING),
        (SUNDAY, None, ()),
        (MONDAY, SpecialDay("holiday", ""), ()),
        (MONDAY, SpecialDay("half", ""), MORNING),
        (MONDAY, SpecialDay("half", "", ((600, 660),)), ((600, 660),)),
        (SATURDAY, SpecialDay("working", ""), FULL),
        (SUNDAY, SpecialDay("half", ""), MORNING),
        (SUNDAY, SpecialDay("working", "", ((600, 660),)), ((600, 660),)),
    ],
)
def test_the_workspace_overrides_the_week(day, special, hours):
    assert DayTable(OFFICE, overrides={day: special} if special else {}).hours(day) == hours


def test_an_adjusted_working_day_has_ordinary_hours_and_a_holiday_none():
    china = CountryDays({MONDAY: "Holiday"}, frozenset({SATURDAY}), 2026)
    table = DayTable(OFFICE, china)
    assert (table.hours(MONDAY), table.hours(SATURDAY)) == ((), FULL)
    assert (table.holiday_name(MONDAY), table.holiday_name(SATURDAY)) == ("Holiday", None)


def test_the_workspace_overrides_the_country():
    china = CountryDays({MONDAY: "Holiday"}, frozenset({SATURDAY}), 2026)
    own = {MONDAY: SpecialDay("working", "Cut-over"), SATURDAY: SpecialDay("holiday", "Rest")}
    table = DayTable(OFFICE, china, own)
    assert (table.hours(MONDAY), table.hours(SATURDAY)) == (FULL, ())
    assert (table.holiday_name(MONDAY), table.holiday_name(SATURDAY)) == (None, "Rest")


def test_around_the_clock_neither_holidays_nor_calendar_files_stop_the_clock(folder):
    write(folder, "2026.csv", "date,kind", "2026-10-12,holiday")
    calendar = build_calendar("7x24", "7x24", "Asia/Shanghai", "CN", folder, first_year=2026, last_year=2026)
    assert calendar.working_days(date(2026, 1, 1), date(2027, 1, 1)) == 365
    assert calendar.holiday_name(date(2026, 10, 1)) is None
