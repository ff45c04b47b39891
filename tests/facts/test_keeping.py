"""Facts are computed once per scope, kept on disk where they are dear, and never mixed up."""

import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from itsq_analysis.facts import Cache, Scope, fact, keep
from itsq_analysis.facts.codec import decode, digest, encode
from itsq_analysis.periods import parse_period


def frame() -> pd.DataFrame:
    made = pd.DataFrame(
        {
            "unique_id": pd.Series(["a", "b"], dtype="str"),
            "ds": pd.to_datetime(["2026-01-01", "2026-01-02"]),
            "y": [1.0, np.nan],
            "day": [date(2026, 1, 1), None],
            "n": pd.array([1, None], dtype="Int64"),
            "at": pd.to_datetime(["2026-01-01 09:00", None]).tz_localize("Asia/Shanghai"),
        }
    )
    made.attrs["notes"] = ["ended", ("a", 1)]
    return made


VALUES = [
    *(None, True, 3, 0.1 + 0.2, "=1", float("inf"), (1, (2, [3])), {"a": {"b": 1}}, {1: "x"}, frozenset({"a"})),
    *(date(2026, 1, 1), time(9, 30), timedelta(hours=3), datetime(2026, 1, 1, tzinfo=UTC)),
    *(datetime(2026, 1, 1, 2, tzinfo=ZoneInfo("Asia/Shanghai")), pd.Timestamp("2026-01-01", tz="UTC"), pd.Timestamp("2026-01-01")),
    *(pd.Timedelta("3h"), parse_period("2026-10"), np.float64(2.5)),
]


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_a_value_comes_back_as_it_was(value):
    back = decode(encode(value))
    assert back == value
    assert type(back) is type(value)


def test_frames_series_and_arrays_come_back_as_they_were():
    back = decode(encode((frame(), frame()["y"], np.arange(6.0).reshape(2, 3))))
    pd.testing.assert_frame_equal(back[0], frame())
    assert back[0].attrs == frame().attrs
    pd.testing.assert_series_equal(back[1], frame()["y"])
    np.testing.assert_array_equal(back[2], np.arange(6.0).reshape(2, 3))


@dataclass(frozen=True)
class Foreign:
    value: int


def test_a_class_of_elsewhere_is_not_built():
    with pytest.raises(ValueError, match="must be of itsq_analysis"):
        decode(encode(Foreign(1)))
    with pytest.raises(TypeError, match="found module"):
        encode(np)


def test_every_part_of_a_frame_counts_in_its_digest():
    plain = digest(frame())
    assert plain == digest(frame())
    others = [
        frame().assign(y=[1.0, 2.0]),
        frame().rename(columns={"y": "z"}),
        frame().iloc[::-1],
        frame().astype({"n": "float64"}),
    ]
    assert len({plain, *map(digest, others)}) == 1 + len(others)


def test_a_fact_is_computed_once_per_scope_and_arguments():
    calls = []

    @fact
    def doubled(
        scope: Scope,  # noqa: ARG001 - every fact takes one
        number: int,
        *,
        plus: int = 0,
    ) -> int:
        calls.append(number)
        return 2 * number + plus

    first, second = Scope(None, None, None), Scope(None, None, None)
    assert [doubled(first, 1), doubled(first, 1), doubled(first, 1, plus=1), doubled(second, 1)] == [2, 2, 3, 2]
    assert (doubled(first, number=1), doubled(first, 1, plus=0)) == (2, 2)  # the same question in other words
    assert calls == [1, 1, 1]


def test_a_kept_value_is_read_by_the_next_and_computed_for_another_key(tmp_path):
    calls = []

    def compute() -> pd.DataFrame:
        calls.append(1)
        return frame()

    for _ in range(2):
        pd.testing.assert_frame_equal(keep(Cache(tmp_path / "cache"), ("a", 1), compute), frame())
    keep(Cache(tmp_path / "cache"), ("a", 2), compute)
    assert len(calls) == 2


def test_a_broken_file_is_computed_anew(tmp_path):
    cache = Cache(tmp_path)
    keep(cache, ("a",), lambda: (1, 2))
    [file] = cache.files()
    for content in (b"", b"no archive", file.read_bytes()[:-30]):
        file.write_bytes(content)
        assert keep(cache, ("a",), lambda: (1, 2)) == (1, 2)
        assert decode(file.read_bytes()) == (1, 2)


def test_without_room_the_fact_is_computed_and_nothing_is_left(tmp_path, monkeypatch):
    def full(self: Path, content: bytes) -> int:  # noqa: ARG001 - as Path has it
        self.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    cache = Cache(tmp_path)
    assert keep(cache, ("a",), lambda: 7) == 7
    assert cache.files() == []


def test_the_oldest_facts_go_beyond_the_limit(tmp_path):
    cache = Cache(tmp_path, limit=3 * len(encode("x" * 1000)))
    for number in range(5):
        keep(cache, (number,), lambda: "x" * 1000)
    assert len(cache.files()) == 3
    assert cache.size() <= cache.limit
    assert cache.empty() == 3
    assert cache.files() == []


SLOW = """
import sys
from pathlib import Path
from itsq_analysis.facts import Cache, keep
print(keep(Cache(Path(sys.argv[1])), ("a",), lambda: tuple(range(100))) == tuple(range(100)))
"""


def test_two_processes_keep_one_fact(tmp_path):
    running = [
        subprocess.Popen([sys.executable, "-c", SLOW, str(tmp_path)], stdout=subprocess.PIPE, encoding="utf-8") for _ in range(2)
    ]
    assert [process.communicate()[0].strip() for process in running] == ["True", "True"]
    assert len(Cache(tmp_path).files()) == 1
