"""How to export from each tool, and what to expect here: one Markdown page per language, made from tools.toml.

`python -m itsq_analysis.ingest.recognition.pages docs` writes `tools.md` and `tools.zh-CN.md` into a folder.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

from itsq_analysis.ingest.recognition.vocabulary import Tool, tools

Language = Literal["en", "zh"]
FILES: dict[Language, str] = {"en": "tools.md", "zh": "tools.zh-CN.md"}
SHOWN = 3  # signatures of a tool that are listed
WORDS = {
    "en": {
        "title": "Exports of tools",
        "intro": "Made from `itsq_analysis/ingest/recognition/tools.toml` by `make docs`; do not edit. `itsq map FILE` knows these "
        "tools by headers that stand together; an export of any other tool is known by its headers, in some fifteen languages, and "
        "by what its columns hold. It prints which column is what and why, what each word means and what a trial gave, and asks "
        "what it cannot know. The mapping that it writes is a TOML file of the workspace, to be edited.",
        "export": "Export",
        "known": "Known by",
        "codes": "Words of its own",
        "missing": "Not known is written as",
        "utc": "Times under field names are read as UTC, in which the tool stores them; under labels they are in the user's zone.",
        "monitoring": "Every row has the channel `monitoring`; the number is made of time, object and title where there is none.",
        "source": "Source",
        "or": "or",
    },
    "zh": {
        "title": "各工具的导出",
        "intro": "由 `make docs` 根据 "
        "`itsq_analysis/ingest/recognition/tools.toml` 生成，请勿手工修改。`itsq map FILE` 按同时出现的列名识别下列工具；"
        "其他工具按列名（约十五种语言）和列内容识别。命令列出每列的含义与依据、各取值的含义、试读结果，无法判断的逐项询问。"
        "生成的映射是工作区中的 TOML 文件，可自行修改。",
        "export": "导出方法",
        "known": "识别依据",
        "codes": "该工具特有的取值",
        "missing": "表示未知的取值",
        "utc": "列名为字段名时，时间按工具存储所用的 UTC 读取；列名为显示名称时，时间为用户时区。",
        "monitoring": "渠道一律为 `monitoring`；没有编号时，由时间、对象和标题组成编号。",
        "source": "依据",
        "or": "或",
    },
}  # fmt: skip


def page(language: Language) -> str:
    """The page in one language, as Markdown.

    >>> page("en").splitlines()[0]
    '# Exports of tools'
    """
    words = WORDS[language]
    contents = "\n".join(f"- [{tool.title}](#{tool.name})" for tool in tools())
    sections = [_section(tool, language) for tool in tools()]
    return "\n\n".join([f"# {words['title']}", words["intro"], contents, *sections]) + "\n"


def _section(tool: Tool, language: Language) -> str:
    words = WORDS[language]
    signatures = [", ".join(f"`{header}`" for header in headers) for headers in tool.headers[:SHOWN]]
    known = f" {words['or']} ".join(signatures)
    lines = [
        f"- {words['export']}: {tool.export[language]}",
        f"- {words['known']}: {known}",
    ]
    for table, columns in tool.codes.items():
        for column, values in columns.items():
            listed = ", ".join(f"{word} = {value}" for word, value in values.items())
            lines.append(f"- {words['codes']}: {table}.{column}: {listed}")
    if tool.missing:
        lines.append(f"- {words['missing']}: {', '.join(f'`{mark}`' for mark in tool.missing)}")
    lines += [f"- {words['utc']}"] if tool.utc_headers else []
    lines += [f"- {words['monitoring']}"] if tool.monitoring else []
    lines.append(f"- {words['source']}: {tool.source}")
    return f'<a id="{tool.name}"></a>\n## {tool.title}\n\n' + "\n".join(lines)


def write(folder: Path) -> list[Path]:
    """Write both pages into a folder and return their paths."""
    paths = []
    for language, name in FILES.items():
        path = folder / name
        path.write_text(page(language), encoding="utf-8", newline="\n")
        paths.append(path)
    return paths


if __name__ == "__main__":
    write(Path(sys.argv[1]))
