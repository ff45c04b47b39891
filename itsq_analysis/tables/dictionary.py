"""The data dictionary: every table, column and rule of the contracts as one Markdown page per language.

`python -m itsq_analysis.tables.dictionary docs` writes `data-dictionary.md` and `data-dictionary.zh-CN.md` into a folder.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from itsq_analysis.tables import Column, Contract, contracts
from itsq_analysis.tables.template import Language, kind

FILES: dict[Language, str] = {"en": "data-dictionary.md", "zh": "data-dictionary.zh-CN.md"}
WORDS = {
    "en": {
        "title": "Data dictionary",
        "intro": "Made from `itsq_analysis/tables/*.toml` by `python -m itsq_analysis.tables.dictionary docs`; do not edit. "
        "Times are kept in UTC and shown in the workspace's zone. An empty cell means not known; it is never 0 or an empty text. "
        "A row that breaks a rule goes to quarantine with the rule's name.",
        "key": "Key",
        "updated": "The newest version is told by",
        "columns": "| column | title | holds | required | meaning | example |",
        "derived": "Derived columns, computed at load",
        "derived_columns": "| column | title | holds | meaning |",
        "rules": "Rules",
        "rule_columns": "| rule | a row is refused when | meaning |",
        "yes": "yes",
    },
    "zh": {
        "title": "数据字典",
        "intro": "由 `python -m itsq_analysis.tables.dictionary docs` 根据 `itsq_analysis/tables/*.toml` 生成，请勿手工修改。"
        "时间以 UTC 存储，按工作区时区显示。空值表示未知，不等于 0 或空文本。违反规则的行不入库，连同规则名列为待修正记录。",
        "key": "主键",
        "updated": "判断最新版本的列",
        "columns": "| 列 | 名称 | 内容 | 必填 | 含义 | 示例 |",
        "derived": "派生列（载入时计算）",
        "derived_columns": "| 列 | 名称 | 内容 | 含义 |",
        "rules": "规则",
        "rule_columns": "| 规则 | 不入库的条件 | 含义 |",
        "yes": "是",
    },
}  # fmt: skip


def dictionary(language: Language) -> str:
    """The data dictionary in one language, as Markdown.

    >>> dictionary("en").splitlines()[0]
    '# Data dictionary'
    """
    words = WORDS[language]
    tables = [_table(table, language) for table in contracts().values()]
    contents = "\n".join(f"- [{table.name}](#{table.name}): {table.title[language]}" for table in contracts().values())
    return "\n\n".join([f"# {words['title']}", words["intro"], contents, *tables]) + "\n"


def write(folder: Path) -> list[Path]:
    """Write both pages into a folder and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / name for name in FILES.values()]
    for language, path in zip(FILES, paths, strict=True):
        path.write_text(dictionary(language), encoding="utf-8", newline="\n")
    return paths


def _table(table: Contract, language: Language) -> str:
    words = WORDS[language]
    facts = [f"{words['key']}: {', '.join(f'`{name}`' for name in table.key)}"]
    if table.updated:
        facts.append(f"{words['updated']}: `{table.updated}`")
    columns = [
        [f"`{c.name}`", c.title[language], kind(c, language), words["yes"] * c.required, c.meaning[language], _example(c)]
        for c in table.columns.values()
    ]
    parts = [f"## {table.name}", f"**{table.title[language]}.** {table.meaning[language]}", "; ".join(facts) + "."]
    parts.append(_rows(words["columns"], columns))
    if table.derived:
        derived = [[f"`{c.name}`", c.title[language], kind(c, language), c.meaning[language]] for c in table.derived.values()]
        parts += [f"### {words['derived']} ({table.name})", _rows(words["derived_columns"], derived)]
    if table.rules:
        rules = [[f"`{rule.id}`", f"`{rule.when}`", rule.meaning[language]] for rule in table.rules]
        parts += [f"### {words['rules']} ({table.name})", _rows(words["rule_columns"], rules)]
    return "\n\n".join(parts)


def _example(column: Column) -> str:
    return "" if column.example is None else f"`{column.example}`"


def _rows(header: str, rows: Iterable[Iterable[str]]) -> str:
    rule = "|" + " --- |" * (header.count("|") - 1)
    return "\n".join([header, rule, *(f"| {' | '.join(map(_cell, row))} |" for row in rows)])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs"))
