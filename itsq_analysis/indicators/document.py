"""The list of indicators as one Markdown page per language.

`python -m itsq_analysis.indicators.document docs` writes `indicators.md` and `indicators.zh-CN.md` into a folder.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

from itsq_analysis.indicators.catalogue import load_catalogue, sections
from itsq_analysis.indicators.indicator import Indicator, Words, words
from itsq_analysis.indicators.query import dimensions_of

Language = Literal["en", "zh"]
FILES: dict[Language, str] = {"en": "indicators.md", "zh": "indicators.zh-CN.md"}
WORDS = {
    "en": {
        "title": "Indicators",
        "intro": "Made from `itsq_analysis/indicators/catalogue/*.toml` by `python -m itsq_analysis.indicators.document docs`; "
        "do not edit. Sections are those of the service-quality standard, clauses those of ISO/IEC 20000-1:2018. The "
        "characteristic of GB/T 33850 is a mapping proposed by itsq: confirm it with your auditor. Shares are told as 0–1, "
        "durations in hours. Rows for which the condition is not known count neither as true nor as false. A reference target "
        "is the field's usual one: it is never met or missed.",
        "columns": "| id | title | population | definition | kind | 95 % interval | reference target | clause | GB/T 33850 | by |",
        "reasons": "Why there is no value, or how it must be read",
        "reason_columns": "| code | meaning |",
        "provisional": "provisional for {} days",
    },
    "zh": {
        "title": "指标清单",
        "intro": "由 `python -m itsq_analysis.indicators.document docs` 根据 `itsq_analysis/indicators/catalogue/*.toml` 生成，"
        "请勿手工修改。章节为服务质量规范的章节，条款为 ISO/IEC 20000-1:2018 的条款。"
        "GB/T 33850 特性为本工具提出的对应关系，请与审核员确认。占比以 0–1 给出，时长以小时给出。"
        "条件未知的记录既不计为是，也不计为否。参考目标为行业惯例，不据此判定达标与否。",
        "columns": "| 标识 | 名称 | 统计范围 | 统计口径 | 类型 | 95% 置信区间 | 参考目标 | 条款 | GB/T 33850 | 可按维度 |",
        "reasons": "无数值的原因，或阅读数值时的注意事项",
        "reason_columns": "| 代码 | 含义 |",
        "provisional": "{} 天内为暂定值",
    },
}  # fmt: skip


def document(language: Language) -> str:
    """The list of indicators in one language, as Markdown.

    >>> document("zh").splitlines()[0]
    '# 指标清单'
    """
    own = WORDS[language]
    parts = [f"# {own['title']}", own["intro"]]
    for titles in sections().values():
        parts += _chapter(titles, language)
    reasons = [[f"`{code}`", meaning[language]] for code, meaning in words()["reason"].items()]
    parts += [f"## {own['reasons']}", _rows(own["reason_columns"], reasons)]
    return "\n\n".join(parts) + "\n"


def write(folder: Path) -> list[Path]:
    """Write both pages into a folder and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / name for name in FILES.values()]
    for language, path in zip(FILES, paths, strict=True):
        path.write_text(document(language), encoding="utf-8", newline="\n")
    return paths


def _chapter(titles: dict[str, Words], language: Language) -> list[str]:
    """The chapter's heading, then each of its sections that has indicators."""
    parts = []
    for number, title in titles.items():
        rows = [_row(indicator, language) for indicator in load_catalogue().values() if indicator.section == number]
        if "." not in number:
            parts.append(f"## {number} {title[language]}")
        elif rows:
            parts += [f"### {number} {title[language]}", _rows(WORDS[language]["columns"], rows)]
    return parts


def _row(indicator: Indicator, language: Language) -> list[str]:
    kind = f"{words()['kind'][indicator.kind][language]}, {words()['unit'][indicator.unit][language]}"
    if indicator.better != "none":
        kind += f", {words()['better'][indicator.better][language]}"
    if indicator.followup_days:
        kind += f", {WORDS[language]['provisional'].format(indicator.followup_days)}"
    characteristic = words()["characteristic"][indicator.characteristic][language] if indicator.characteristic else ""
    return [
        f"`{indicator.id}`",
        indicator.title[language],
        indicator.population[language],
        indicator.meaning[language],
        kind if language == "en" else kind.replace(", ", ","),
        indicator.interval[language],
        _target(indicator),
        indicator.clause or "",
        characteristic,
        ", ".join(dimensions_of(indicator, load_catalogue())),
    ]


def _target(indicator: Indicator) -> str:
    if indicator.reference_target is None:
        return ""
    share = indicator.unit == "%"
    return f"{indicator.reference_target * (100 if share else 1):.6g}{' %' if share else ''}"


def _rows(header: str, rows: list[list[str]]) -> str:
    rule = "|" + " --- |" * (header.count("|") - 1)
    return "\n".join([header, rule, *(f"| {' | '.join(_cell(text) for text in row)} |" for row in rows)])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs"))
