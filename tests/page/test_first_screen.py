"""What a first screen tells: the heaviest finding always, the same in every language, decisions before lighter findings."""

from dataclasses import replace
from datetime import date

from itsq_analysis.facts import Decision, Finding, Sentence
from itsq_analysis.facts.sentence import Name, Number
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.first_screen import LIMIT, Opening, above, chosen
from itsq_analysis.text import LANGUAGES
from itsq_analysis.text.length import words
from tests.page.made import context, incidents

SHORT = Sentence("finding_more", {"n": Number(3), "expected": Number(2)})


def told(ids: Sentence, size: float) -> Finding:
    return Finding(ids, size, 1.0)


def long(count: int, shorter: Sentence | None = None) -> Sentence:
    """A sentence of so many words or characters in both languages."""
    return Sentence("finding_change", {"n": Number(9), "change": Name("x"), "about": " 字" * count}, shorter)


def decision(words_of_it: int) -> Decision:
    return Decision(Name("do it", 0), Sentence("rule_cause_what", {"cause": "字 " * words_of_it}), date(2026, 11, 20), "CIO", None)


def in_each_language(opening: Opening) -> list[tuple[list[Decision], list[Sentence]]]:
    made = context("", incidents=incidents(3))
    return [chosen(replace(made, language=language), opening) for language in LANGUAGES]


def test_the_heaviest_finding_is_told_shorter_where_it_must_be_and_never_dropped() -> None:
    for forms, expected in ((long(400, SHORT), SHORT), (long(400), long(400))):
        opening = Opening("Verdict.", [], [told(forms, 9), told(SHORT, 5)], "Last.")
        for _, sentences in in_each_language(opening):
            assert sentences[0] == expected


def test_every_language_tells_the_same_and_keeps_its_limit() -> None:
    findings = [told(long(10), 9), told(long(60), 8), told(long(5), 7)]
    opening = Opening("Verdict.", [decision(20), decision(30), decision(80)], findings, "Last.")
    english, chinese = in_each_language(opening)
    assert english == chinese
    for language, (asked, sentences) in zip(LANGUAGES, (english, chinese), strict=True):
        page: ReportContext = replace(context("", incidents=incidents(3)), language=language)
        text = " ".join([above(page), *(page.brief.part(sentence) for sentence in sentences)])
        assert words(text, language) <= LIMIT[language]
        assert asked == opening.decisions[: len(asked)]
        assert sentences == [finding.sentence for finding in opening.findings[: len(sentences)]]


def test_a_shorter_finding_makes_room_for_a_decision() -> None:
    opening = Opening("Verdict.", [decision(10), decision(10)], [told(long(50, SHORT), 9)], "Last.")
    for asked, sentences in in_each_language(opening):
        assert (len(asked), sentences) == (2, [SHORT])


def test_nothing_found_and_nothing_asked_is_an_empty_screen() -> None:
    assert in_each_language(Opening("Verdict.", [], [], "Last.")) == [([], []), ([], [])]
