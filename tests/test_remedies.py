"""Messages that name a command or a line of TOML: what they name exists. That it helps is tried by the tests of each message."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from itsq_analysis.cli import app
from itsq_analysis.ingest import mapping
from itsq_analysis.settings import Settings
from itsq_analysis.tables import contracts

PACKAGE = Path(__file__).parent.parent / "itsq_analysis"
ROOMS = ("ingest", "settings", "store", "tables", "workspace", "cli")
COMMAND = re.compile(r"\bitsq ([a-z]+)((?: (?:--[a-z-]+|[A-Z]+\b))*)")
LINE = re.compile(r"\b([a-z_]+) = (?=[\[{\"0-9]|true|false|…|\.\.\.)")
OWN_WORDS = {"itsq analysis", "itsq workspace"}


def texts() -> Iterator[tuple[str, str]]:
    """File and text of every string of the rooms that is no docstring; what is formatted into it stands as X."""
    for file in sorted(path for room in ROOMS for path in (PACKAGE / room).glob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        docstrings = {id(node.body[0].value) for node in ast.walk(tree)
                      if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and node.body
                      and isinstance(node.body[0], ast.Expr)}  # fmt: skip
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                yield file.name, "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
                yield file.name, node.value


COMMANDS = {command.name: command for command in typer.main.get_command(app).commands.values()}  # type: ignore[attr-defined]


def named() -> list[tuple[str, str, str]]:
    return sorted({(file, match[1], match[2]) for file, text in texts() for match in COMMAND.finditer(text)})


@pytest.mark.parametrize(("file", "command", "options"), named())
def test_every_command_that_a_message_names_exists(file, command, options):
    assert command in COMMANDS, f"{file} names: itsq {command}"
    known = {option for parameter in COMMANDS[command].params for option in parameter.opts}
    assert {word for word in options.split() if word.startswith("--")} <= known


def keys() -> set[str]:
    """Everything that may stand before = in itsq.toml or a mapping."""
    models, found = [Settings], set()
    while models:
        model = models.pop()
        for name, field in model.model_fields.items():
            found.add(field.alias or name)
            models += [
                kind for kind in (field.annotation, *getattr(field.annotation, "__args__", ())) if hasattr(kind, "model_fields")
            ]
    columns = {column for table in contracts().values() for column in table.columns}
    return found | columns | mapping._TOP | mapping._PARTS


def lines() -> list[tuple[str, str]]:
    written = {(file, key) for file, text in texts() for key in LINE.findall(text) if "SELECT" not in text and "must" in text}
    return sorted(written)


@pytest.mark.parametrize(("file", "key"), lines())
def test_every_line_of_toml_that_a_message_names_has_a_known_key(file, key):
    assert key in keys(), f"{file} names: {key} = ..."


def test_there_are_such_messages():
    assert len(named()) > 8
    assert len(lines()) > 5


def test_the_sentences_of_doubts_are_toml_where_they_propose_a_line():
    from itsq_analysis.ingest.plausibility import sentence

    facts = {"file": "a.csv", "word": 'Do "it"', "rows": 2, "toml": '"Do \\"it\\""', "example": "1"}
    for kind, key in (("unknown_state", "values"), ("same_number", "columns")):
        text = sentence({"kind": kind, "table": "incidents", "facts": facts})
        line = text[text.index(f"{key} = ") :]
        assert key in tomllib.loads(line)
