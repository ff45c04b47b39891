"""Dates and times: formats, the order of day and month, zones and their clock changes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from itsq_analysis.errors import IngestError
from itsq_analysis.ingest.times import EPOCH, wall_clock

SAO_PAULO = "America/Sao_Paulo"


def outage(*starts):
    return "number;service;kind;started_at\n" + "".join(f"{n};E-mail;unplanned;{start}\n" for n, start in enumerate(starts, 1))


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-05 09:20:00",
        "2026-10-05 09:20",
        "2026-10-05T09:20:00",
        "2026-10-05T09:20",
        "2026-10-05 09:20:00.000",
        "2026-10-5 9:20",
        "2026/10/05 09:20:00",
        "2026/10/5 9:20",
        "2026.10.05 09:20",
        "2026年10月5日 09:20",
        "2026年10月05日09:20:00",
        "2026年10月5日 9时20分",
        "2026年10月5日 9时20分0秒",
        "2026-10-05 09:20:00 AM",
        " 2026-10-05 09:20 ",
        "\u30002026-10-05 09:20\u00a0",
        "2026-10-05T01:20:00Z",
        "2026-10-05 01:20:00Z",
        "2026-10-05T01:20:00.000Z",
        "2026-10-05T03:20:00+02:00",
        "2026-10-05T03:20:00+0200",
        "2026-10-04 21:50:00 -0330",
        "2026-10-05T01:20:00.000+0000",
        "2026-10-05T01:20Z",
    ],
)
def test_one_moment_in_many_formats(stage, text):
    assert stage(outage(text), zone="Asia/Shanghai").column("started_at") == ["2026-10-05 01:20:00"]


@pytest.mark.parametrize(("text", "expected"), [("2026-10-05", "2026-10-04 16:00:00"), ("2026/3/5", "2026-03-04 16:00:00")])
def test_a_day_alone_is_its_midnight(stage, text, expected):
    assert stage(outage(text), zone="Asia/Shanghai").column("started_at") == [expected]


@pytest.mark.parametrize(
    "text",
    ["yesterday", "2026-02-30", "2026-10-05 25:00", "5/10/26 9:20", "2026-10-05 9:20 x", "46300.4", "2026-13-01"],
)
def test_what_is_no_time_is_refused_with_its_text(stage, text):
    expected = "implausible_time" if text == "5/10/26 9:20" else "unreadable_time"
    assert stage(outage(text), day_first=True).rules == [(2, expected, "started_at", text)]


def test_formats_may_change_from_row_to_row(stage):
    found = stage(outage("2026-10-05 09:20", "2026/10/5 9:20", "2026-10-05T09:20:00Z", "never"))
    assert found.column("started_at") == ["2026-10-05 09:20:00"] * 3
    assert found.rules == [(5, "unreadable_time", "started_at", "never")]


def test_fractions_of_a_second_are_kept(stage, connection):
    found = stage(outage("2026-10-05 09:20:00.125"))
    [(micros,)] = connection.execute(f'SELECT epoch_us(started_at) % 1000000 FROM "{found.facts.relation}"').fetchall()
    assert micros == 125000


def test_implausible_years(stage):
    found = stage(outage("1989-12-31 23:59", "1990-01-01", "2100-12-31 23:59", "2101-01-01", "0001-01-01 00:00"))
    assert found.column("started_at") == ["1990-01-01 00:00:00", "2100-12-31 23:59:00"]
    assert [(line, rule) for line, rule, *_ in found.rules] == [(line, "implausible_time") for line in (2, 5, 6)]


# the order of day and month ------------------------------------------------------------------------------------------


def test_one_row_proves_the_order_of_all(stage):
    found = stage(outage("3/4/2016 08:00", "15/3/2016 08:00", "29/2/2016 1:16"))
    assert (found.facts.day_first, found.column("started_at")) == (
        True,
        ["2016-04-03 08:00:00", "2016-03-15 08:00:00", "2016-02-29 01:16:00"],
    )


def test_another_column_of_the_file_can_prove_it(stage):
    found = stage("number,service,kind,started_at,restored_at\n1,a,unplanned,3/4/2016,3/25/2016\n")
    assert (found.facts.day_first, found.column("started_at")) == (False, ["2016-03-04 00:00:00"])


@pytest.mark.parametrize("separator", ["/", "-", "."])
def test_the_order_that_the_source_states(stage, separator):
    text = f"3{separator}4{separator}2016 08:00"
    assert stage(outage(text), day_first=True).column("started_at") == ["2016-04-03 08:00:00"]
    assert stage(outage(text), day_first=False).column("started_at") == ["2016-03-04 08:00:00"]


def test_the_order_of_the_mapping_and_the_source_before_it(stage):
    mapping = 'name = "own"\nday_first = true\ntables = ["outages"]\n'
    assert stage(outage("3/4/2016"), mapping=mapping).column("started_at") == ["2016-04-03 00:00:00"]
    assert stage(outage("3/4/2016"), mapping=mapping, day_first=False).column("started_at") == ["2016-03-04 00:00:00"]


def test_an_open_order_is_asked_for(stage):
    with pytest.raises(IngestError, match=r"found only dates that allow both, such as in line 2 of export\.csv; set day_first"):
        stage(outage("3/4/2016 08:00", "12/12/2016 08:00"))


def test_rows_in_both_orders_are_an_error(stage):
    with pytest.raises(IngestError, match="found day first in line 2 and month first in line 3"):
        stage(outage("15/3/2016", "3/15/2016"))


def test_rows_in_both_orders_with_a_stated_one_go_to_quarantine(stage):
    assert stage(outage("15/3/2016", "3/15/2016"), day_first=True).rules == [(3, "unreadable_time", "started_at", "3/15/2016")]


def test_rows_that_contradict_what_is_stated_are_an_error(stage):
    with pytest.raises(IngestError, match="must be written month first, as day_first = false says; found only day first ones"):
        stage(outage("15/3/2016", "3/4/2016"), day_first=False)


def test_nothing_is_asked_where_nothing_is_open(stage):
    assert stage(outage("2016-03-04")).facts.day_first is None
    assert stage(outage("5/5/2016")).rules == [(2, "unreadable_time", "started_at", "5/5/2016")]


def test_own_formats_and_no_others(stage):
    mapping = 'name = "own"\ndate_formats = ["%d.%m.%Y um %H:%M"]\ntables = ["outages"]\n'
    found = stage(outage("5.10.2026 um 09:20", "2026-10-05 09:20"), mapping=mapping)
    assert found.column("started_at") == ["2026-10-05 09:20:00"]
    assert found.rules == [(3, "unreadable_time", "started_at", "2026-10-05 09:20")]


def test_a_wrong_own_format_is_an_error(stage):
    with pytest.raises(IngestError, match=r"must be strptime formats.* found '%d\.%Q'"):
        stage(outage("5.10.2026"), mapping='name = "own"\ndate_formats = ["%d.%Q"]\ntables = ["outages"]\n')


def test_dates_without_a_time(stage):
    found = stage("number,service,kind,started_at,reviewed_on\n1,a,unplanned,2026-10-05,2026-10-06 10:00\n", zone="Asia/Shanghai")
    assert found.column("reviewed_on") == [date(2026, 10, 6)]


# zones ---------------------------------------------------------------------------------------------------------------


def test_a_time_that_does_not_exist_moves_forward_by_the_gap(stage):
    found = stage(outage("2015-10-18 00:30", "2015-10-17 23:59", "2015-10-18 01:00"), zone=SAO_PAULO)
    assert found.column("started_at") == ["2015-10-18 03:30:00", "2015-10-18 02:59:00", "2015-10-18 03:00:00"]
    assert (found.facts.shifted_times, found.facts.ambiguous_times) == (1, 0)


def test_a_time_that_occurs_twice_is_the_first(stage):
    found = stage(outage("2016-02-20 23:30", "2016-02-20 22:59", "2016-02-21 00:00"), zone=SAO_PAULO)
    assert found.column("started_at") == ["2016-02-21 01:30:00", "2016-02-21 00:59:00", "2016-02-21 03:00:00"]
    assert (found.facts.shifted_times, found.facts.ambiguous_times) == (0, 1)


def test_a_time_with_an_offset_is_in_no_doubt(stage):
    found = stage(outage("2016-02-20 23:30:00-0300"), zone=SAO_PAULO)
    assert found.column("started_at") == ["2016-02-21 02:30:00"]
    assert (found.facts.shifted_times, found.facts.ambiguous_times) == (0, 0)


def test_doubtful_times_of_refused_rows_are_not_counted(stage):
    found = stage("number,service,kind,started_at,restored_at\n1,,unplanned,2016-02-20 23:30,2015-10-18 00:30\n", zone=SAO_PAULO)
    assert (found.facts.shifted_times, found.facts.ambiguous_times, found.facts.refused) == (0, 0, 1)


def test_which_zone_holds(stage):
    mapping = 'name = "own"\ntimezone = "Asia/Tokyo"\ntables = ["outages"]\n'
    text = outage("2026-10-05 09:00")
    for found, zone, place, hour in (
        (stage(text, zone="Asia/Shanghai"), "Asia/Shanghai", "workspace", "01"),
        (stage(text, zone="Asia/Shanghai", mapping=mapping), "Asia/Tokyo", "mapping", "00"),
        (stage(text, zone="Asia/Shanghai", mapping=mapping, timezone="UTC"), "UTC", "source", "09"),
    ):
        assert (found.facts.timezone, found.facts.timezone_from) == (zone, place)
        assert found.column("started_at") == [f"2026-10-05 {hour}:00:00"]


def test_the_extraction_time_without_an_offset_is_in_the_zone_of_the_source(stage):
    found = stage(outage("2026-10-05"), zone="Asia/Shanghai", extracted_at=datetime(2026, 11, 1, 6))
    assert found.facts.extracted_at.astimezone(UTC) == datetime(2026, 10, 31, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    "name",
    [SAO_PAULO, "Europe/London", "Asia/Shanghai", "Australia/Lord_Howe", "Africa/Casablanca", "America/New_York", "UTC"],
)
def test_wall_time_to_utc_is_that_of_zoneinfo(connection, name):
    """zoneinfo with fold=0 is the oracle (the first of two, forward by the gap), around every change and on ordinary days."""
    clock, zone = wall_clock(name), ZoneInfo(name)
    near = [EPOCH + timedelta(microseconds=start, minutes=m) for start, _ in clock.offsets[1:] for m in range(-150, 151, 10)]
    near += [moment - timedelta(microseconds=1) for moment in near]
    far = [datetime(1990, 1, 2) + timedelta(days=97.31 * number) for number in range(416)]
    walls = [moment for moment in near + far if 1990 <= moment.year <= 2100]
    micros = [(wall - EPOCH) // timedelta(microseconds=1) for wall in walls]
    connection.register("walls", pa.table({"w": pa.array(micros, pa.int64())}))
    found = connection.execute(
        f"SELECT w, {clock.utc_micros('w')}, {clock.is_doubtful('w', 'ambiguous')}, {clock.is_doubtful('w', 'shifted')} FROM walls"
    ).fetchall()
    expected = []
    for wall, micro in zip(walls, micros, strict=True):
        first, second = (wall.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
        utc = wall.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
        expected.append((micro, (utc - EPOCH) // timedelta(microseconds=1), first > second, first < second))
    assert found == expected
