"""The files that install the project agree with one another."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from itsq_analysis.cli.demo import CONTENT

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONDA_NAMES = {
    "jupyter-scheduler": "jupyter_scheduler",
    "duckdb": "python-duckdb",
    "tzdata": "python-tzdata",
    "playwright": "playwright-python",
}


def split(requirement: str) -> tuple[str, str]:
    name, bound = re.fullmatch(r"([A-Za-z0-9_.-]+?)(?:\[[a-z]+\])?\s*((?:[=<>~!]=?|===).*)?", requirement).groups()
    return name.lower(), bound or ""


def declared() -> dict[str, str]:
    extras = [name for extra in PROJECT["project"]["optional-dependencies"].values() for name in extra]
    listed = [*PROJECT["project"]["dependencies"], *extras, *PROJECT["dependency-groups"]["build"]]
    return dict(split(name) for name in listed if not name.startswith("itsq-analysis"))


def test_environment_yml_lists_the_same_direct_dependencies_under_their_conda_names():
    lines = (ROOT / "environment.yml").read_text(encoding="utf-8").split("dependencies:")[1].splitlines()
    listed = dict(split(line.strip()[2:]) for line in lines if re.match(r"\s+- (?!pip:)", line))
    assert listed.pop("python") == PROJECT["project"]["requires-python"]
    assert listed.pop("pip") == ""
    assert listed == {CONDA_NAMES.get(name, name): bound for name, bound in declared().items()}


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_requirement_has_hashes_and_no_address(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", re.sub(r"(?m)^#.*\n", "", text))
    assert len(entries) > 50
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert not re.search(r"https?://|--index-url|--find-links", text)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_the_locks_serve_windows_and_pin_the_build_backend(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert re.search(r"^colorama==.*win32", text, re.MULTILINE)
    backend = PROJECT["build-system"]["requires"][0]
    assert re.search(rf"^{re.escape(backend)} ", text, re.MULTILINE)


def test_the_running_lock_covers_every_run_time_dependency():
    pinned = set(re.findall(r"(?m)^([a-z0-9_.-]+)==", (ROOT / "requirements.lock").read_text(encoding="utf-8")))
    wanted = {split(name)[0] for name in PROJECT["project"]["dependencies"]}
    assert wanted <= pinned


def test_what_comes_from_npm_is_for_tests_alone_has_a_hash_and_no_address():
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    locked = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert (wanted["private"], "dependencies" in wanted) == (True, False)
    assert {f"node_modules/{name}": version for name, version in wanted["devDependencies"].items()} == {
        name: found["version"] for name, found in locked.items() if name
    }
    assert [
        name for name, found in locked.items() if name and not (found["dev"] and found["integrity"].startswith("sha512-"))
    ] == []
    assert not re.search(r"https?://", (ROOT / "package-lock.json").read_text(encoding="utf-8"))


def test_the_wheel_takes_from_the_sample_what_the_demo_copies_and_nothing_that_was_made_there():
    included = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert {place: inside for place, inside in included.items() if place.startswith("data")} == {
        f"data/sample/{name}": f"itsq_analysis/data/sample/{name}" for name in CONTENT
    }
