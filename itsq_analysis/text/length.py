"""How long a text is to a reader, and names cut to a length: what a first screen may hold is counted, not guessed."""

from __future__ import annotations

import re
from unicodedata import combining, east_asian_width

from itsq_analysis.text.formats import Language
from itsq_analysis.text.marks import plain

WIDE = ("W", "F")
CUT = "\N{HORIZONTAL ELLIPSIS}"
_RUN = re.compile(r"[^\s\W]+(?:[^\s\w]+[^\s\W]+)*", re.UNICODE)


def words(text: str, language: Language) -> int:
    """English words, or Chinese characters the way word processors count them.

    In English whatever stands between spaces and holds a letter or digit. In Chinese every wide character, punctuation included,
    and every run of letters or digits once.

    >>> words("138 of 1,787 were late - by 4 h", "en"), words("1,787 件中 138 件超时。", "zh")
    (8, 8)
    """
    text = plain(text)
    if language == "en":
        return sum(any(sign.isalnum() for sign in part) for part in text.split())
    wide = sum(east_asian_width(sign) in WIDE for sign in text)
    narrow = "".join(" " if east_asian_width(sign) in WIDE else sign for sign in text)
    return wide + len(_RUN.findall(narrow))


def shortened(name: str, width: int) -> str:
    """A name cut to so many columns, a wide character taking two; white space is collapsed.

    >>> shortened("E-mail", 10), shortened("Business Applications", 12), shortened("\\u4ed3\\u50a8\\u7ba1\\u7406 WMS", 8)
    ('E-mail', 'Business Ap…', '仓储管…')
    """
    text = " ".join(name.split())
    if sum(map(_columns, text)) <= width:
        return text
    kept, left = "", width - 1
    for sign in text:
        left -= _columns(sign)
        if left < 0:
            break
        kept += sign
    return kept.rstrip() + CUT


def _columns(sign: str) -> int:
    return 0 if combining(sign) else 2 if east_asian_width(sign) in WIDE else 1
