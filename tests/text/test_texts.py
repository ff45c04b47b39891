"""The words and sentences of the page: complete in both languages, used, and written as the field writes."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from string import Formatter

import pytest
from jinja2 import Environment, FileSystemLoader

import itsq_analysis
from itsq_analysis.indicators.late import KINDS
from itsq_analysis.resources import folder
from itsq_analysis.tables import contract
from itsq_analysis.text import aside, clauses, listed, say, term

PACKAGE = Path(itsq_analysis.__file__).parent
HAN = re.compile("[\u4e00-\u9fff]")
# Full-width forms take their place in Chinese.
ASCII_PUNCTUATION = set(",;:()!?\"'")
LATIN = {"P1", "P90", "SLA", "GB", "T", "SHA-256", "itsq", "toml", "template", "outages", "notes", "Fisher", "Holm", "calendar"}
COMPOSED = ("fc_trust_", "fc_record_")  # ids that the code puts together of facts alone
OWN_LATIN = {  # of texts whose id begins so
    "people": {"contacts", "roster", "staffing", "handling", "Erlang", "A", "C"},
    "cap": {"P95", "N", "PUE"},
}


@cache
def texts(name: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((files("itsq_analysis.text") / f"{name}.toml").read_text(encoding="utf-8"))


def everything() -> list[tuple[str, dict[str, str]]]:
    return [*texts("terms").items(), *texts("sentences").items()]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@cache
def trees() -> tuple[ast.Module, ...]:
    """The code that speaks: pages, what they share, and the wording of facts."""
    spoken = [path for room in ("page", "pages", "text") for path in sorted((PACKAGE / room).rglob("*.py"))]
    return tuple(ast.parse(path.read_text(encoding="utf-8")) for path in spoken)


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call of say() and term() in the sections."""
    for tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
                if name in ("say", "term") and node.args:
                    yield {"say": "sentences", "term": "terms"}[name], node


def literals(node: ast.expr) -> list[str]:
    """The ids that an argument can be: a literal, or either side of a conditional expression."""
    if isinstance(node, ast.IfExp):
        return literals(node.body) + literals(node.orelse)
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


@cache
def written() -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """Texts in the code that can be ids (those that pick a column of a row cannot), and patterns of f-strings.

    Facts name their sentences too. An f-string of facts and underscores alone could be any id, and shows nothing.
    """
    constants, patterns = {*contract("changes").columns["type"].values, *contract("changes").columns["outcome"].values, *KINDS}, []
    for tree in (ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))):
        columns = {id(node.slice) for node in ast.walk(tree) if isinstance(node, ast.Subscript)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in columns:
                constants.add(node.value.replace(" ", "_"))
            if isinstance(node, ast.keyword) and node.arg:
                constants.add(node.arg)
            if isinstance(node, ast.JoinedStr) and any(
                isinstance(part, ast.Constant) and len(part.value) > 2 for part in node.values
            ):
                parts = [re.escape(part.value) if isinstance(part, ast.Constant) else r"\w+" for part in node.values]
                patterns.append(re.compile("".join(map(str, parts))))
    return frozenset(constants), tuple(patterns)


def chart_words() -> set[str]:
    """What the charts may look up with `word`: any text in their code."""
    found = [ast.parse(path.read_text(encoding="utf-8")) for path in sorted((PACKAGE / "charts").glob("*.py"))]
    nodes = [node for tree in found for node in ast.walk(tree)]
    return {node.value.replace(" ", "_") for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


@cache
def page_words() -> dict[str, dict[str, str]]:
    """The template's own words, by language; punctuation is none."""
    loader = FileSystemLoader(folder("templates") / "page", encoding="utf-8")
    found: dict[str, dict[str, str]] = Environment(loader=loader, autoescape=True).get_template("words.html.j2").module.all
    return {language: {key: word for key, word in words.items() if re.search(r"\w", word)} for language, words in found.items()}


def test_the_template_says_the_same_words() -> None:
    stated = {language: {f"page_{key}": text for key, text in words.items()} for language, words in page_words().items()}
    known = {key: text for key, text in texts("terms").items() if key.startswith("page_")}
    assert stated == {language: {key: text[language] for key, text in known.items()} for language in ("en", "zh")}


def test_every_id_that_the_code_speaks_is_there() -> None:
    missing = [(file, key) for file, node in calls() for key in literals(node.args[0]) if key not in texts(file)]
    assert missing == []


def test_every_id_is_used() -> None:
    constants, patterns = written()
    said = {f"chart_{key}" for key in chart_words()} | {f"page_{key}" for key in page_words()["en"]}
    unused = [
        key
        for key, text in everything()
        if not ("avoid" in text or key in said or key.startswith(COMPOSED))
        and key.removesuffix("_one") not in constants
        and key not in constants
        and not any(found.fullmatch(key) for found in patterns)
    ]
    assert unused == []


def test_both_languages_say_the_same_facts() -> None:
    for key, text in everything():
        assert set(text) - {"avoid"} == {"en", "zh"}, key
        assert placeholders(text["en"]) == placeholders(text["zh"]), key
        assert text["en"].strip() == text["en"], key
        assert text["zh"].strip() == text["zh"], key


def test_a_call_gives_every_fact_of_its_sentence() -> None:
    short = []
    for file, node in calls():
        given = {keyword.arg for keyword in node.keywords}
        if file == "sentences" and None not in given:
            for key in literals(node.args[0]):
                wanted = placeholders(texts(file)[key]["en"]) | placeholders(texts(file).get(f"{key}_one", {"en": ""})["en"])
                short += [(key, fact) for fact in wanted - given]
    assert short == []


def test_a_sentence_about_one_belongs_to_one_about_many() -> None:
    sentences = texts("sentences")
    for key in [key for key in sentences if key.endswith("_one")]:
        many = sentences[key.removesuffix("_one")]
        assert placeholders(sentences[key]["en"]) <= placeholders(many["en"]), key


def test_one_is_told_as_one() -> None:
    assert (
        say("users_automatic", "en", n=1)
        == say("users_automatic", "en", n="1")
        == "One answer filled in automatically is left out."
    )
    assert say("users_automatic", "en", n="1,000") == "1,000 answers filled in automatically are left out."


def test_chinese_is_written_as_chinese() -> None:
    wrong = []
    for key, text in everything():
        bare = re.sub(r"\{\w*\}", "", text["zh"])
        latin = set(re.findall(r"[A-Za-z][A-Za-z0-9-]*", bare)) - LATIN - OWN_LATIN.get(key.partition("_")[0], set())
        worded = re.search("[A-Za-z]{3}", re.sub(r"\{\w*\}", "", text["en"])) and key != "fingerprint"
        if latin or not ASCII_PUNCTUATION.isdisjoint(bare) or (worded and not HAN.search(bare)):
            wrong.append((key, text["zh"]))
    assert wrong == []


def test_english_is_written_as_english() -> None:
    ugly = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]|\d %|\s{2}|\s[,.;:]")
    assert [(key, text["en"]) for key, text in everything() if ugly.search(text["en"])] == []


def test_punctuation_between_facts_is_the_language_s_own() -> None:
    assert [ord(found) for found in aside("", "zh")] == [0xFF08, 0xFF09]
    assert (listed("ab", "zh"), clauses("ab", "zh")) == ("a\u3001b", "a\uff1bb")
    assert (aside("a", "en"), listed("ab", "en"), clauses("ab", "en")) == (" (a)", "a, b", "a; b")


def test_facts_stay_text() -> None:
    hostile = "{period}<b>"
    assert say("outages_none", "en", period=hostile) == f"No service was interrupted in {hostile}."
    with pytest.raises(KeyError):
        term("no such word", "en")
