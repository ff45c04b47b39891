import pytest

from itsq_analysis.errors import SettingsError
from itsq_analysis.worktime.hours import parse_hours, parse_intervals

DAY = ((540, 720), (780, 1080))


def test_groups_of_days_each_with_its_intervals():
    week = parse_hours("Mon-Fri 09:00-12:00,13:00-18:00; Sat 09:00-12:00")
    assert week.days == (DAY, DAY, DAY, DAY, DAY, ((540, 720),), ())
    assert week.seconds == (5 * 8 + 3) * 3600
    assert not week.always


@pytest.mark.parametrize(
    ("text", "worked"),
    [
        ("Mon,Wed,Fri 9:00-17:00", "1010100"),
        ("Mon-Tue, Sat 09:00-17:00", "1100010"),
        ("sun-THU 09:00-17:00", "1111001"),
        ("Mon-Sun 00:00-24:00;", "1111111"),
    ],
)
def test_days_are_single_or_lists_or_ranges(text, worked):
    assert "".join("1" if day else "0" for day in parse_hours(text).days) == worked


def test_full_width_punctuation_is_understood():
    assert (
        parse_hours("Mon–Fri 09：00－12：00，13：00～18：00；Sat 09：00—12：00").days
        == parse_hours("Mon-Fri 09:00-12:00,13:00-18:00; Sat 09:00-12:00").days
    )


@pytest.mark.parametrize("text", ["7x24", "24X7", " 7×24 "])
def test_around_the_clock(text):
    week = parse_hours(text)
    assert week.always
    assert week.seconds == 7 * 86400


def test_a_night_shift_runs_into_the_next_day():
    assert parse_hours("Mon 22:00-06:00").days[0] == ((1320, 1800),)
    assert parse_hours("Mon 18:00-00:00").days[0] == ((1080, 1440),)


def test_ordinary_hours_are_the_most_usual_ones_of_monday_to_friday():
    assert parse_hours("Mon-Thu 09:00-18:00; Fri 09:00-15:00; Sat 09:00-12:00").ordinary == ((540, 1080),)
    assert parse_hours("Sat,Sun 10:00-16:00").ordinary == ((600, 960),)


@pytest.mark.parametrize(
    ("text", "found", "remedy"),
    [
        ("", "''", "at least one day"),
        ("weekdays 9-18", "'Weekdays'", "use the weekdays Mon, Tue"),
        ("Mon-Wed-Fri 09:00-18:00", "'Mon-Wed-Fri'", "write a range as Mon-Fri"),
        ("Mon,, 09:00-18:00", "''", "use the weekdays Mon, Tue"),
        ("09:00-18:00", "'09:00-18:00'", "start each group with its days"),
        ("Mon-Fry 09:00-18:00", "'Fry'", "Mon, Tue, Wed, Thu, Fri, Sat, Sun"),
        ("Mon-Fri 9-18", "'9-18'", "write an interval as 09:00-12:00"),
        ("Mon-Fri", "'Mon-Fri'", "write an interval as"),
        ("Mon-Fri 09:00-25:00", "'09:00-25:00'", "times from 00:00 to 24:00"),
        ("Mon-Fri 09:60-12:00", "'09:60-12:00'", "times from 00:00 to 24:00"),
        ("Mon-Fri 24:00-06:00", "'24:00-06:00'", "times from 00:00 to 24:00"),
        ("Mon-Fri 09:00-09:00", "'09:00-09:00'", "an end that differs"),
        ("Mon-Fri 09:00-13:00,12:00-18:00", "'09:00-13:00,12:00-18:00'", "do not overlap"),
        ("Mon-Fri 09:00-18:00; Fri 09:00-15:00", "'Fri'", "each weekday once"),
    ],
)
def test_other_texts_are_refused_with_what_was_found_and_what_to_do(text, found, remedy):
    with pytest.raises(SettingsError) as error:
        parse_hours(text, "itsq.toml")
    assert f"found {found} in {text!r} in itsq.toml" in str(error.value) or not text
    assert remedy in str(error.value)
    assert "must be like 'Mon-Fri 09:00-12:00,13:00-18:00" in str(error.value)


def test_intervals_are_put_in_order():
    assert parse_intervals("13:00-18:00;09:00-12:00") == DAY
