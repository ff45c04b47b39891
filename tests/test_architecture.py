"""The plan of the house: data flows one way, pages only lay out, the façade is small, computations do not read the clock."""

import ast
import importlib
import inspect
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import itsq_analysis

PACKAGE = Path(itsq_analysis.__file__).parent
# Each room may import from those on its left. The first ones may be imported by all.
FREE = ["errors", "resources", "worktime", "settings", "periods", "tables"]
ROOMS = [
    *FREE,
    "store",
    "ingest",
    "facts",
    "process",
    "indicators",
    "recurring",
    "series",
    "forecasting",
    "anomaly",
    "staffing",
    "late_risk",
    "capacity",
    "briefing",
    "text",
    "charts",
    "workspace",
    "page",
    "pages",
    "reports",
    "jobs",
    "cli",
]
# The snapshot's settings are recorded by the load through the workspace; reports open a workspace by its path.
CLOCK = {
    "workspace/workspace.py": "the ledger records when a load ran",
    "jobs/clock.py": "a schedule goes by the clock; the rest of the room is told the moment",
    "cli/checking.py": "times after today are told before a load",
}
COMPUTING = {"numpy", "pandas", "scipy", "sklearn", "statsmodels", "duckdb", "pyarrow"}  # what pages do not need
MODELS = {"scipy", "sklearn", "statsmodels", "vl_convert"}  # what a page whose facts are kept does not load
MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))


def room(module: Path) -> str:
    return module.parts[0].removesuffix(".py")


@cache
def parsed(module: Path) -> ast.Module:
    return ast.parse((PACKAGE / module).read_text(encoding="utf-8"))


def is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


@cache
def imported(module: Path) -> frozenset[str]:
    """Modules that a module imports anywhere but for its types."""
    typing_only = {id(inner) for node in ast.walk(parsed(module)) if is_for_types(node) for inner in ast.walk(node)}
    names = set()
    for node in ast.walk(parsed(module)):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module)
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return frozenset(names)


def packages(module: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(module)}


def test_a_room_imports_only_from_its_left():
    upward = {}
    for module in MODULES:
        if module != Path("__init__.py"):  # the façade
            allowed = {*ROOMS[: ROOMS.index(room(module)) + 1], *FREE}
            rooms = {name.split(".")[1] for name in imported(module) if name.startswith("itsq_analysis.")}
            upward[module.as_posix()] = rooms - allowed
    assert {module: rooms for module, rooms in upward.items() if rooms} == {}


def test_every_room_has_its_place_in_the_plan():
    assert {room(module) for module in MODULES} - {"__init__"} == set(ROOMS)


def test_pages_lay_out_and_compute_nothing():
    computing = {module.as_posix(): packages(module) & COMPUTING for module in MODULES if room(module) == "pages"}
    assert {module: names for module, names in computing.items() if names} == {}


def test_the_package_imports_nothing_that_stays_in_the_repository():
    beside = {path.parent.name for path in PACKAGE.parent.glob("*/__init__.py")} - {PACKAGE.name}
    assert beside >= {"bench", "tests", "tools"}
    assert [module for module in MODULES if packages(module) & beside] == []


def test_nothing_but_the_load_reads_the_clock():
    clocks = {
        module.as_posix()
        for module in MODULES
        for node in ast.walk(parsed(module))
        if isinstance(node, ast.Attribute) and node.attr in ("now", "utcnow", "today") and isinstance(node.value, ast.Name)
        and node.value.id in ("datetime", "date", "Timestamp", "pd")
    }  # fmt: skip
    assert clocks == CLOCK.keys()


def test_pages_and_types_of_facts_load_no_models():
    """Importing every page, and with it the types of all facts it lays out, loads no model library."""
    pages = [".".join(("itsq_analysis", *module.with_suffix("").parts)) for module in MODULES if room(module) == "pages"]
    code = (
        f"import importlib, sys\nfor name in {pages}: importlib.import_module(name)\nprint(sorted({MODELS} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_facade_is_sorted_small_and_importable():
    assert sorted(itsq_analysis.__all__) == itsq_analysis.__all__
    assert len(itsq_analysis.__all__) <= 25
    for name in itsq_analysis.__all__:
        assert inspect.getdoc(getattr(itsq_analysis, name))
    with pytest.raises(AttributeError):
        itsq_analysis.nothing  # noqa: B018 - the access is what is tested


def test_every_module_imports_and_says_what_it_is():
    names = {
        ".".join(("itsq_analysis", *module.with_suffix("").parts)).removesuffix(".__init__")
        for module in MODULES
        if module.stem != "__main__"
    }
    assert [name for name in sorted(names) if not importlib.import_module(name).__doc__] == []
