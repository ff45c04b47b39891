"""`itsq demo`: the raw files of data/sample in a new folder, whole or not at all."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from itsq_analysis.cli import demo
from itsq_analysis.settings import check_settings
from tests.cli.running import itsq

SAMPLE = Path(__file__).parents[2] / "data" / "sample"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def raw() -> dict[str, bytes]:
    """What is committed in data/sample but for what only the repository needs."""
    names = ("itsq.toml", "README.md", "exports/", "registers/")
    return {name: content for name, content in contents(SAMPLE).items() if name.startswith(names)}


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A read-only sample in which somebody has worked."""
    sample = tmp_path / "sample"
    for name in ("exports", "registers", "store", "forecasts", "reports", "cache"):
        (sample / name).mkdir(parents=True)
        (sample / name / "made.txt").write_text(name, encoding="utf-8")
    for name in ("itsq.toml", "README.md", "truth.json", ".itsq.lock", ".gitattributes"):
        (sample / name).write_text(name, encoding="utf-8")
    for path in [*sample.rglob("*"), sample]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    monkeypatch.setattr(demo, "folder", lambda _: sample)


def test_the_copy_holds_the_raw_files_byte_by_byte_and_is_a_workspace(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = tmp_path / "新 folder" / "演示 demo"
    ended = itsq(capsys, "demo", folder)
    assert contents(folder) == raw()
    assert (ended.code, ended.out.splitlines()[0]) == (0, f"written: {folder}")
    assert f'next: itsq load -w "{folder}"' in ended.out
    assert check_settings(folder) == []


@pytest.mark.usefixtures("checkout")
def test_without_a_folder_it_goes_into_a_new_one_here(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert itsq(capsys, "demo").out == "written: itsq-demo\nnext: itsq load -w itsq-demo, then: itsq run quality -w itsq-demo\n"
    assert (tmp_path / "itsq-demo" / "itsq.toml").is_file()


@pytest.mark.usefixtures("checkout")
def test_what_was_made_in_a_checkout_stays_there_and_the_copy_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    demo.copy_demo(tmp_path / "empty")
    assert contents(tmp_path / "empty").keys() == {"exports/made.txt", "registers/made.txt", "README.md", "itsq.toml"}
    assert all(path.stat().st_mode & 0o200 for path in (tmp_path / "empty").rglob("*"))


@pytest.mark.parametrize("occupied", ["a file", "a folder with a file"])
def test_what_is_there_is_not_touched(capsys: pytest.CaptureFixture[str], tmp_path: Path, occupied: str) -> None:
    target = tmp_path / "ours"
    mine = target if occupied == "a file" else target / "mine.txt"
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("mine", encoding="utf-8")
    ended = itsq(capsys, "demo", target)
    assert (ended.code, ended.out) == (2, "")
    assert f"must be new or empty; found {target}, which is not" in ended.err
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [mine]
    assert mine.read_text(encoding="utf-8") == "mine"


@pytest.mark.usefixtures("checkout")
def test_on_a_full_disk_nothing_appears_and_the_next_try_succeeds(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: Path, target: Path) -> None:
        if source.name == "itsq.toml":
            raise OSError(28, "No space left on device", str(target))
        shutil.copyfile(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(demo, "copyfile", full)
        ended = itsq(capsys, "demo", tmp_path / "ours")
    assert (ended.code, "No space left on device" in ended.err) == (2, True)
    assert [*(tmp_path / "ours").iterdir()] == []
    demo.copy_demo(tmp_path / "ours")
    assert "itsq.toml" in contents(tmp_path / "ours")


@pytest.mark.usefixtures("checkout")
def test_what_a_killed_copy_left_aside_is_removed(tmp_path: Path) -> None:
    left = tmp_path / "ours" / demo.UNFINISHED / "exports"
    left.mkdir(parents=True)
    (left / "half.csv").write_text("number,op", encoding="utf-8")
    demo.copy_demo(tmp_path / "ours")
    assert contents(tmp_path / "ours").keys() == {"exports/made.txt", "registers/made.txt", "README.md", "itsq.toml"}
