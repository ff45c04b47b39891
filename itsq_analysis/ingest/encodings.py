"""In which encoding a text was written: judged by how plausible each reading is, told with an example, asked when unsure.

Nearly every sequence of bytes can be decoded in several ways. Each candidate is scored by the share of its non-ASCII characters
that stand as people write them: Chinese in its common characters, Japanese with kana, Western letters one or two at a time.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

EXAMINED = 400_000  # bytes with non-ASCII signs that are judged
PLAUSIBLE = 0.75  # score from which a reading is believed
APART = 0.12  # by which it must lead the next one
RARE = 0.85  # prior of an encoding that office machines hardly write today
LONGEST_RUN = 3  # non-ASCII letters one after another in a Western word

# The commonest characters of Chinese office text: a text without any of them is hardly Chinese.
_FREQUENT = set(
    "的一是不了在人有我他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年生自会那后能对着事其里所去行过家十用发天如"
    "然作方成者多日都三小军二无同么经法当起与好看学进种将还分此心前面又定见只主没公从工单号状态间建解决关闭处理组级优先事件请求"
    "服务系统网络电脑打印机邮件密码账号登录问题描述完成类型编申请部门技术员创更新标题渠道急高低紧软硬故障恢复值班维护运结果报告開"
    "閉時間單編號狀態優級類處員網路電腦問題說明檔門請務統郵"
)
_SIGNS = set("°€£¥§«»“”„‘’‚–—…·•ºª¡¿²³½¼¾±µ™®©×\u00a0")
_WESTERN = set("àáâãäåæçèéêëìíîïñòóôõöøùúûüýßœšžÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝŒŠŽ")
_CENTRAL = set("áäâăąçćčďđéęëěíîĺľłńňóôőöŕřśšşťţúůüűýźžżßÁÄÂĂĄÇĆČĎĐÉĘËĚÍÎĹĽŁŃŇÓÔŐÖŔŘŚŠŞŤŢÚŮÜŰÝŹŽŻ")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Reading:
    """One way to read the bytes: codec, score from 0 to 1, and a word or phrase as it would read."""

    encoding: str
    score: float
    example: str


def readings(sample: bytes) -> list[Reading]:
    """The ways in which a sample of non-UTF-8 text can be read, the most plausible first.

    Readings that give the same text are one, under the first name.

    Args:
        sample: lines of the text that hold bytes above 0x7F; cut at line ends.

    >>> [reading.encoding for reading in readings("Drucker in Mäsch gestört".encode("cp1252"))][:1]
    ['windows-1252']
    """
    found: dict[str, Reading] = {}
    for encoding, codec, score in _CANDIDATES:
        try:
            text = sample[:EXAMINED].decode(codec)
        except UnicodeDecodeError as error:
            if error.end < min(len(sample), EXAMINED) - 3:
                continue
            text = sample[: error.start].decode(codec)
        has_letters = any(sign > "\x7f" and sign.isalpha() for sign in text)
        prior = 1.0 if encoding in _USUAL else RARE * has_letters
        found.setdefault(text, Reading(encoding, prior * score(text), _example(text)))
    return sorted(found.values(), key=lambda reading: -reading.score)


def is_sure(ranked: list[Reading]) -> bool:
    """Whether the first of the readings is plausible and leads the second clearly."""
    return bool(ranked) and ranked[0].score >= PLAUSIBLE and (len(ranked) == 1 or ranked[0].score - ranked[1].score >= APART)


def wide_encoding(head: bytes) -> str | None:
    """UTF-16 or UTF-32 by a byte order mark, or UTF-16 by the zeros between ASCII characters; None for any other text."""
    if head.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "utf-32"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = max(1, len(head) // 2)
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 * half and odd < 0.05 * half else None


def _example(text: str) -> str:
    """The first words with a non-ASCII character."""
    place = next((index for index, sign in enumerate(text) if sign > "\x7f"), 0)
    line = text[max(0, text.rfind("\n", 0, place) + 1, place - 8) : place + 12]
    return line.split("\n")[0].strip()


def _chinese(text: str, common: Callable[[str], bool]) -> float:
    wide = [sign for sign in text if sign > "\x7f"]
    if not wide:
        return 0.0
    share = sum(map(common, wide)) / len(wide)
    ideographs = [sign for sign in wide if "\u4e00" <= sign <= "\u9fff"]
    frequent = sum(sign in _FREQUENT for sign in ideographs) / max(1, len(ideographs))
    return float(share * (0.65 + 0.35 * min(1.0, frequent / 0.15)))


def _is_common_gb(sign: str) -> bool:
    lead = sign.encode("gb2312", errors="ignore")[:1]
    return b"\xa1" <= lead <= b"\xd7" or sign == "€"


def _is_common_big5(sign: str) -> bool:
    return b"\xa1" <= sign.encode("big5", errors="ignore")[:1] <= b"\xc6"


def _japanese(text: str) -> float:
    wide = [sign for sign in text if sign > "\x7f"]
    kana = sum("\u3040" <= sign <= "\u30ff" for sign in wide)
    common = sum(b"\x81" <= sign.encode("cp932", errors="ignore")[:1] <= b"\x97" for sign in wide)
    half = sum("\uff61" <= sign <= "\uff9f" for sign in wide)
    share = (common - half) / max(1, len(wide))
    return max(0.0, share * (0.65 + 0.35 * min(1.0, 10 * kana / max(1, len(wide)))))


def _korean(text: str) -> float:
    wide = [sign for sign in text if sign > "\x7f"]
    hangul = sum("\uac00" <= sign <= "\ud7a3" for sign in wide)
    particles = sum(sign in "이가은는을를의에로서한하다기지요청처리일시접수완료" for sign in wide)
    return float(hangul / max(1, len(wide)) * (0.7 + 0.3 * min(1.0, particles / max(1.0, 0.08 * len(wide)))))


def _letters(letters: set[str]) -> Callable[[str], float]:
    """The share of non-ASCII characters that are such letters, placed as in words of a Western language, or usual signs."""

    def score(text: str) -> float:
        wide = sum(sign > "\x7f" for sign in text)
        good = sum(sign in _SIGNS for sign in text)
        good -= len(re.findall(r"(?<=[^\W\d_])[²³½¼¾±×§µ¥](?=[^\W\d_])", text))
        for word in _WORD.findall(text):
            odd = [sign for sign in word if sign > "\x7f" and sign not in _SIGNS]
            if odd and _is_word(word, letters):
                good += len(odd)
        return max(0.0, good / max(1, wide))

    return score


def _is_word(word: str, letters: set[str]) -> bool:
    runs = re.findall(r"[^\x00-\x7f]+", word)
    cased = word[1:].islower() or word.isupper() or len(word) == 1
    return cased and all(len(run) <= LONGEST_RUN and set(run) <= letters | _SIGNS for run in runs)


def _cyrillic(text: str) -> float:
    wide = sum(sign > "\x7f" for sign in text)
    good = sum(sign in _SIGNS | {"№"} for sign in text)
    for word in _WORD.findall(text):
        if len(word) > 1 and all("\u0400" <= sign <= "\u045f" for sign in word) and (word[1:].islower() or word.isupper()):
            good += len(word)
    return good / max(1, wide)


_CANDIDATES: tuple[tuple[str, str, Callable[[str], float]], ...] = (
    ("gb18030", "gb18030", lambda text: _chinese(text, _is_common_gb)),
    ("big5", "cp950", lambda text: _chinese(text, _is_common_big5)),
    ("shift_jis", "cp932", _japanese),
    ("euc_jp", "euc_jp", _japanese),
    ("euc_kr", "cp949", _korean),
    ("windows-1252", "cp1252", _letters(_WESTERN)),
    ("windows-1250", "cp1250", _letters(_CENTRAL)),
    ("windows-1251", "cp1251", _cyrillic),
    ("cp850", "cp850", _letters(_WESTERN)),
    ("mac_roman", "mac_roman", _letters(_WESTERN)),
)
_USUAL = ("gb18030", "big5", "shift_jis", "euc_kr", "windows-1252")
CODECS = {name: codec for name, codec, _ in _CANDIDATES} | {
    name: name for name in ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32")
}


def codec_of(name: str) -> str:
    """The codec of an encoding as a person names it; "latin-1" is read as windows-1252, as browsers do.

    Raises:
        LookupError: there is none.
    """
    import codecs

    key = unicodedata.normalize("NFKC", name).strip().lower()
    if key in ("latin-1", "latin1", "iso-8859-1"):
        return "cp1252"
    if key in ("gbk", "gb2312"):
        return "gb18030"
    return CODECS.get(key) or codecs.lookup(key).name
