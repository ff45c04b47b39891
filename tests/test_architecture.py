"""The plan of the house: data flows one way, the façade is small, computations do not read the clock."""

import ast
import importlib
import inspect
from pathlib import Path

import pytest

import itsq_analysis

PACKAGE = Path(itsq_analysis.__file__).parent
# Each room may import from those on its left. The first four may be imported by all.
FREE = ["errors", "resources", "worktime", "settings", "periods", "tables"]
ROOMS = [
    *FREE,
    "store",
    "ingest",
    "indicators",
    "process",
    "series",
    "metric_series",
    "forecasting",
    "anomaly",
    "staffing",
    "capacity",
    "workspace",
    "text",
    "charts",
    "page",
    "pages",
    "reports",
    "demo",
    "cli",
]
# The snapshot's settings are recorded by the load through the workspace; reports open a workspace by its path.
CLOCK = {
    "workspace/workspace.py": "the ledger records when a load ran",
    "cli/checking.py": "a source cannot say that its export is yet to be made",
}
MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))


def room(module: Path) -> str:
    return module.parts[0].removesuffix(".py")


def imported(module: Path) -> set[str]:
    """Rooms that a module imports anywhere but for its types."""
    tree = ast.parse((PACKAGE / module).read_text(encoding="utf-8"))
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    names = set()
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module)
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return {name.split(".")[1] for name in names if name.startswith("itsq_analysis.")}


@pytest.mark.parametrize("module", [module for module in MODULES if module.name != "__init__.py" or len(module.parts) > 1], ids=str)
def test_a_room_imports_only_from_its_left(module):
    allowed = {*ROOMS[: ROOMS.index(room(module)) + 1], *FREE}
    assert imported(module) <= allowed


def test_every_room_has_its_place_in_the_plan():
    assert {room(module) for module in MODULES} - {"__init__"} == set(ROOMS)


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_nothing_but_the_load_reads_the_clock(module):
    tree = ast.parse((PACKAGE / module).read_text(encoding="utf-8"))
    clocks = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("now", "utcnow", "today") and isinstance(node.value, ast.Name)
        and node.value.id in ("datetime", "date", "Timestamp", "pd")
    }  # fmt: skip
    assert not clocks or str(module) in CLOCK


def test_the_facade_is_sorted_small_and_importable():
    assert sorted(itsq_analysis.__all__) == itsq_analysis.__all__
    assert len(itsq_analysis.__all__) <= 25
    for name in itsq_analysis.__all__:
        assert inspect.getdoc(getattr(itsq_analysis, name))
    with pytest.raises(AttributeError):
        itsq_analysis.nothing  # noqa: B018 - the access is what is tested


NAMES = sorted({".".join(module.with_suffix("").parts) for module in MODULES if module.stem != "__main__"})


@pytest.mark.parametrize("name", NAMES)
def test_every_module_imports_and_says_what_it_is(name):
    module = importlib.import_module(f"itsq_analysis.{name.removesuffix('.__init__')}" if name != "__init__" else "itsq_analysis")
    assert module.__doc__
