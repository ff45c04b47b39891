"""What is committed in data/sample is what the generator writes, small enough for git, and free of traces of its making."""

import gzip
import json
import zipfile
from pathlib import Path

import pytest

from tests.demo.conftest import SAMPLE
from tools.demo import write_demo

GENERATED = ("exports", "registers", "itsq.toml", "truth.json", "README.md")


def _files(folder: Path) -> dict[str, bytes]:
    paths = [path for name in GENERATED for path in [folder / name, *(folder / name).glob("*")] if path.is_file()]
    contents = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    return {name: gzip.decompress(content) if name.endswith(".gz") else content for name, content in contents.items()}


def test_the_committed_files_are_what_the_generator_writes(tmp_path):
    write_demo(tmp_path / "演示 demo")
    made, committed = _files(tmp_path / "演示 demo"), _files(SAMPLE)
    assert made.keys() == committed.keys()
    assert [name for name in made if made[name] != committed[name]] == []


def test_another_seed_makes_other_tickets_but_the_same_plan(tmp_path, truth):
    write_demo(tmp_path, seed=1)
    other = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    assert other["incidents"]["opened"] != truth["incidents"]["opened"]
    assert [change["ended_at"] for change in other["planted"]["bad_changes"]] == ["2026-06-18 22:40:00", "2026-10-21 21:30:00"]
    assert other["tables"]["incidents"]["kept"] > 40_000


def test_all_of_it_is_at_most_5_6_megabytes():
    total = sum(path.stat().st_size for name in GENERATED for path in [SAMPLE / name, *(SAMPLE / name).glob("*")] if path.is_file())
    assert total <= 5_600_000


@pytest.mark.parametrize("path", sorted(SAMPLE.glob("*/*.gz")), ids=lambda path: path.name)
def test_a_compressed_file_carries_no_time_and_no_name(path):
    magic, flags, time = path.read_bytes()[:2], path.read_bytes()[3], path.read_bytes()[4:8]
    assert (magic, flags, time) == (b"\x1f\x8b", 0, b"\0\0\0\0")


def test_the_workbook_is_stored_undated():
    with zipfile.ZipFile(SAMPLE / "registers" / "outages.xlsx") as book:
        assert {(entry.date_time[0], entry.compress_type, entry.create_system) for entry in book.infolist()} == {(1980, 0, 0)}
        assert b"2026-11-03" in book.read("docProps/core.xml")
