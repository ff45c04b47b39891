"""Reading text files: encodings, delimiters, broken rows, and the line of every record."""

import csv
import gzip
import hashlib
import io
import zipfile
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from itsq_analysis.errors import IngestError
from itsq_analysis.ingest.read import read_file
from itsq_analysis.settings import LoadSettings
from itsq_analysis.store import quoted


def is_header(row):
    return "number" in row or "编号" in row


@pytest.fixture
def read(connection, tmp_path):
    """Read bytes; return the raw table and its rows as (line, row, *values)."""

    def reading(content, name="export.csv", **options):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        raw = read_file(connection, path, name, is_header, LoadSettings(), **options)
        columns = ", ".join(f"c{position}" for position in range(len(raw.headers)))
        rows = connection.execute(f"SELECT _line, _row, {columns} FROM {quoted(raw.relation)} ORDER BY _row").fetchall()
        assert raw.read == len(rows) + len(raw.malformed)
        return raw, rows

    return reading


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("编号,服务\n1,邮件\n".encode(), "utf-8"),
        ("编号,服务\n1,邮件\n".encode("utf-8-sig"), "utf-8 with BOM"),
        ("编号,服务\n1,邮件\n".encode("gb18030"), "gb18030"),
        ("编号,服务\n1,邮件\n".encode("gbk"), "gb18030"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_encodings(read, content, encoding, packed):
    raw, rows = read(gzip.compress(content) if packed else content, "x.csv.gz" if packed else "x.csv")
    assert (raw.headers, raw.encoding, rows) == (("编号", "服务"), encoding, [(2, 0, "1", "邮件")])


def test_a_character_across_two_blocks_is_one_character(read, monkeypatch):
    monkeypatch.setattr("itsq_analysis.ingest.decode.BLOCK", 5)
    text = "编号,服务\n" + "".join(f"{number},邮件é\n" for number in range(20))
    for encoding in ("utf-8", "gb18030"):
        _, rows = read(text.encode(encoding))
        assert rows == [(number + 2, number, str(number), "邮件é") for number in range(20)]


def test_an_encoding_that_nothing_decides_is_asked_with_what_each_would_read(read):
    with pytest.raises(IngestError, match=r"0xFF in line 3 of x\.csv, which is not UTF-8.*say which holds"):
        read(b"number,service\n1,ok\n2,bad \xff\n", "x.csv")


def test_a_bad_byte_in_utf8_is_damage_and_no_other_encoding(read):
    content = "number,service\n1,邮件系统\n2,网络 X\n".encode().replace(b"X", b"\xff")
    with pytest.raises(IngestError, match=r"UTF-8 must be complete; found byte 0xFF in line 3 of x\.csv"):
        read(content, "x.csv")


def test_a_character_cut_off_at_the_end_is_an_error(read):
    with pytest.raises(IngestError, match=r"in line 2 of .* which is not"):
        read("number\n邮".encode()[:-2])


@pytest.mark.parametrize("bom", [True, False])
@pytest.mark.parametrize("order", ["le", "be"])
def test_utf16(read, order, bom):
    content = ("\ufeff" * bom + "number,service\n1,é\n2,邮件\n").encode(f"utf-16-{order}")
    assert [row[2:] for row in read(content)[1]] == [("1", "é"), ("2", "邮件")]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Drucker in Mäsch gestört", "windows-1252"),
        ("Büro Zürich", "windows-1252"),
        ("Fechado com êxito, solução", "windows-1252"),
        ("プリンタで印刷できません", "shift_jis"),
        ("單號 電腦無法開機 處理中", "big5"),
        ("打印机故障，请处理", "gb18030"),
        ("zgłoszenie zamknięte, żółty", "windows-1250"),
        ("заявка закрыта", "windows-1251"),
    ],
)
def test_an_encoding_is_judged_by_what_people_write_and_told_with_an_example(read, text, encoding):
    raw, rows = read(f'number,service\n1,"{text}"\n'.encode(encoding))
    assert (raw.encoding, rows[0][3]) == (encoding, text)
    assert raw.warnings[0].startswith(f"read as {encoding}, in which it says ")


def test_a_stated_encoding_goes_before_the_judgement(read):
    assert read("number,service\n1,é\n".encode("cp850"), encoding="cp850")[1][0][3] == "é"
    with pytest.raises(IngestError, match="encoding that is stated, gb18030; found byte 0xFF in line 2"):
        read(b"number,service\n1,\xff\n", encoding="gb18030")


def test_a_first_line_that_states_the_delimiter(read):
    raw, rows = read(b"sep=;\nnumber;a,b,c\n1;x,y,z\n")
    assert (raw.headers, raw.delimiter, rows) == (("number", "a,b,c"), ";", [(3, 0, "1", "x,y,z")])


def test_a_zip_of_one_export(read):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("folder/export.csv", "number,service\n1,a\n")
        archive.writestr("__MACOSX/._export.csv", "x")
    assert read(inner.getvalue(), "x.zip")[1] == [(2, 0, "1", "a")]


def test_a_zip_of_several_exports_names_them(read):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.csv", "number\n1\n")
        archive.writestr("b.csv", "number\n2\n")
    with pytest.raises(IngestError, match=r"one export; found a\.csv, b\.csv in x\.zip"):
        read(inner.getvalue(), "x.zip")
    assert read(inner.getvalue(), "x.zip", member="b.csv")[1] == [(2, 0, "2")]


def test_html_saved_as_xls(read):
    text = (
        "<html><meta charset=utf-8><table><tr><td>menu</td></tr></table><table><tr><th>编号</th><th>服务</th><th>组</th></tr>"
        "<tr><td rowspan=2>1</td><td>邮件<br>系统</td><td>a&amp;b</td></tr><tr><td>网络</td><td></td></tr></table></html>"
    )
    raw, rows = read(text.encode("gbk"), "export.xls")
    assert raw.headers == ("编号", "服务", "组")
    assert [row[2:] for row in rows] == [("1", "邮件 系统", "a&b"), ("1", "网络", "")]


@pytest.mark.parametrize(
    "text",
    [
        '{"number": "1", "fields": {"status": {"name": "Done"}}, "labels": ["a", "b"]}\n{"number": 2, "labels": []}\n',
        '{"total": 2, "issues": [{"number": "1", "fields": {"status": {"name": "Done"}}, "labels": [{"name": "a"}, "b"]}, '
        '{"number": 2}]}',
    ],
)
def test_nested_json_and_json_lines(read, text):
    raw, rows = read(text.encode(), "x.jsonl")
    assert raw.headers == ("number", "fields.status.name", "labels")
    assert [(row[2], row[3], row[4] or None) for row in rows] == [("1", "Done", "a, b"), ("2", None, None)]


def test_what_servicenow_displays_goes_before_what_it_stores(read):
    [row] = read(
        b'{"result": [{"number": {"display_value": "INC1", "value": "x"}, "state": {"value": "7", "display_value": "Closed"}}]}'
    )[1]
    assert row[2:] == ("INC1", "Closed")


def test_parquet(read, tmp_path):
    at = pa.array([datetime(2026, 10, 5, 9)], pa.timestamp("ms", "Europe/Berlin"))
    pq.write_table(pa.table({"number": pa.array([7.0]), "at": at, "kind": pa.array(["x"]).dictionary_encode()}), tmp_path / "p")
    assert read((tmp_path / "p").read_bytes(), "x.parquet")[1] == [(1, 0, "7", "2026-10-05T09:00:00.000000Z", "x")]


def test_xes(read):
    text = """<?xml version="1.0" encoding="UTF-8"?><log xmlns="http://www.xes-standard.org/"><trace>
    <string key="concept:name" value="A"/><event><string key="concept:name" value="Open"/><date key="time:timestamp"
    value="2026-10-05T09:00:00.000+02:00"/></event><event><string key="concept:name" value="Close"/></event></trace></log>"""
    raw, rows = read(text.encode(), "x.xes")
    assert raw.headers == ("case:concept:name", "concept:name", "time:timestamp", "event")
    assert [row[2:] for row in rows] == [("A", "Open", "2026-10-05T09:00:00.000+02:00", "0"), ("A", "Close", None, "1")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_that_of_the_header(read, delimiter):
    raw, rows = read(f'number{delimiter}service\n1{delimiter}"a,b;c|d"\n'.encode())
    assert (raw.delimiter, rows) == (delimiter, [(2, 0, "1", "a,b;c|d")])


def test_the_delimiter_of_an_unknown_header_makes_most_columns(read):
    raw, _ = read(b"a;b, c;d\n1;2;3\n")
    assert raw.headers == ("a", "b, c", "d")


def test_title_rows_above_the_header_are_no_records(read):
    raw, rows = read("sep=;\n事件清单;;\n\nnumber;service;x\n1;Mail;2\n".encode())
    assert (raw.headers, raw.read, rows) == (("number", "service", "x"), 1, [(5, 0, "1", "Mail", "2")])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(read, end):
    _, rows = read(end.join(["number,service", "1,a", "2,b"]).encode())
    assert rows == [(2, 0, "1", "a"), (3, 1, "2", "b")]


def test_mixed_line_ends(read):
    _, rows = read(b"number,service\r\n1,a\n2,b\r\n")
    assert rows == [(2, 0, "1", "a"), (3, 1, "2", "b")]


def test_lines_are_physical_with_line_breaks_in_quotes_and_blank_lines(read):
    _, rows = read(b'number,service\n1,"a\n\nb"\n\n2,c\n\n\n')
    assert rows == [(2, 0, "1", "a\n\nb"), (6, 1, "2", "c")]


def test_a_header_over_two_lines(read):
    raw, rows = read(b'number,"short\r\ndescription"\r\n1,a\r\n')
    assert (raw.headers, rows) == (("number", "short\r\ndescription"), [(3, 0, "1", "a")])


def test_malformed_rows_are_kept_with_line_and_text(read):
    raw, rows = read(b'number,service,x\n1,a,b\n2,a\n3,"broken,b\n4,a,b,c\n5,"a" b,c\n6,"ok, so",b\n')
    assert rows == [(2, 0, "1", "a", "b"), (7, 1, "6", "ok, so", "b")]
    assert raw.malformed == ((3, "2,a"), (4, '3,"broken,b'), (5, "4,a,b,c"), (6, '5,"a" b,c'))


def test_a_record_of_several_lines_with_too_many_fields_is_one_malformed_row(read):
    raw, rows = read(b'number,service\n1,"a\nb",c\n2,d\n')
    assert raw.malformed == ((2, '1,"a\nb",c'),)
    assert rows == [(4, 0, "2", "d")]


def test_a_quotation_mark_inside_an_unquoted_field_is_malformed(read):
    raw, rows = read(b'number,service\n1,a 5" disk\n2,"a ""b"""\n3, "c" \n')
    assert rows == [(3, 0, "2", 'a "b"'), (4, 1, "3", "c")]
    assert raw.malformed == ((2, '1,a 5" disk'),)


def test_a_quoted_header_after_a_byte_order_mark(read):
    raw, rows = read(b'\xef\xbb\xbf"number","service"\r\n"1","a"\r\n')
    assert (raw.headers, rows) == (("number", "service"), [(2, 0, "1", "a")])


def test_a_header_alone_has_no_records(read):
    raw, rows = read(b"number,service")
    assert (raw.read, rows) == (0, [])


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", gzip.compress(b"", mtime=0)])
def test_an_empty_file_is_an_error(read, content):
    with pytest.raises(IngestError, match="must have a header; found nothing in"):
        read(content)


def test_a_header_that_stands_twice_is_numbered(read):
    raw, rows = read(b"number,Comment,comment ,Comment (2)\n1,2,3,4\n")
    assert raw.headers == ("number", "Comment (1)", "comment (2)", "Comment (2) (1)")
    assert rows == [(2, 0, "1", "2", "3", "4")]


def test_columns_without_a_name(read):
    raw, _ = read(b"number,,\n1,2,3\n")
    assert raw.headers == ("number", "column 2", "column 3")


def test_an_object_that_says_two_things_under_one_key_is_refused(read):
    with pytest.raises(IngestError, match="found state twice with different values"):
        read(b'[{"number": "1", "state": "open", "state": "closed"}]')
    _, rows = read(b'[{"number": "1", "state": "open", "state": "open"}]')
    assert rows == [(1, 0, "1", "open")]


@pytest.mark.parametrize("damage", [lambda packed: packed[:-9], lambda packed: packed[:-30] + b"\0" * 30])
def test_a_damaged_gzip_is_an_error(read, damage):
    packed = gzip.compress(b"number,service\n" + bytes(range(32, 127)) * 50)
    with pytest.raises(IngestError, match="cut off or damaged"):
        read(damage(packed))


def test_a_missing_file_is_an_error(connection):
    with pytest.raises(IngestError, match="must be a readable file"):
        read_file(connection, Path("nowhere.csv"), "nowhere.csv", is_header, LoadSettings())


@pytest.mark.parametrize(
    "name", ["运维 数据/导出 [1].csv", "it's; DROP TABLE x.csv", "a=b/100%20.csv", "#1 {x}.csv", 'quote"d.csv'.replace('"', "'")]
)
def test_names_of_files_and_folders_are_only_names(read, tmp_path, name):
    (tmp_path / "导出 1.csv").write_bytes(b"number\nother\n")  # what [1] as a pattern would find
    _, rows = read(b"number,service\n1,a\n", name)
    assert rows == [(2, 0, "1", "a")]


def test_hostile_headers_never_reach_sql(read):
    raw, rows = read(b'number,"x"" ; DROP TABLE y; --",\'a\',<script>\n1,2,3,4\n')
    assert raw.headers == ("number", 'x" ; DROP TABLE y; --', "'a'", "<script>")
    assert rows == [(2, 0, "1", "2", "3", "4")]


def test_the_digest_is_that_of_the_file_on_disk(read):
    packed = gzip.compress(b"number\n1\n")
    assert read(packed)[0].sha256 == hashlib.sha256(packed).hexdigest()


VALUES = st.text(alphabet='ab,"\n\r ;é邮', max_size=6)


@given(st.lists(st.tuples(VALUES, VALUES), max_size=8), st.sampled_from(["\n", "\r\n"]))
@example([("a\nb", '"'), ("", "")], "\n")
@settings(deadline=None)
def test_whatever_a_writer_quotes_comes_back(tmp_path_factory, rows, end):
    """Python's csv module, quoting every field, is the oracle: values, number of records and first lines."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator=end)
    lines, line = [], 2
    writer.writerow(("number", "service"))
    for row in rows:
        before = text.tell()
        writer.writerow(row)
        lines.append(line)
        line += text.getvalue().count("\n", before)
    path = tmp_path_factory.mktemp("csv") / "x.csv"
    path.write_bytes(text.getvalue().encode())
    with duckdb.connect() as connection:
        raw = read_file(connection, path, "x.csv", is_header, LoadSettings())
        found = connection.execute(f"SELECT _line, c0, c1 FROM {quoted(raw.relation)} ORDER BY _row").fetchall()
    assert {line for line, _ in raw.malformed} == raw.swallowing
    expected = [(n, *row) for n, row in zip(lines, rows, strict=True) if n not in raw.swallowing]
    assert [(number, a or "", b or "") for number, a, b in found] == expected


@given(st.text(alphabet='ab,"\n ', max_size=40))
@settings(deadline=None)
def test_no_line_is_ever_lost(tmp_path_factory, body):
    """Whatever stands below the header, every line with text is in a record or in a malformed row."""
    path = tmp_path_factory.mktemp("csv") / "x.csv"
    path.write_bytes(("number,service\n" + body).encode())
    with duckdb.connect() as connection:
        raw = read_file(connection, path, "x.csv", is_header, LoadSettings())
        starts = [line for (line,) in connection.execute(f"SELECT _line FROM {quoted(raw.relation)}").fetchall()]
    starts += [line for line, _ in raw.malformed]
    assert len(starts) == len(set(starts)) == raw.read
    filled = {number for number, line in enumerate(body.split("\n"), 2) if line}
    assert not filled or min(starts) == min(filled)
    assert set(starts) <= filled
