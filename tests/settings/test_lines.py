import pytest

from itsq_analysis.settings.lines import line_of

TEXT = """organisation.name = "A"   # dotted
[store]
path = "x"

[[sla]]   # the first
priority = 1
[[ sla ]]
paused = [
  "caller",
  "supplier",
]
calendar = "5x8"
[report]
headline = ["csat"]
"""


@pytest.mark.parametrize(
    ("loc", "line"),
    [
        (("organisation", "name"), 1),
        (("store",), 2),
        (("store", "path"), 3),
        (("store", "missing"), 2),
        (("sla", 0), 5),
        (("sla", 0, "priority"), 6),
        (("sla", 1), 7),
        (("sla", 1, "calendar"), 12),
        (("sla", 1, "priority"), 7),
        (("sla", 2), None),
        (("report", "headline", 0), 14),
        (("target", 0), None),
        ((), None),
    ],
)
def test_a_key_is_found_on_its_line_else_its_section(loc: tuple[str | int, ...], line: int | None) -> None:
    assert line_of(TEXT, loc) == line
    assert line_of(TEXT.replace("\n", "\r\n"), loc) == line


@pytest.mark.parametrize("quotes", ['"""', "'''"])
def test_a_file_with_texts_over_several_lines_gets_no_line_numbers(quotes: str) -> None:
    assert line_of(f"[organisation]\nname = {quotes}\n[store]\n{quotes}\n[store]\npath = 3", ("store", "path")) is None
