import subprocess
import sys
from pathlib import Path

import pytest

from itsq_analysis.tables import contracts
from itsq_analysis.tables.dictionary import FILES, dictionary
from itsq_analysis.tables.template import Language

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("language", FILES)
def test_the_pages_in_docs_are_up_to_date(language: Language) -> None:
    written = (DOCS / FILES[language]).read_text(encoding="utf-8")
    assert written == dictionary(language), "run: python -m itsq_analysis.tables.dictionary docs"


@pytest.mark.parametrize("language", FILES)
def test_every_table_column_and_rule_has_its_row(language: Language) -> None:
    page = dictionary(language)
    for table in contracts().values():
        section = page.split(f"\n## {table.name}\n")[1].split("\n## ")[0]
        for column in table.all_columns.values():
            [row] = [line for line in section.splitlines() if line.startswith(f"| `{column.name}` |")]
            assert column.title[language] in row
            assert column.meaning[language].replace("|", "\\|") in row
        for rule in table.rules:
            assert f"| `{rule.id}` | `{rule.when}` |" in section


@pytest.mark.parametrize("language", FILES)
def test_every_row_has_as_many_cells_as_its_header(language: Language) -> None:
    blocks = dictionary(language).split("\n\n")
    tables = [block.splitlines() for block in blocks if block.startswith("|")]
    assert len(tables) > len(contracts())
    for rows in tables:
        assert len({row.replace("\\|", "").count("|") for row in rows}) == 1


def test_the_command_writes_both_pages(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "itsq_analysis.tables.dictionary", str(tmp_path / "文档")]
    subprocess.run(command, check=True)
    assert sorted(path.name for path in (tmp_path / "文档").iterdir()) == sorted(FILES.values())
