"""Tickets that say the same thing: groups around the texts that most others resemble, month by month.

Star clustering (Aslam, Pelekhov and Rus, Journal of Graph Algorithms and Applications 8:95-129, 2004) over TF-IDF and context: the
text with most neighbours founds a group of them, then the next one among the rest. No chains (as density clustering makes of
ticket texts), no number of groups to be chosen, no chance. Months come one after the other: a new ticket joins a group that is
known, else waits for others like it. So what is known in a month is not told otherwise later, and a group keeps its identity.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from math import log

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from itsq_analysis.recurring.texts import Clauses, FormLetters, Ticket, is_code, term

ALIKE = 0.5  # cosine of two texts of one cause
SAME = 0.6  # of the centres of two groups that are one
FEWEST = 5  # tickets that found a group
WAITING = 12  # months for which a ticket waits for others like it
CONTEXT = 0.15  # how much of the likeness is service, category and configuration item
CONTEXTS = (0.4, 0.3, 0.3)  # of these three
CODE = 2.0  # how much more a code tells than a word
MOST = 0.6  # of the tickets of two groups, that say a code which makes them one; and of the tickets that say it
COMMON = 0.3  # a word that stands in more of the different texts tells nothing
ENOUGH = 300  # different texts, before a word is called common
STRONGEST = 12  # words that a text is compared by
BLOCK = 1000  # rows that are compared at once

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Grouped:
    """What came of it.

    Attributes:
        group: of each ticket: the position of the ticket that most others of its founders resemble; −1 for none.
        clauses: what each ticket says beside form letters.
    """

    group: Ints
    clauses: list[Clauses]


def grouped(months: Sequence[Sequence[Ticket]]) -> Grouped:
    """Group tickets, month after month.

    Args:
        months: the tickets of each month, oldest first.

    >>> tickets = [Ticket((("Printer", "jams"),))] * 5 + [Ticket((("VPN", "drops"),))]
    >>> grouped([tickets]).group.tolist()
    [0, 0, 0, 0, 0, -1]
    """
    letters, texts = FormLetters(), Texts()
    clauses: list[Clauses] = []
    unit: list[int] = []
    pool = Pool()
    for number, tickets in enumerate(months):
        letters.learn(tickets)
        told = [letters.without(ticket) for ticket in tickets]
        clauses += told
        new = [texts.add(said, ticket.context) for said, ticket in zip(told, tickets, strict=True)]
        unit += new
        pool.take(texts, sorted(set(new)), number)
    exemplar = np.array([*pool.group_of(texts.size), -1])  # of each different text
    first = dict(zip(reversed(unit), reversed(range(len(unit))), strict=True))  # ticket that said it first
    return Grouped(
        np.array([first[place] if (place := int(exemplar[text])) >= 0 else -1 for text in unit], dtype=np.int64), clauses
    )


class Entries:
    """A sparse matrix that grows."""

    def __init__(self) -> None:
        self.row, self.column, self.value = array("q"), array("q"), array("d")

    def add(self, row: int, column: int, value: float) -> None:
        """One more entry."""
        self.row.append(row)
        self.column.append(column)
        self.value.append(value)

    def matrix(self, rows: int, columns: int) -> sparse.csr_matrix:
        """What it is so far, with one column at least."""
        parts = (np.array(self.value), (np.array(self.row), np.array(self.column)))
        return sparse.csr_matrix(parts, shape=(rows, max(columns, 1)))


class Texts:
    """The different texts so far, how often each was said, and the words of each."""

    def __init__(self) -> None:
        self.place: dict[tuple[tuple[tuple[str, int], ...], tuple[str | None, ...]], int] = {}
        self.count: list[int] = []
        self.terms: dict[str, int] = {}
        self.contexts: dict[tuple[int, str], int] = {}
        self.codes: list[tuple[str, ...]] = []
        self.coded: Counter[str] = Counter()  # tickets that say a code
        self._words, self._context = Entries(), Entries()

    @property
    def size(self) -> int:
        """How many different texts there are."""
        return len(self.count)

    def add(self, clauses: Clauses, context: tuple[str | None, ...]) -> int:
        """The place of a text, which is new or said again."""
        counted = tuple(sorted(Counter(found for clause in clauses for word in clause if (found := term(word))).items()))
        key = (counted, context)
        codes = tuple(word for word, _ in counted if is_code(word))
        self.coded.update(codes)
        if key in self.place:
            self.count[self.place[key]] += 1
            return self.place[key]
        place = self.place[key] = self.size
        self.count.append(1)
        self.codes.append(codes)
        for word, times in counted:
            tells = (CODE if is_code(word) else 1.0) * (1 + log(times))
            self._words.add(place, self.terms.setdefault(word, len(self.terms)), tells)
        for kind, value in enumerate(context):
            if value is not None:
                self._context.add(place, self.contexts.setdefault((kind, value), len(self.contexts)), CONTEXTS[kind] ** 0.5)
        return place

    def vectors(self) -> sparse.csr_matrix:
        """One row of length 1 a text; a text without a telling word has an empty row."""
        words = self._words.matrix(self.size, len(self.terms))
        df = np.bincount(words.indices, minlength=words.shape[1])
        said = np.asarray((words > 0).T @ np.array(self.count, dtype=float)).ravel()
        telling = (said > 1) & (df <= max(ENOUGH, COMMON * self.size))
        weight = np.where(telling, np.log((1 + self.size) / (1 + df)) + 1, 0)
        text = _unit(_strongest(_unit(words @ sparse.diags(weight))))
        around = _unit(self._context.matrix(self.size, len(self.contexts)))
        known = np.diff(around.indptr) > 0
        of_text = np.where(known, (1 - CONTEXT) ** 0.5, 1.0)
        of_context = np.where(np.diff(text.indptr) > 0, CONTEXT**0.5, 0.0)
        both = sparse.hstack([sparse.diags(of_text) @ text, sparse.diags(of_context) @ around]).tocsr()
        return both.astype(np.float32)


def _unit(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """The rows at length 1; an empty one stays empty."""
    rows = sparse.csr_matrix(matrix)
    rows.eliminate_zeros()
    length = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags(1 / np.where(length > 0, length, 1)) @ rows)


def _strongest(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """Each row with its strongest entries only: what a long text is about."""
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    order = np.lexsort((matrix.indices, -matrix.data, rows))
    rank = np.arange(len(order)) - matrix.indptr[rows[order]]
    kept = np.sort(order[rank < STRONGEST])
    return sparse.csr_matrix((matrix.data[kept], (rows[kept], matrix.indices[kept])), shape=matrix.shape)


class Pool:
    """The groups so far, and the texts that wait for others like them."""

    def __init__(self) -> None:
        self.group: dict[int, int] = {}  # text -> exemplar
        self.founders: dict[int, list[int]] = {}  # exemplar -> texts around it when it was founded
        self.root: dict[int, int] = {}  # exemplar -> that of its group: one in each language, where a code joins them
        self.waiting: dict[int, int] = {}  # text -> month in which it was last said
        self.near: dict[int, list[int]] = {}  # waiting text -> waiting texts like it, itself included

    def take(self, texts: Texts, new: Sequence[int], month: int) -> None:
        """Texts of a month: they join groups, or wait; those that wait may found groups."""
        vectors, counts = texts.vectors(), np.array(texts.count)
        unknown = [text for text in new if text not in self.group]
        unknown = self._join(vectors, unknown)
        for text in unknown:
            self.waiting[text] = month
        self._forget(month)
        self._compare(vectors, unknown)
        self._found(vectors, texts, _stars(self.near, counts))

    def _centres(self, vectors: sparse.csr_matrix, groups: Iterable[Sequence[int]]) -> sparse.csr_matrix:
        lists = list(groups)
        rows = np.repeat(np.arange(len(lists)), [len(founders) for founders in lists])
        columns = np.array([text for founders in lists for text in founders], dtype=np.int64)
        members = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(lists), vectors.shape[0]))
        return _unit(members @ vectors)

    def _join(self, vectors: sparse.csr_matrix, texts: list[int]) -> list[int]:
        """Those that are like no group that is known."""
        if not self.founders or not texts:
            return texts
        exemplars = list(self.founders)
        alike = (vectors[texts] @ self._centres(vectors, self.founders.values()).T).toarray()
        best, most = alike.argmax(axis=1), alike.max(axis=1)
        for text, place, likeness in zip(texts, best, most, strict=True):
            if likeness >= ALIKE:
                self._settle(text, exemplars[place])
        return [text for text, likeness in zip(texts, most, strict=True) if likeness < ALIKE]

    def _settle(self, text: int, exemplar: int) -> None:
        self.group[text] = self.root[exemplar]
        self.waiting.pop(text, None)
        self.near.pop(text, None)

    def _forget(self, month: int) -> None:
        for text in [text for text, last in self.waiting.items() if last <= month - WAITING]:
            del self.waiting[text]
            self.near.pop(text, None)

    def _compare(self, vectors: sparse.csr_matrix, new: Sequence[int]) -> None:
        """Who is like whom among those that wait."""
        waiting = np.array(sorted(self.waiting), dtype=np.int64)
        fresh = set(new)
        for start in range(0, len(new), BLOCK):
            rows = new[start : start + BLOCK]
            alike = (vectors[rows] @ vectors[waiting].T).tocsr()
            for place, text in enumerate(rows):
                part = slice(alike.indptr[place], alike.indptr[place + 1])
                like = waiting[alike.indices[part][alike.data[part] >= ALIKE]].tolist()
                self.near[text] = sorted({text, *like})
                for other in like:
                    if other not in fresh:
                        self.near[other].append(text)

    def _found(self, vectors: sparse.csr_matrix, texts: Texts, stars: Sequence[list[int]]) -> None:
        """New groups; texts that gather beside a group that is known, or is just founded, join it."""
        if not stars:
            return
        exemplars = [*self.founders, *(star[0] for star in stars)]
        alike = (self._centres(vectors, stars) @ self._centres(vectors, [*self.founders.values(), *stars]).T).toarray()
        known = np.arange(len(exemplars)) < len(self.founders)
        for place, star in enumerate(stars):
            likeness = np.where(known, alike[place], 0)
            best = int(likeness.argmax())
            exemplar = exemplars[best] if likeness[best] >= SAME else star[0]
            if exemplar == star[0]:
                known[len(exemplars) - len(stars) + place] = True
                self.founders[exemplar] = star
                self.root[exemplar] = self._by_code(texts, star)
            for text in star:
                self._settle(text, exemplar)

    def _by_code(self, texts: Texts, star: list[int]) -> int:
        """The group that says the same code, where hardly any other ticket does; else the star is a group of its own."""
        own = _codes(texts, star)
        for exemplar, founders in self.founders.items():
            if exemplar == star[0]:
                continue
            both = own.keys() & _codes(texts, founders).keys()
            members = [text for text, group in self.group.items() if group == self.root[exemplar]] if both else []
            for code in both:
                if own[code] + sum(texts.count[text] for text in members if code in texts.codes[text]) >= MOST * texts.coded[code]:
                    return self.root[exemplar]
        return star[0]

    def group_of(self, size: int) -> Ints:
        """The exemplar of each text, −1 for none."""
        found = np.full(size, -1, dtype=np.int64)
        found[list(self.group)] = list(self.group.values())
        return found


def _codes(texts: Texts, star: Sequence[int]) -> dict[str, int]:
    """Codes that most tickets of a star say, with how many do."""
    said = Counter[str]()
    for text in star:
        said.update(dict.fromkeys(texts.codes[text], texts.count[text]))
    tickets = sum(texts.count[text] for text in star)
    return {code: times for code, times in said.items() if times >= MOST * tickets}


def _stars(near: dict[int, list[int]], counts: Ints) -> list[list[int]]:
    """The text that most tickets are like, with its neighbours; then the next among the rest. The exemplar comes first."""
    taken: set[int] = set()
    queue = [(-int(counts[like].sum()), text) for text, like in near.items()]
    heapify(queue)
    stars = []
    while queue:
        size, text = heappop(queue)
        if text in taken:
            continue
        like = [other for other in near[text] if other in near and other not in taken]
        tickets = int(counts[like].sum())
        if tickets < FEWEST:
            continue
        if tickets < -size:
            heappush(queue, (-tickets, text))
            continue
        taken.update(like)
        stars.append([text, *(other for other in like if other != text)])
    return stars
