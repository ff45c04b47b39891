"""No Latin word stands on the Chinese page of the demo organisation but those of the field and what the data are called."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from itsq_analysis import open_workspace
from itsq_analysis.tables import contract, contracts

pytestmark = pytest.mark.browser

WORD = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")
NUMBERED = re.compile(r"[A-Z]{1,6}\d+")  # P1, INC0012345
FIELD = {"DEMO", "V0.9", "SLA", "NPS", "CPU", "P50", "P90", "Fisher", "Holm"}
# The appendix, which is left out here, also names standards, methods and their authors, encodings, files and software.
BEFORE = """() => {
  const range = document.createRange();
  range.setStart(document.querySelector('main'), 0);
  range.setEndBefore(document.getElementById('appendix'));
  const copy = document.createElement('div');
  copy.append(range.cloneContents());
  copy.querySelectorAll('title, desc').forEach(node => node.remove());
  document.body.append(copy);
  const words = copy.innerText + ' ' + [...copy.querySelectorAll('svg text')].map(node => node.textContent).join(' ');
  copy.remove();
  return words;
}"""


def called(workspace: Path) -> str:
    """Every text that the data hold in a column that a page prints, in one string."""
    opened, found = open_workspace(workspace), list[str]()
    for name in contracts():
        columns = [key for key, column in contract(name).columns.items() if column.type == "text"]
        for column in columns:
            rows = opened.sql(f'select distinct "{column}" as one from {name} where "{column}" is not null')
            found += rows["one"].astype(str).tolist() if len(rows) < 5_000 else []
    return "\n".join(found)


@pytest.mark.parametrize("quality_page", ["zh"], indirect=True)
def test_latin_words_are_those_of_the_field_or_of_the_data(quality_page: Path, demo: Path, open_page: Callable[..., Any]) -> None:
    with open_page(quality_page) as seen:
        words = set(WORD.findall(seen.page.evaluate(BEFORE)))
    data = {"itsq.toml", *WORD.findall(called(demo))}
    assert len(words) > 20
    assert (
        sorted(
            word for word in words - FIELD if not NUMBERED.fullmatch(word) and word not in data and word.strip("./-") not in data
        )
        == []
    )
