"""docs/ and the reference → a tree of Markdown for each language → the site."""

from __future__ import annotations

import json
import posixpath
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from string import Template
from typing import Any

from tools.site.reference import api_page, commands_page, settings_page

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
CHINESE = ".zh-CN.md"
# Where each language lies in the site: English at its root.
PLACES = {"en": "", "zh": "zh/"}
# Pages of the repository outside docs/.
OTHERS = {"README.md": "index", "CONTRIBUTING.md": "contributing", "CHANGELOG.md": "changelog", "bench/RESULTS.md": "results"}
GENERATED = {"api": api_page, "commands": commands_page, "settings": settings_page}
# Pages of docs/ lead to the code, those of the site to the reference that is made of it.
CODE = "itsq_analysis/workspace/workspace.py"
COPIED = ("pictures", "schedulers")
LINK = re.compile(r"(\]\(|src=\")([^)#\"\s]+)(#[^)\"]*)?([)\"])")
LINKED_TEXT = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)#\s]+)(#[^)]*)?\)")
SHIM = "https://unpkg.com/iframe-worker/shim"  # the generator's way to search pages that are opened as files
SHIM_FILE = "iframe-worker.js"
SHOWN = ("quality", "capacity", "forecast")
NO_SEARCH = "---\nsearch:\n  exclude: true\n---\n"
UNSEARCHED = {"results", "changelog", "contributing"}  # long, and no help to who looks something up


def sources() -> dict[str, tuple[str, str]]:
    """Every page's file in the repository → its language and its name in the site."""
    found = {name: ("en", page) for name, page in OTHERS.items()} | {"README.zh-CN.md": ("zh", "index")}
    for file in sorted((ROOT / "docs").rglob("*.md")):
        place = file.relative_to(ROOT).as_posix()
        name = place.removeprefix("docs/").removesuffix(CHINESE).removesuffix(".md")
        found[place] = ("zh" if place.endswith(CHINESE) else "en", re.sub(r"README$", "index", name))
    return found


def sections() -> list[dict[str, Any]]:
    """The sections of the navigation: title in both languages, names of pages."""
    listed: list[dict[str, Any]] = tomllib.loads((HERE / "navigation.toml").read_text(encoding="utf-8"))["section"]
    return listed


def linked(text: str, place: str, known: dict[str, tuple[str, str]]) -> str:
    """A page's text with its links as the site needs them; what lies outside the site is named without a link."""
    language, name = known[place]
    here = posixpath.dirname(PLACES[language] + name)

    def target(link: str) -> str | None:
        at = posixpath.normpath(posixpath.join(posixpath.dirname(place), link))
        if at in known:
            to, page = known[at]
            return posixpath.relpath(PLACES[to] + page, here or ".") + (".md" if to == language else ".html")
        if at.startswith(tuple(f"docs/{folder}/" for folder in COPIED)):
            return posixpath.relpath(at.removeprefix("docs/"), posixpath.dirname(name) or ".")
        return None

    def named(match: re.Match[str]) -> str:
        return match[0] if "://" in match[2] or target(match[2]) else match[1]

    def moved(match: re.Match[str]) -> str:
        return match[0] if "://" in match[2] else f"{match[1]}{target(match[2])}{match[3] or ''}{match[4]}"

    parts = re.split(r"(^```.*?^```$)", text, flags=re.MULTILINE | re.DOTALL)
    return "".join(part if part.startswith("```") else LINK.sub(moved, LINKED_TEXT.sub(named, part)) for part in parts)


def navigation(language: str, held: set[str], titles: dict[str, str]) -> list[dict[str, Any]]:
    """The navigation of a language; pages that it does not hold are those of the other one."""

    def entry(page: str) -> str | dict[str, str]:
        return f"{page}.md" if page in held else {titles[page]: f"../{page}.html"}

    return [{"itsq": "index.md"}, *({section[language]: [entry(page) for page in section["pages"]]} for section in sections())]


def toml(value: object) -> str:
    """A text, list or dictionary as TOML writes it in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(key)} = {toml(held)}" for key, held in value.items()) + "}"
    return "[" + ", ".join(map(toml, value)) + "]" if isinstance(value, list) else json.dumps(value, ensure_ascii=False)


def texts_of(reports: list[Path]) -> dict[str, dict[str, str]]:
    """The Markdown of every page by language and name; the gallery leads to the reports that are given."""
    known = sources()
    pages = {"en": {name: write() for name, write in GENERATED.items()}, "zh": {}}
    for place, (language, name) in known.items():
        pages[language][name] = linked((ROOT / place).read_text(encoding="utf-8"), place, known | {CODE: ("en", "api")})
    for language, (heading, folder) in {"en": ("Whole pages", "gallery"), "zh": ("完整页面", "../gallery")}.items():
        listed = "".join(f"- [{file.stem}]({folder}/{file.name})\n" for file in reports if file.stem.endswith(f"-{language}"))
        pages[language]["gallery"] += f"\n## {heading}\n\n{listed}" if listed else ""
    return pages


def write_language(folder: Path, language: str, pages: dict[str, dict[str, str]]) -> None:
    """Write what the generator reads for one language: its pages, pictures, style and configuration."""
    docs = folder / "docs"
    for name, text in pages[language].items():
        file = docs / f"{name}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(NO_SEARCH * (name in UNSEARCHED) + text, encoding="utf-8")
    for part in COPIED:
        shutil.copytree(ROOT / "docs" / part, docs / part)
    for part in ("site.css", "site.js", SHIM_FILE):
        shutil.copyfile(HERE / part, docs / part)
    titles = {name: text.split("\n", 1)[0].removeprefix("# ") for name, text in pages["en"].items()}
    filled = Template((HERE / "zensical.toml").read_text(encoding="utf-8")).substitute(
        description=toml(pages[language]["index"].split("\n", 1)[0].removeprefix("# ")),
        nav=toml(navigation(language, set(pages[language]), titles)),
        language=toml(language),
    )
    (folder / "zensical.toml").write_text(filled, encoding="utf-8")


def build(out: Path, reports: Path | None = None) -> None:
    """Build the site of both languages into a folder, which is made anew.

    Raises:
        SystemExit: the generator ended with an error or found a link that leads nowhere.
    """
    shown = [] if reports is None else sorted(file for name in SHOWN for file in reports.glob(f"{name}-*.html"))
    pages = texts_of(shown)
    shutil.rmtree(out, ignore_errors=True)
    with tempfile.TemporaryDirectory() as scratch:
        for language, place in PLACES.items():
            folder = Path(scratch, language)
            write_language(folder, language, pages)
            command = [sys.executable, "-m", "zensical", "build", "--strict", "--config-file", str(folder / "zensical.toml")]
            ended = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
            if ended.returncode:
                raise SystemExit(f"the site must build without a warning; zensical said:\n{ended.stdout}{ended.stderr}")
            shutil.copytree(folder / "site", out / place)
    for page in out.rglob("*.html"):
        shim = f"{'../' * (len(page.relative_to(out).parts) - 1)}{SHIM_FILE}"
        page.write_text(page.read_text(encoding="utf-8").replace(SHIM, shim), encoding="utf-8")
    for file in shown:
        (out / "gallery").mkdir(exist_ok=True)
        shutil.copyfile(file, out / "gallery" / file.name)
