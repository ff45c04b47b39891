"""Chinese in a PDF of Chromium made searchable.

Fonts of Chinese draw 用 (U+7528) and the radical ⽤ (U+2F64) with one glyph, and Chromium notes the first of the two, so that a
search for 用 finds nothing. The tables that lead from glyphs to characters (ToUnicode) are rewritten here to name the
ordinary character.
"""

from __future__ import annotations

import re
import unicodedata
import zlib

RADICALS = range(0x2E80, 0x2FE0)
# Those that Unicode does not itself lead to their character: radical, character, and so on.
SIMPLIFIED = "⻁虎⻄西⻅见⻆角⻉贝⻋车⻓长⻔门⻘青⻙韦⻚页⻛风⻜飞⻝食⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻬齐⻮齿⻰龙⻳龟"
STREAM = re.compile(rb"(.*?/Length )(\d+)(>> stream\n)(.*)(\nendstream\nendobj\n)", re.DOTALL)
ENTRY = re.compile(rb"(\d{10}) (\d{5}) ([nf]) ?\r?\n")
SINGLE = re.compile(rb"(<[0-9A-F]+> )<(2[EF][0-9A-F]{2})>(?=\n)")
RANGE = re.compile(rb"<([0-9A-F]+)> <([0-9A-F]+)> <(2[EF][0-9A-F]{2})>(?=\n)")


def searchable(pdf: bytes) -> bytes:
    """The PDF with ordinary characters in place of radicals; one that is built otherwise than Chromium does stays as it is."""
    place = pdf.rfind(b"\nxref\n") + 1
    header = re.match(rb"xref\n0 (\d+)\n", pdf[place : place + 40])
    if not place or not header:
        return pdf
    table = place + header.end()
    entries = [ENTRY.match(pdf, table + 20 * number) for number in range(int(header[1]))]
    if not all(entries):
        return pdf
    starts = sorted(int(entry[1]) for entry in entries if entry and entry[3] == b"n")
    moved, parts, length = {}, [pdf[: starts[0]]] if starts else [pdf[:place]], starts[0] if starts else place
    for start, end in zip(starts, [*starts[1:], place], strict=True):
        moved[start] = length
        parts.append(_object(pdf[start:end]))
        length += len(parts[-1])
    lines = [
        b"%010d %s %s \n" % (moved[int(entry[1])] if entry[3] == b"n" else int(entry[1]), entry[2], entry[3])
        for entry in entries
        if entry
    ]
    rest = pdf[table + 20 * len(entries) :]
    return b"".join([*parts, header[0], *lines, re.sub(rb"(startxref\n)\d+", rb"\g<1>%d" % length, rest)])


def _object(content: bytes) -> bytes:
    """One object, rewritten if it is a table from glyphs to characters."""
    found = STREAM.fullmatch(content)
    if not found or b"/FlateDecode" not in found[1]:
        return content
    try:
        stream = zlib.decompress(found[4])
    except zlib.error:
        return content
    if b"begincmap" not in stream[:400]:
        return content
    packed = zlib.compress(_ordinary(stream), 9)
    return found[1] + b"%d" % len(packed) + found[3] + packed + found[5]


def _ordinary(table: bytes) -> bytes:
    """A table with ordinary characters; a run of radicals is listed one by one, since ordinary ones do not follow one another."""

    def listed(match: re.Match[bytes]) -> bytes:
        first = int(match[3], 16)
        codes = [_code(first + step) for step in range(int(match[2], 16) - int(match[1], 16) + 1)]
        return b"<%s> <%s> [%s]" % (match[1], match[2], b" ".join(b"<%04X>" % code for code in codes))

    def single(match: re.Match[bytes]) -> bytes:
        return match[1] + b"<%04X>" % _code(int(match[2], 16))

    return SINGLE.sub(single, RANGE.sub(listed, table))


def _code(code: int) -> int:
    if chr(code) in SIMPLIFIED[::2]:
        return ord(SIMPLIFIED[SIMPLIFIED.index(chr(code)) + 1])
    ordinary = unicodedata.normalize("NFKC", chr(code)) if code in RADICALS else chr(code)
    return ord(ordinary) if len(ordinary) == 1 else code
