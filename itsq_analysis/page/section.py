"""What a section is: a heading, its answer in one sentence, then pictures and tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from itsq_analysis.charts import Chart
from itsq_analysis.text.marks import plain, with_links


@dataclass(frozen=True)
class Html:
    """A part made of HTML that our own code wrote; whatever came from an export in it is escaped."""

    markup: Markup


Part = Chart | Html


@dataclass(frozen=True)
class Section:
    """One section of a report.

    Displayed in a notebook, its parts appear in order: the heading and answer, then charts (interactive in JupyterLab) and tables.

    Attributes:
        id: anchor of the heading, also the term that is its title.
        title: in the report's language.
        answer: the section's answer in one sentence or a few.
        parts: charts and HTML, in reading order.
    """

    id: str
    title: str
    answer: str
    parts: tuple[Part, ...] = ()

    @property
    def opening(self) -> Markup:
        """The heading and the answer as HTML.

        >>> str(Section("speed", "Speed", "a < b").opening)
        '<h2 id="speed">Speed</h2>\\n<p class="lead">a &lt; b</p>'
        """
        return Markup('<h2 id="{}">{}</h2>\n<p class="lead">{}</p>').format(self.id, self.title, self.answer)

    def _ipython_display_(self) -> None:
        from IPython.display import publish_display_data

        for bundle in self.bundles():
            publish_display_data(bundle)  # type: ignore[no-untyped-call]

    def bundles(self) -> Iterator[dict[str, Any]]:
        """The outputs in order, by MIME type; each has a plain text for front ends that show nothing else."""
        yield {"text/html": with_links(self.opening), "text/plain": plain(f"{self.title}\n{self.answer}")}
        for part in self.parts:
            yield (
                {"text/html": with_links(part.markup), "text/plain": "table"}
                if isinstance(part, Html)
                else part._repr_mimebundle_()
            )


def nested(section: Section) -> tuple[Part, ...]:
    """A section as a part of another one: its heading one level lower, its anchor kept, its own subheadings lower still.

    >>> [str(part.markup) for part in nested(Section("speed", "Speed", "Fast.", (subheading("Why"),)))]
    ['<h3 id="speed">Speed</h3>\\n<p>Fast.</p>', '<h4>Why</h4>']
    """
    head = Markup('<h3 id="{}">{}</h3>').format(section.id, section.title)
    answer = Markup("\n<p>{}</p>").format(section.answer) if section.answer else Markup("")
    return (Html(head + answer), *(_lower(part) if isinstance(part, Html) else part for part in section.parts))


def _lower(part: Html) -> Html:
    """Subheadings as `subheading` writes them, one level lower; whatever an export holds is escaped and holds none."""
    return Html(Markup(str(part.markup).replace("<h3>", "<h4>").replace("</h3>", "</h4>")))  # noqa: S704 - made by our own code


def paragraph(text: str, css: str = "note") -> Html:
    """A paragraph of text.

    >>> str(paragraph("a < b").markup)
    '<p class="note">a &lt; b</p>'
    """
    return Html(Markup('<p class="{}">{}</p>').format(css, text))


def subheading(text: str) -> Html:
    """A heading inside a section.

    >>> str(subheading("a < b").markup)
    '<h3>a &lt; b</h3>'
    """
    return Html(Markup("<h3>{}</h3>").format(text))


def bullets(sentences: Sequence[str], css: str = "findings") -> Html:
    """A list of sentences.

    >>> str(bullets(["a < b"]).markup)
    '<ul class="findings"><li>a &lt; b</li></ul>'
    """
    items = Markup("").join(Markup("<li>{}</li>").format(sentence) for sentence in sentences)
    return Html(Markup('<ul class="{}">{}</ul>').format(css, items))


def lines(first: str, *rest: str) -> Markup:
    """A cell whose further lines are smaller.

    >>> str(lines("INC1", "E-mail <x>"))
    'INC1 <span class="note">E-mail &lt;x&gt;</span>'
    """
    return Markup("{}").format(first) + Markup("").join(Markup(' <span class="note">{}</span>').format(text) for text in rest)


def folded(title: str, part: Html) -> Html:
    """A part that opens when its title is clicked; printed open."""
    return Html(Markup('<details class="data"><summary>{}</summary>{}</details>').format(title, part.markup))


def table(
    columns: dict[str, str],
    rows: Sequence[dict[str, str] | dict[str, str | Markup]],
    *,
    numeric: frozenset[str] | set[str] = frozenset(),
    caption: str = "",
) -> Html:
    """A table whose cells are escaped text or our own markup.

    Args:
        columns: key -> heading, in order; the first column heads its row.
        rows: key -> cell.
        numeric: keys of right-aligned columns.
        caption: what the table is, where no heading says it.

    >>> str(table({"a": "A"}, [{"a": "<b>"}]).markup).partition("<tbody>")[2]
    '<tr><th scope="row" data-label="A">&lt;b&gt;</th></tr></tbody></table>'
    """
    css = {key: Markup(' class="number"') if key in numeric else Markup("") for key in columns}
    head = Markup("").join(Markup('<th scope="col"{}>{}</th>').format(css[key], name) for key, name in columns.items())
    body = Markup("").join(_row(columns, row, css) for row in rows)
    title = Markup("<caption>{}</caption>").format(caption) if caption else Markup("")
    return Html(Markup('<table class="values">{}<thead><tr>{}</tr></thead><tbody>{}</tbody></table>').format(title, head, body))


def shortened(
    columns: dict[str, str],
    rows: Sequence[dict[str, str] | dict[str, str | Markup]],
    first: int,
    more: str,
    *,
    numeric: frozenset[str] | set[str] = frozenset(),
) -> list[Html]:
    """A table of the first rows, and the others in a fold of their own with the title `more`; one row more is not folded.

    >>> [str(part.markup)[:8] for part in shortened({"a": "A"}, [{"a": str(n)} for n in range(4)], 2, "2 more")]
    ['<table c', '<details']
    >>> len(shortened({"a": "A"}, [{"a": str(n)} for n in range(3)], 2, "1 more"))
    1
    """
    if len(rows) <= first + 1:
        return [table(columns, rows, numeric=numeric)]
    return [table(columns, rows[:first], numeric=numeric), folded(more, table(columns, rows[first:], numeric=numeric))]


def _row(columns: dict[str, str], row: dict[str, str] | dict[str, str | Markup], css: dict[str, Markup]) -> Markup:
    cells = []
    for place, (key, name) in enumerate(columns.items()):
        form = '<th scope="row"{} data-label="{}">{}</th>' if place == 0 else '<td{} data-label="{}">{}</td>'
        cells.append(Markup(form).format(css[key], name, row[key]))  # noqa: S704 - one of the two forms above
    return Markup("<tr>{}</tr>").format(Markup("").join(cells))
