"""What a section is: its conclusion as the heading, then what else must be said, pictures and tables."""

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

    Displayed in a notebook, its parts appear in order: the heading, then charts (interactive in JupyterLab) and tables.

    Attributes:
        id: anchor of the heading, also the term that is its title.
        title: its subject, in the report's language; the contents list it.
        answer: its conclusion in one sentence: the heading.
        parts: charts and HTML, in reading order.
        more: what else the conclusion needs, in a few sentences.
    """

    id: str
    title: str
    answer: str
    parts: tuple[Part, ...] = ()
    more: str = ""

    @property
    def opening(self) -> Markup:
        """The heading and what follows from it as HTML.

        >>> str(Section("speed", "Speed", "a < b", more="c").opening)
        '<h2 id="speed"><span class="topic">Speed</span> a &lt; b</h2>\\n<p class="lead">c</p>'
        """
        heading = Markup('<h2 id="{}"><span class="topic">{}</span> {}</h2>').format(self.id, self.title, self.answer)
        return heading + (Markup('\n<p class="lead">{}</p>').format(self.more) if self.more else Markup(""))

    def _ipython_display_(self) -> None:
        from IPython.display import publish_display_data

        for bundle in self.bundles():
            publish_display_data(bundle)  # type: ignore[no-untyped-call]

    def bundles(self) -> Iterator[dict[str, Any]]:
        """The outputs in order, by MIME type; each has a plain text for front ends that show nothing else."""
        yield {
            "text/html": with_links(self.opening),
            "text/plain": plain("\n".join(filter(None, (self.title, self.answer, self.more)))),
        }
        for part in self.parts:
            yield (
                {"text/html": with_links(part.markup), "text/plain": "table"}
                if isinstance(part, Html)
                else part._repr_mimebundle_()
            )


def nested(section: Section) -> tuple[Part, ...]:
    """A section as a part of another one: its heading one level lower, its anchor kept.

    >>> [str(part.markup) for part in nested(Section("speed", "Speed", "Fast."))]
    ['<h3 id="speed">Speed</h3>\\n<p>Fast.</p>']
    """
    head = Markup('<h3 id="{}">{}</h3>').format(section.id, section.title)
    told = Markup("").join(Markup("\n<p>{}</p>").format(text) for text in (section.answer, section.more) if text)
    return (Html(head + told), *section.parts)


def beside(*columns: Sequence[Part]) -> tuple[Part, ...]:
    """Parts of one thought in columns side by side, where the page is wide enough; one column alone stands as it is.

    >>> [str(part.markup) for part in beside([paragraph("a")], [], [paragraph("b")])][::3]
    ['<div class="pair"><div>', '<p class="note">b</p>']
    """
    filled = [column for column in columns if column]
    if len(filled) < 2:
        return tuple(part for column in filled for part in column)
    marks = [Html(Markup('<div class="pair"><div>')), *[Html(Markup("</div><div>"))] * (len(filled) - 1)]
    inside = tuple(part for mark, column in zip(marks, filled, strict=True) for part in (mark, *column))
    return (*inside, Html(Markup("</div></div>")))


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


def phone_fold(title: str, *parts: Html) -> Html:
    """A heading with what follows from it, which opens on a phone when the heading is tapped; elsewhere it is open.

    >>> str(phone_fold("a < b", paragraph("c")).markup)
    '<details class="fold"><summary><h3>a &lt; b</h3></summary>\\n<p class="note">c</p></details>'
    """
    inside = Markup("").join(Markup("\n{}").format(part.markup) for part in parts)
    return Html(Markup('<details class="fold"><summary><h3>{}</h3></summary>{}</details>').format(title, inside))


def table(
    columns: dict[str, str],
    rows: Sequence[dict[str, str] | dict[str, str | Markup]],
    *,
    numeric: frozenset[str] | set[str] = frozenset(),
    caption: str = "",
    first: int = 2,
) -> Html:
    """A table whose cells are escaped text or our own markup.

    Args:
        columns: key -> heading, in order; the first column heads its row.
        rows: key -> cell.
        numeric: keys of right-aligned columns.
        caption: what the table is, where no heading says it.
        first: columns after the first that a phone shows in a row's second line; the others after a tap on the first.

    >>> str(table({"a": "A"}, [{"a": "<b>"}]).markup).partition("<tbody>")[2]
    '<tr><th scope="row" data-label="A">&lt;b&gt;</th></tr></tbody></table>'
    """
    folds = len(columns) > first + 1
    css = {key: _css(key in numeric, folds and place > first) for place, key in enumerate(columns)}
    head = Markup("").join(Markup('<th scope="col"{}>{}</th>').format(css[key], name) for key, name in columns.items())
    body = Markup("").join(_row(columns, row, css, folds=folds) for row in rows)
    title = Markup("<caption>{}</caption>").format(caption) if caption else Markup("")
    return Html(Markup('<table class="values">{}<thead><tr>{}</tr></thead><tbody>{}</tbody></table>').format(title, head, body))


def _css(number: bool, more: bool) -> Markup:
    """The classes of a column's cells."""
    names = " ".join(name for name, holds in (("number", number), ("more", more)) if holds)
    return Markup(' class="{}"').format(names) if names else Markup("")


def _row(columns: dict[str, str], row: dict[str, str] | dict[str, str | Markup], css: dict[str, Markup], *, folds: bool) -> Markup:
    cells = []
    for place, (key, name) in enumerate(columns.items()):
        form = '<th scope="row"{} data-label="{}">{}</th>' if place == 0 else '<td{} data-label="{}">{}</td>'
        cell = (
            Markup("<details><summary><span>{}</span></summary></details>").format(row[key]) if folds and place == 0 else row[key]
        )
        cells.append(Markup(form).format(css[key], name, cell))  # noqa: S704 - one of the two forms above
    return Markup("<tr>{}</tr>").format(Markup("").join(cells))
