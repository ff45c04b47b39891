"""Facts to words: the one place where values, sentences and their parts become text of a language.

A brief wording is for the first screen: names are cut, titles lose their asides, days their year.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from math import isnan
from typing import TYPE_CHECKING, Any

from itsq_analysis.facts import sentence as parts
from itsq_analysis.indicators.names import names
from itsq_analysis.periods import Period, parse_period
from itsq_analysis.tables.plain_text import is_missing
from itsq_analysis.text import aside, clauses, formats, listed, paragraph, say, term
from itsq_analysis.text.formats import MISSING, Language
from itsq_analysis.text.length import shortened
from itsq_analysis.text.marks import FactKeys, plain

if TYPE_CHECKING:
    from itsq_analysis.facts import Scope
    from itsq_analysis.indicators import Indicator
    from itsq_analysis.indicators.value import Value

FEW = 20  # a smaller population is told as "2 of 3", without a percentage
URGENT = ("1", "2")  # priorities that are never drowned in a total
NAMED = ("group", "service", "tier", "level", "channel")  # dimensions whose members do not say what they are
PLAIN = ("service", "group", "priority", "supplier")  # dimensions whose members a first screen calls by their bare names
SHORT = 3  # months, below which a decimal says something
LEAST = 0.01  # what a simulation can tell from 0 and 1
TEN_THOUSAND = 10_000  # Chinese counts money in these
CURRENCIES = {"CNY": "元", "USD": "美元", "EUR": "欧元", "HKD": "港元", "GBP": "英镑", "JPY": "日元"}
NAME = 48  # columns of a brief name; a wide character takes two
PUNCTUATION = (
    ",.;:\N{FULLWIDTH COMMA}\N{FULLWIDTH SEMICOLON}\N{FULLWIDTH COLON}\N{IDEOGRAPHIC FULL STOP}\N{FULLWIDTH LEFT PARENTHESIS}"
)
YEAR = "\N{CJK UNIFIED IDEOGRAPH-5E74}"
PIECES = "\N{CJK UNIFIED IDEOGRAPH-4EF6}"
_MEASURE_WORD = re.compile("\u4eba\u6b21|[\u4ef6\u9879\u6b21\u4efd\u4e2a\u6761\u4eba\u5f20]")
_ASIDE = re.compile(r"\s*[(\N{FULLWIDTH LEFT PARENTHESIS}][^()\N{FULLWIDTH LEFT PARENTHESIS}]*[)\N{FULLWIDTH RIGHT PARENTHESIS}]$")
_BEFORE = re.compile(f" +(?=[{PUNCTUATION}\N{FULLWIDTH QUESTION MARK}\N{FULLWIDTH LEFT PARENTHESIS}])")
_AFTER = re.compile("(?<=[\N{FULLWIDTH COMMA}\N{FULLWIDTH COLON}\N{FULLWIDTH LEFT PARENTHESIS}\N{IDEOGRAPHIC FULL STOP}]) +")


@dataclass(frozen=True)
class Wording:
    """How a report says its facts.

    Attributes:
        language: of every word.
        catalogue: the indicators by id.
        period: of the report; brief days of its year lose the year.
        month_starts_on: as in itsq.toml.
        brief: the first screen's short forms.
        keys: of the facts that are printed; None prints numbers without a way back, as for a workbook.
        currency: of amounts of money, as in itsq.toml.
    """

    language: Language
    catalogue: Mapping[str, Indicator]
    period: Period
    month_starts_on: int = 1
    brief: bool = False
    keys: FactKeys | None = None
    currency: str = "CNY"
    names: Mapping[str, str] = field(default_factory=dict)  # of the registers -> what the page calls them in its language

    def called(self, text: str) -> str:
        """What the page calls a thing of the registers: its name in the page's language, where it has one."""
        return self.names.get(text, text)

    def shorter(self) -> Wording:
        """The same in brief."""
        return replace(self, brief=True)

    # sentences and their parts -----------------------------------------------------------------------------------------

    def sentence(self, told: parts.Sentence) -> str:
        """A sentence with its parts put in.

        A fact `n` of 1 takes the sentence `id_one` where there is one.
        """
        count = told.facts.get("n")
        single = isinstance(count, parts.Number) and count.value == 1
        facts: dict[str, Any] = {name: self.part(part) for name, part in told.facts.items() if not (single and name == "n")}
        said = say(told.id, self.language, **facts, **({"n": "1"} if single else {}))
        return tight(said) if self.brief else said

    def part(self, part: parts.Part) -> str:
        """One part of a sentence as text.

        Raises:
            TypeError: a kind that no sentence has.
        """
        match part:
            case str():
                return self.called(part)
            case parts.Sentence():
                return self.sentence(part)
            case parts.Term(id):
                return term(id, self.language)
            case parts.Number(value, decimals):
                return formats.number(value, decimals)
            case parts.Share(value, whole):
                return (MISSING if isnan(value) else f"{value:.0%}") if whole else formats.percent(value)
            case parts.Amount(indicator, amount):
                return self.amount(indicator, amount)
            case parts.Duration(hours):
                return formats.duration(hours, self.language)
            case parts.Chance(probability):
                return self.chance(probability)
            case parts.Growth(share):
                return f"{share:+.0%}"
            case parts.Money(amount):
                return self.money(amount)
            case parts.Quantity(value, unit):
                return self.quantity(value, unit)
            case parts.Days(count):
                return self.days(count)
            case parts.Months(count):
                return self.months(count)
            case parts.Ago(day, today):
                return self.ago(day, today)
            case parts.Day(day, otherwise):
                return term(otherwise, self.language) if day is None else self.day(day)
            case parts.Dates(start, end):
                return self.dates(start, end)
            case parts.DayOfWeek(day):
                return self.day_of_week(day)
            case parts.Range(low, high):
                return f"{formats.number(low)}–{formats.number(high)}"
            case parts.PeriodName(label):
                return self.period_name(label)
            case parts.Title(indicator):
                return self.title(indicator)
            case parts.Member(dimension, member, named):
                return self.named(dimension, member) if named else self.member(dimension, member)
            case parts.Name(name, width):
                text = self.called(name)
                return self.spaced(shortened(text, width) if width else " ".join(text.split())) if self.brief else text
            case parts.Translated(en, zh):
                return zh if self.language == "zh" else en
            case parts.Measure(value, form):
                return str(getattr(self, form)(value))
            case parts.Aside(inner):
                return aside(self.part(inner), self.language)
            case parts.Listed(items, by):
                return self.joined((self.part(item) for item in items), by)
        raise TypeError(f"a sentence must be of known parts; found {type(part).__name__}")

    def joined(self, items: Iterable[str], by: str = "names") -> str:
        """Texts one after the other, with the language's commas."""
        if by == "commas":
            return (", " if self.language == "en" else "\N{FULLWIDTH COMMA}").join(items)
        if by == "sentences":
            return paragraph(items, self.language)
        return listed(items, self.language) if by == "names" else clauses(items, self.language)

    # names -------------------------------------------------------------------------------------------------------------

    def title(self, indicator: str) -> str:
        """An indicator's name; in brief without the aside that tells how it is computed."""
        name = self.catalogue[indicator].title[self.language]
        return _ASIDE.sub("", name) if self.brief else name

    def member(self, dimension: str, member: Any) -> str:
        """A member's name as a table's row or column says it: priority 1 is P1."""
        known = f"P{member}" if dimension == "priority" else self.called(str(member))
        name = term("unknown", self.language) if is_missing(member) else known
        return self.spaced(shortened(name, NAME)) if self.brief else name

    def named(self, dimension: str, member: Any) -> str:
        """A member's name with what it is, for a sentence."""
        plain = is_missing(member) or dimension not in NAMED or str(member).lower().startswith(dimension)
        if plain or (self.brief and dimension in PLAIN):
            return self.member(dimension, member)
        name = term(f"channel_{member}", self.language) if dimension == "channel" else self.called(str(member))
        named = term(f"{dimension}_named", self.language).format(name=name)
        return self.spaced(shortened(named, NAME)) if self.brief else named

    def spaced(self, name: str) -> str:
        """A name inside a Chinese sentence: with a space where a Latin letter or a digit would touch a character."""
        if self.language != "zh" or not name:
            return name
        return f"{' ' * name[0].isascii()}{name}{' ' * name[-1].isascii()}"

    def scoped(self, value: Value) -> str:
        """An indicator's name with the member that it is told of."""
        title = self.title(value.indicator)
        if is_missing(value.dimension):
            return title
        bare = self.brief or value.dimension in ("service", "group")
        member = (self.member if bare else self.named)(str(value.dimension), value.member)
        return tight(say("scoped", self.language, title=title, member=member))

    # times -------------------------------------------------------------------------------------------------------------

    def day(self, day: date) -> str:
        """A local day; in brief without its year where that is the year of the first day after the period."""
        text = formats.day(day, self.language)
        return self._without_year(text, day.year) if self.brief and day.year == self.period.end.year else text

    def dates(self, start: date, end: date) -> str:
        """Days from the first to the one before `end`: "3–30 Nov", "30 Nov–6 Dec", of a single one "8 Nov"."""
        last = end - timedelta(days=1)
        if start == last:
            return formats.short_day(start, self.language)
        if (start.year, start.month) != (last.year, last.month):
            return f"{formats.short_day(start, self.language)}–{formats.short_day(last, self.language)}"
        if self.language == "en":
            return f"{start.day}–{formats.short_day(last, 'en')}"
        return f"{start.month}月{start.day}–{last.day}日"

    def day_of_week(self, day: date) -> str:
        """A day with its weekday: "Mon 9 Nov"."""
        weekday = term(f"weekday_{day.weekday()}", self.language)
        return say("fc_weekday", self.language, weekday=weekday, day=formats.short_day(day, self.language))

    def period_name(self, label: str) -> str:
        """A period's name; in brief a month of the report's year without it."""
        period = parse_period(label, self.month_starts_on)
        if not self.brief:
            return formats.period_name(period, self.language)
        name = self.period_label(label)
        same = period.grain == "month" and label[:4] == self.period.label[:4]
        return self._without_year(name, int(label[:4])) if same else name

    def period_label(self, label: str) -> str:
        """A period's name without its days."""
        return formats.period_label(parse_period(label, self.month_starts_on), self.language)

    def month(self, day: date) -> str:
        """A month and its year."""
        return f"{day.year}年{day.month}月" if self.language == "zh" else f"{formats.MONTHS[day.month - 1]} {day.year}"

    def days(self, count: int) -> str:
        """A number of days: "30 days"."""
        return say("days", self.language, n=count)

    def months(self, count: float) -> str:
        """A number of months, with a decimal where there are few."""
        return say("months", self.language, n=formats.number(count, 0 if round(abs(count), 1) >= SHORT else 1))

    def ago(self, day: date, today: date) -> str:
        """How long a day is past: "4 days ago"."""
        return say("days_ago", self.language, n=days_between(day, today))

    def _without_year(self, text: str, year: int) -> str:
        return text.removesuffix(f" {year}").removeprefix(f"{year}{YEAR}")

    # amounts -----------------------------------------------------------------------------------------------------------

    def money(self, amount: float | None) -> str:
        """An amount in the workspace's currency: "CNY 86,000"; a missing one is "no price", 0 is free of charge."""
        if is_missing(amount):
            return say("money_unknown", self.language)
        if not amount:
            return say("money_none", self.language)
        currency = self.currency_word
        if self.language == "zh" and abs(amount) >= TEN_THOUSAND:
            return say("money_large", self.language, amount=f"{round(amount / TEN_THOUSAND, 2):,g}", currency=currency)
        return say("money", self.language, amount=formats.number(amount), currency=currency)

    @property
    def currency_word(self) -> str:
        """The currency as an amount names it: its code, in Chinese its own word where that is common."""
        return CURRENCIES.get(self.currency, f" {self.currency}") if self.language == "zh" else self.currency

    def quantity(self, value: float | None, unit: str) -> str:
        """An amount in a unit of an export: "50 GiB", "12.5%"."""
        if value is None:
            return MISSING
        count = formats.number(value, 0 if abs(value) >= 100 or float(value).is_integer() else 1)
        return f"{count}%" if unit == "%" else f"{count} {unit}".strip()

    def chance(self, probability: float) -> str:
        """A simulated probability in whole per cent: never 0 or 100 %, but "less than 1%"."""
        if probability < LEAST:
            return say("chance_below", self.language, share=f"{LEAST:.0%}")
        if probability > 1 - LEAST:
            return say("chance_above", self.language, share=f"{1 - LEAST:.0%}")
        return f"{probability:.0%}"

    # values ------------------------------------------------------------------------------------------------------------

    def shown(self, value: Value, field: str = "value") -> str:
        """A number of a value in its indicator's unit; a small population as "2 of 3"."""
        amount = getattr(value, field)
        if is_missing(amount):
            return MISSING
        return self._linked(self._amount(value, field, float(amount)), value, field)

    def _linked(self, text: str, value: Value, field: str) -> str:
        """A number with the key of its fact; a row of a frame is no fact."""
        return self.keys.marked(text, value, field) if self.keys is not None and hasattr(value, "basis") else text

    def _amount(self, value: Value, field: str, amount: float) -> str:
        indicator = self.catalogue[value.indicator]
        if field == "target" and indicator.unit == "%":
            return formats.share(amount)
        if field == "value" and indicator.kind == "proportion" and population(value) < FEW:
            return self._counts(value)
        target = float(value.target) if field == "value" else float("nan")
        return formats.value(amount, indicator.unit, self.language, target)

    def amount(self, indicator: str, amount: float) -> str:
        """A number in an indicator's unit."""
        return MISSING if isnan(amount) else formats.value(amount, self.catalogue[indicator].unit, self.language)

    def target(self, value: Value) -> str:
        """The target in the indicator's unit."""
        return self.shown(value, "target")

    def measured(self, value: Value) -> str:
        """A value with the count behind it: "92.3% (1,649 of 1,787)"; of P1 and P2 the count first: "81 of 95 (85.3%)"."""
        shown = self.shown(value)
        counted = self.catalogue[value.indicator].unit == "%" and not is_missing(value.denominator)
        if is_missing(value.value) or not counted or plain(shown) == self._counts(value):
            return shown
        urgent = value.dimension == "priority" and value.member in URGENT
        first, second = (self.of(value), shown) if urgent else (shown, self.of(value))
        return first + aside(second, self.language)

    def of(self, value: Value) -> str:
        """The count behind a value: "1,551 of 1,700", "4 h of 744 hours lost", or "n = 130"."""
        return self._linked(self._counts(value), value, "n")

    def _counts(self, value: Value) -> str:
        if value.indicator.startswith("availability") and not is_missing(value.denominator):
            lost, total = value.denominator - value.numerator, formats.number(value.denominator)
            if value.indicator == "availability_user_weighted":
                return say("of_user_hours", self.language, lost=formats.number(lost), total=total)
            return say("of_hours", self.language, lost=formats.duration(lost, self.language), total=total)
        known = not (is_missing(value.numerator) or is_missing(value.denominator))
        if not known or not float(value.denominator).is_integer():
            return self.of_n(value)
        told = {name: self.counted(getattr(value, name), value.indicator) for name in ("numerator", "denominator")}
        return say("of_count", self.language, **told)

    def of_n(self, value: Value) -> str:
        """The rows behind a value: "n = 130"."""
        return say("of_n", self.language, n=self.counted(value.n, value.indicator))

    def counted(self, amount: Any, indicator: str = "") -> str:
        """A number of an indicator's rows, in Chinese with the word by which they are counted: 件 of 件事件, 项 of 项变更."""
        number = MISSING if is_missing(amount) else formats.number(amount)
        if self.language != "zh":
            return number
        noun = self.catalogue[indicator].counted if indicator else None
        match = _MEASURE_WORD.match(noun["zh"]) if noun else None
        return f"{number} {match[0] if match else PIECES}"


def wording_of(scope: Scope, language: Language) -> Wording:
    """How facts of a scope are said, without keys."""
    organisation, starts_on = scope.settings.organisation, scope.settings.period.month_starts_on
    called = names(scope, language)
    return Wording(language, scope.catalogue, scope.period, starts_on, currency=organisation.currency, names=called)


def population(value: Value) -> float:
    """The cases that judge a value's size."""
    counted = value.n if is_missing(value.denominator) else value.denominator
    return 0.0 if is_missing(counted) else float(counted)


def tight(text: str) -> str:
    """A sentence without the spaces of a name that fell before a full stop, a comma or the beginning.

    >>> tight(" Desk  and Night Desk ,")
    'Desk and Night Desk,'
    """
    return _AFTER.sub("", _BEFORE.sub("", " ".join(text.split())))


def days_between(day: date, today: date) -> int:
    """Days from a day to today; below 0 where it is still to come.

    >>> days_between(date(2026, 10, 31), date(2026, 11, 3))
    3
    """
    return (today - day).days
