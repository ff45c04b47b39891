from importlib.resources import files
from pathlib import Path

import pytest

from itsq_analysis import resources
from itsq_analysis.errors import ItsqError


def package_in(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    package = place / "site packages 数据" / "itsq_analysis"
    package.mkdir(parents=True)
    monkeypatch.setattr(resources, "files", lambda _name: package)
    return package


def test_in_a_checkout_the_folder_lies_beside_the_package() -> None:
    checkout = Path(str(files("itsq_analysis"))).parent
    assert resources.folder("templates") == checkout / "templates"
    assert resources.folder("data/sample") == checkout / "data" / "sample"


def test_in_a_wheel_the_folder_inside_the_package_is_preferred(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = package_in(tmp_path, monkeypatch)
    (package.parent / "notebooks").mkdir()
    (package / "notebooks").mkdir()
    assert resources.folder("notebooks") == package / "notebooks"


def test_a_missing_folder_is_said_with_the_place_and_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package_in(tmp_path, monkeypatch)
    with pytest.raises(ItsqError, match=r"must come with a folder 'templates'.*reinstall"):
        resources.folder("templates")
