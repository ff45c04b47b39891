"""The pages on tools are those that the TOML gives, and every word list holds what it should."""

from pathlib import Path

import pytest

from itsq_analysis.ingest.recognition.pages import FILES, page
from itsq_analysis.ingest.recognition.vocabulary import meanings, tools, word_meaning

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("language", FILES)
def test_the_pages_are_up_to_date(language):
    """Run `make docs` where this fails."""
    assert (DOCS / FILES[language]).read_text(encoding="utf-8") == page(language)


def test_every_tool_names_its_document_and_its_export_in_both_languages():
    for tool in tools():
        assert tool.source
        assert set(tool.export) == {"en", "zh"}
        assert all(tool.signature)


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("未恢复", "active"), ("未解决", "active"), ("not resolved yet", "active"), ("Nicht gelöst", "active"),
        ("Reopened", "active"), ("待关闭", "resolved"), ("Fechado com êxito", "closed"), ("pending auto close+", "resolved"),
        ("Warten zur Erinnerung", "on_hold"),
        ("zusammengeführt", "canceled"), ("En suspens", "on_hold"), ("2 - Resolved", "resolved"), ("Xyzzy", None),
    ],
)  # fmt: skip
def test_a_negation_is_never_taken_for_its_word(word, meaning):
    assert word_meaning("state", word) == meaning


@pytest.mark.parametrize(
    ("header", "concept"),
    [("fields.status.name", "state"), ("工单状态", "state"), ("Status*", "state"), ("stats.resolved_at", "resolved_at"),
     ("Custom field (Affected services)", "service"), ("Created At (UTC)", "opened_at"), ("Ticket ID", "number")],
)  # fmt: skip
def test_a_header_is_known_with_what_tools_put_around_it(header, concept):
    found = meanings(header)
    assert max(found, key=found.__getitem__) == concept
