"""What the README and the pages of docs/ show: their text, blocks of code and commands, in both languages."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

ROOT = Path(__file__).parent.parent
CHINESE = ".zh-CN.md"
GENERATED = ("data-dictionary", "indicators", "tools")  # written from TOML files, tested there
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"^```\w*\n(.*?)^```$|`([^`\n]+)`", re.MULTILINE | re.DOTALL)
# At the start of a line, or in the folder of a virtual environment; the name of a scheduled task is none.
COMMAND = re.compile(r"(?:^|\.venv[/\\](?:bin|Scripts)[/\\])itsq +([^#\n]+?) *(?=#|$|&&|\")", re.MULTILINE)


def pages() -> list[Path]:
    """README and docs/*.md, both languages, without what is generated."""
    found = [*ROOT.glob("README*.md"), *(ROOT / "docs").glob("*.md")]
    return sorted(path for path in found if path.name.removesuffix(CHINESE).removesuffix(".md") not in GENERATED)


def page_name(path: Path) -> str:
    """A page's name in messages and as a test's parameter: "docs/people.md"."""
    return path.relative_to(ROOT).as_posix()


def translated() -> list[tuple[Path, Path]]:
    """Pages in English with their Chinese twin."""
    return [(path, twin) for path in pages() if (twin := path.with_name(path.stem + CHINESE)).is_file()]


def read(path: Path) -> str:
    """A page's text."""
    return path.read_text(encoding="utf-8")


def blocks(text: str, kind: str) -> list[str]:
    """The fenced blocks of a kind."""
    return [body for found, body in FENCED.findall(text) if found == kind]


def block(text: str, kind: str, holding: str) -> str:
    """The one block of a kind that holds a text."""
    [found] = [body for body in blocks(text, kind) if holding in body]
    return found


def commands(text: str) -> list[list[str]]:
    """The arguments of every itsq command in blocks and between backquotes, or in a bare piece of code."""
    code = "\n".join(body + inline for body, inline in CODE.findall(text)) or text
    return [shlex.split(found.replace("\\", "/")) for found in COMMAND.findall(code)]
