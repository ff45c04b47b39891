import re
import tomllib
from pathlib import Path

from itsq_analysis.reports.manifest import PACKAGES, folder_hash


def test_every_run_time_dependency_is_recorded() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert sorted(PACKAGES) == sorted(re.split(r"[<>=~! ;\[]", line)[0] for line in project["dependencies"])


def test_a_folder_hash_follows_names_and_contents_but_not_line_ends(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.css").write_bytes(b"p {\n}\n")
    first = folder_hash(tmp_path)
    (tmp_path / "a" / "x.css").write_bytes(b"p {\r\n}\r\n")
    assert folder_hash(tmp_path) == first
    (tmp_path / "a" / "x.css").rename(tmp_path / "a" / "y.css")
    renamed = folder_hash(tmp_path)
    (tmp_path / "a" / "y.css").write_bytes(b"p {}\n")
    assert len({first, renamed, folder_hash(tmp_path)}) == 3
