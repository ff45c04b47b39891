"""Odd texts of times, each with the moment that it names."""

import pytest

MOMENTS = [
    ("18/Jul/26 9:10 AM", "2026-07-18 09:10:00"),
    ("18/jul/26 9:10 pm", "2026-07-18 21:10:00"),
    ("18/juil./26 09:10", "2026-07-18 09:10:00"),
    ("18/七月/26 9:10 下午", "2026-07-18 21:10:00"),
    ("18 de julho de 2026 às 09:10", "2026-07-18 09:10:00"),
    ("18. Juli 2026 09:10", "2026-07-18 09:10:00"),
    ("Jul 18, 2026, 9:10:00 PM", "2026-07-18 21:10:00"),
    ("Jul 18, 2026 at 9:10 PM", "2026-07-18 21:10:00"),
    ("Jul 18, 2026 @ 09:10:00.000", "2026-07-18 09:10:00"),
    ("Sat Jul 18 09:10:00 2026", "2026-07-18 09:10:00"),
    ("Sat, 18 Jul 2026 09:10:00 +0200", "2026-07-18 07:10:00"),
    ("2026/7/18 上午 9:10", "2026-07-18 09:10:00"),
    ("2026/7/18 下午12:10", "2026-07-18 12:10:00"),
    ("2026/7/18 上午12:10", "2026-07-18 00:10:00"),
    ("2026年7月18日 下午3:05", "2026-07-18 15:05:00"),
    ("2026/07/18(土) 09:10", "2026-07-18 09:10:00"),
    ("2026-07-18 12:00:05 AM", "2026-07-18 00:00:05"),
    ("2026-07-18 12:00:05 PM", "2026-07-18 12:00:05"),
    ("2026-07-18 0:05 AM", "2026-07-18 00:05:00"),
    ("18.07.2026, 09:10", "2026-07-18 09:10:00"),
    ("18.07.2026 09:10 Uhr", "2026-07-18 09:10:00"),
    ("18/07/2026 à 09h10", "2026-07-18 09:10:00"),
    ("18/07/2026 08.10", "2026-07-18 08:10:00"),
    ("18/07/2026 9:10 p. m.", "2026-07-18 21:10:00"),
    ("20260718091005", "2026-07-18 09:10:05"),
    ("20260718", "2026-07-18 00:00:00"),
    ("2026-07-18 09:10:00 UTC", "2026-07-18 09:10:00"),
    ("2026-07-18 09:10:00 GMT+8", "2026-07-18 01:10:00"),
    ("2026-07-18T09:10:00.1234567Z", "2026-07-18 09:10:00"),
    ("2026-07-18 09:10:00,123", "2026-07-18 09:10:00"),
]


@pytest.mark.parametrize(("text", "moment"), MOMENTS)
def test_an_odd_text_is_a_moment(stage, text, moment):
    found = stage(f'number,opened_at\nA,"{text}"\n', "incidents")
    assert (found.column("opened_at"), found.rules) == ([moment], [])


def test_texts_of_all_kinds_in_one_column(stage):
    rows = "".join(f'{number},"{text}"\n' for number, (text, _) in enumerate(MOMENTS))
    assert stage(f"number,opened_at\n{rows}", "incidents").column("opened_at") == [moment for _, moment in MOMENTS]


@pytest.mark.parametrize(
    ("texts", "days"),
    [(["18/07/26", "19/07/26", "20/07/26"], [18, 19, 20]), (["26/07/18", "26/07/19", "26/07/20"], [18, 19, 20])],
)
def test_the_year_of_two_digits_is_where_least_changes(stage, texts, days):
    rows = "".join(f"{number},{text} 09:00\n" for number, text in enumerate(texts))
    found = stage(f"number,opened_at\n{rows}", "incidents")
    assert found.column("opened_at") == [f"2026-07-{day} 09:00:00" for day in days]


def test_a_month_that_no_language_knows_is_refused_with_its_text(stage):
    assert stage("number,opened_at\nA,18/Foo/26 09:00\n", "incidents").rules == [
        (2, "unreadable_time", "opened_at", "18/Foo/26 09:00")
    ]


def test_a_decimal_comma_is_one_where_the_mapping_says_so(stage):
    mapping = 'decimal = ","\ntables = ["metrics"]\n'
    found = stage("time;resource;metric;value\n2026-07-18;a;b;1.234,5\n", "metrics", mapping=mapping)
    assert found.column("value") == [1234.5]


def test_serial_dates_of_a_text_are_dates_where_the_mapping_says_so(stage):
    mapping = 'serials = true\ntables = ["incidents"]\n'
    found = stage("number,opened_at\nA,46300.4027777778\n", "incidents", mapping=mapping)
    assert found.column("opened_at") == ["2026-10-05 09:40:00"]
