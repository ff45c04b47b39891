"""The documentation's site: no link leads nowhere, nothing is fetched from elsewhere, it reads on a phone and can be searched."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, Page

from tests.browser.axe import violations
from tools.site.build import build, sections, sources

LOADS = {"script": "src", "img": "src", "iframe": "src", "link": "href"}
LIMIT = 1_000_000  # bytes of a page with all that it loads
OPENED = ("index.html", "zh/forecasts.html", "zh/indicators.html", "api.html")


class Parsed(HTMLParser):
    """The links, loaded files and anchors of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif given.get("rel", "") not in ("prev", "next", "canonical") and LOADS.get(tag, "") in given:
            self.loads.append(given[LOADS[tag]])


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built once, with a report in its gallery."""
    base = tmp_path_factory.getbasetemp()
    out = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "site of docs"
    with FileLock(f"{out}.lock"):
        if not out.exists():
            reports = tmp_path_factory.mktemp("reports")
            for language in ("en", "zh"):
                (reports / f"quality-2026-10-{language}.html").write_text("<!doctype html><title>quality</title>", encoding="utf-8")
            build(out, reports)
    return out


@pytest.fixture(scope="session")
def parsed(site: Path) -> dict[Path, Parsed]:
    pages = (page for page in site.rglob("*.html") if page.name != "404.html" and page.parent.name != "gallery")
    return {page.resolve(): Parsed(page.read_text(encoding="utf-8")) for page in pages}


def place(page: Path, link: str) -> Path:
    return (page.parent / unquote(link.split("#")[0].split("?")[0])).resolve() if not link.startswith("#") else page


def test_every_page_of_docs_stands_in_the_navigation_and_the_other_way_round() -> None:
    listed = [page for section in sections() for page in section["pages"]]
    written = {name for _, name in sources().values()} | {"api", "commands", "settings"}
    assert sorted(listed) == sorted(name for name in written if name != "index" and not re.match(r"decisions/\d", name))


def test_no_link_leads_nowhere(parsed: dict[Path, Parsed]) -> None:
    broken = []
    assert sum(len(found.links) for found in parsed.values()) > 3000
    for page, found in parsed.items():
        for link in found.links:
            if re.match(r"https?://|mailto:", link):
                continue
            at, anchor = place(page, link), unquote(link.partition("#")[2])
            if not at.is_file() or (anchor and anchor not in parsed[at].anchors):
                broken.append((page.name, link))
    assert broken == []


def test_nothing_is_fetched_from_elsewhere_and_no_page_is_heavy(site: Path, parsed: dict[Path, Parsed]) -> None:
    for page, found in parsed.items():
        assert [load for load in found.loads if "//" in load] == [], page.name
        files = {place(page, load) for load in found.loads} | {page}
        index = site / ("zh" if "zh" in page.relative_to(site.resolve()).parts else "") / "search.js"
        weight = sum(file.stat().st_size for file in files | {index.resolve()})
        assert weight < LIMIT, (page.name, weight)
    styles = "".join(file.read_text(encoding="utf-8") for file in site.rglob("*.css"))
    assert re.findall(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", styles) == []


def test_the_gallery_leads_to_whole_pages(site: Path, parsed: dict[Path, Parsed]) -> None:
    for name, language in (("gallery.html", "en"), ("zh/gallery.html", "zh")):
        page = (site / name).resolve()
        assert [place(page, link).name for link in parsed[page].links if "2026-10" in link] == [f"quality-2026-10-{language}.html"]


def test_the_reference_holds_what_is_called(site: Path) -> None:
    shown = {name: (site / f"{name}.html").read_text(encoding="utf-8") for name in ("api", "commands", "settings")}
    assert all(f'id="{name}"' in shown["api"] for name in ("open_workspace", "plot", "compare", "tickets", "backtest"))
    assert all(f"itsq {name}" in shown["commands"] for name in ("init", "load", "run-due"))
    assert all(f"[{name}]" in shown["settings"] for name in ("organisation", "[source]", "[job]"))
    assert ">>>" not in re.sub(r"<pre.*?</pre>", "", shown["api"], flags=re.DOTALL).replace("&gt;", ">")


@pytest.fixture
def opened(browser: Browser) -> Iterator[tuple[Page, list[str]]]:
    """A page of a browser without a network, and what went wrong or out."""
    context = browser.new_context(offline=True)
    page, wrong = context.new_page(), []
    page.on(
        "request", lambda request: wrong.append(request.url) if not request.url.startswith(("file:", "data:", "about:")) else None
    )
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page, wrong
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("name", OPENED)
def test_a_page_is_accessible_and_fits_a_phone(site: Path, opened: tuple[Page, list[str]], name: str) -> None:
    page, wrong = opened
    for width, scheme in ((1280, "dark"), (390, "light")):
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto((site / name).resolve().as_uri(), wait_until="load")
        page.wait_for_function("!document.querySelector('.md-typeset__scrollwrap:not([tabindex])')")
        page.add_style_tag(content="* { transition: none !important }")  # no colour half way to another
        assert wrong == []
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert violations(page) == []
        wrong.clear()  # axe-core asks for the style sheets again, which a file may not


@pytest.mark.browser
@pytest.mark.parametrize(
    ("name", "words", "found"), [("index.html", "quarantine", "api.html"), ("zh/index.html", "置信区间", "statistics.html")]
)
def test_the_site_is_searched_without_a_network(
    site: Path, opened: tuple[Page, list[str]], name: str, words: str, found: str
) -> None:
    """The list of results is closed to scripts, so the first one is opened, as a reader does by Enter."""
    page, wrong = opened
    page.goto((site / name).resolve().as_uri(), wait_until="load")
    page.wait_for_timeout(500)
    page.keyboard.press("Control+k")
    page.wait_for_timeout(500)
    page.keyboard.type(words, delay=30)
    for _ in range(20):
        page.wait_for_timeout(500)
        page.keyboard.press("Enter")
        if name not in page.url:
            break
    assert f"/{found}" in page.url
    assert wrong == []
