"""Measurements as Prometheus, Zabbix and people export them: tiny files, every row expected."""

import gzip
import json
from datetime import UTC, datetime

import pytest
import xlsxwriter

from itsq_analysis.errors import IngestError

HOSTILE = ["<script>alert(1)</script>", "=cmd()", "' OR 1=1 --", '"; DROP TABLE metrics; --', "{instance}"]
NINE = 1_790_000_100  # a moment in September 2026
SHOWN = datetime.fromtimestamp(NINE, UTC).strftime("%Y-%m-%d %H:%M:%S")


def matrix(*series, kind="matrix", **beside):
    result = [{"metric": labels, "values": values} for labels, values in series]
    return json.dumps({"status": "success", "data": {"resultType": kind, "result": result}, **beside})


def prometheus(stage, content, **entry):
    return stage(content, "metrics", mapping="prometheus_query_range", **entry)


def points(found):
    return [(row["time"], row["resource"], row["metric"], row["value"]) for row in found.rows]


def test_each_point_of_a_matrix_is_a_row(stage):
    found = prometheus(
        stage,
        matrix(
            ({"__name__": "used", "instance": "a"}, [[NINE, "1.5"], [NINE + 60.5, "2"]]),
            ({"__name__": "used", "instance": "b", "job": "node"}, [[NINE, "-0.25"]]),
        ),
    )
    assert [row[1:] for row in points(found)] == [("a", "used", 1.5), ("a", "used", 2.0), ("b", "used", -0.25)]
    assert points(found)[0][0] == points(found)[2][0] == SHOWN
    assert found.facts.read == 3
    assert found.facts.ignored_columns == {"job": []}


def test_not_a_number_is_missing_and_counted_and_infinity_is_refused(stage):
    values = [[NINE, "NaN"], [NINE + 60, "+Inf"], [NINE + 120, "-Inf"], [NINE + 180, "0"], [NINE + 240, "1e400"]]
    found = prometheus(stage, matrix(({"__name__": "used", "instance": "a"}, values)))
    assert found.column("value") == [None, 0.0]
    assert found.facts.missing["value"] == 1
    assert found.rules == [
        (2, "unreadable_number", "value", "+Inf"),
        (3, "unreadable_number", "value", "-Inf"),
        (5, "unreadable_number", "value", "1e400"),
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.49999999999999994", 0.49999999999999994),
        ("1000000000000000000000", 1e21),
        ("1.7976931348623157e308", 1.7976931348623157e308),
    ],
)
def test_numbers_keep_every_digit(stage, text, value):
    assert prometheus(stage, matrix(({"__name__": "m", "instance": "a"}, [[NINE, text]]))).column("value") == [value]


def test_a_point_that_is_no_pair_is_refused_as_it_stands(stage):
    values = [[NINE, "1"], "oops", [NINE], [NINE, ["1"]], None]
    found = prometheus(stage, matrix(({"__name__": "m", "instance": "a"}, values)))
    assert found.column("value") == [1.0]
    assert [(row["line"], row["rule"], row["value"]) for row in found.refused] == [
        (2, "malformed_row", "oops"),
        (3, "malformed_row", f'["{NINE}"]'),
        (4, "malformed_row", f'["{NINE}", ["1"]]'),
        (5, "malformed_row", "null"),
    ]


def test_several_labels_make_a_resource_and_one_that_is_absent_refuses_the_row(stage):
    content = matrix(
        ({"__name__": "used", "instance": "db", "mountpoint": "/data"}, [[NINE, "1"]]),
        ({"__name__": "used", "instance": "db"}, [[NINE, "2"]]),
    )
    found = prometheus(stage, content, columns={"resource": ["{instance}:{mountpoint}"]})
    assert found.column("resource") == ["db:/data"]
    assert [rule[1:3] for rule in found.rules] == [("missing_required", "resource")]
    assert found.facts.ignored_columns == {}


def test_a_query_without_a_name_takes_the_metric_that_the_source_states(stage):
    content = matrix(({"instance": "a"}, [[NINE, "1"]]))
    with pytest.raises(IngestError, match="must have the columns metric"):
        prometheus(stage, content)
    assert prometheus(stage, content, stated={"metric": "cpu"}).column("metric") == ["cpu"]
    named = matrix(({"instance": "a", "__name__": "own"}, [[NINE, "1"]]))
    assert prometheus(stage, named, stated={"metric": "cpu"}).column("metric") == ["own"]


def test_values_name_a_resource_by_its_label(stage):
    content = matrix(({"__name__": "m", "instance": "10.1.2.3:9100"}, [[NINE, "1"]]))
    found = prometheus(stage, content, values={"resource": {"10.1.2.3:9100": "wms-db01"}})
    assert found.column("resource") == ["wms-db01"]


def test_an_instant_query_is_read_too(stage):
    result = [{"metric": {"__name__": "m", "instance": "a"}, "value": [NINE, "7"]}]
    content = json.dumps({"status": "success", "data": {"resultType": "vector", "result": result}})
    assert points(prometheus(stage, content)) == [(SHOWN, "a", "m", 7.0)]


def test_what_prometheus_warns_of_is_told(stage):
    content = matrix(({"__name__": "m", "instance": "a"}, [[NINE, "7"]]), warnings=["partial response"])
    assert prometheus(stage, content).facts.warnings == ("export.csv: partial response",)


def test_labels_that_are_called_like_our_columns_stand_apart(stage):
    labels = {"__name__": "m", "instance": "a", "Value": "x", "timestamp": "y", "value": "z"}
    found = prometheus(stage, matrix((labels, [[NINE, "7"]])))
    assert points(found) == [(SHOWN, "a", "m", 7.0)]


def test_hostile_labels_are_text(stage):
    content = matrix(*(({"__name__": text, "instance": text}, [[NINE, "1"]]) for text in HOSTILE))
    found = prometheus(stage, content)
    assert found.column("resource") == found.column("metric") == HOSTILE
    wrapped = prometheus(stage, content, columns={"resource": ["{instance}'; DROP"]}, stated={"value_max": "' OR 1=1 --"})
    assert set(wrapped.column("value_max")) == {None}
    assert wrapped.facts.unmapped == {"value_max": {"' OR 1=1 --": len(HOSTILE)}}


def test_a_label_name_may_be_hostile(stage):
    content = matrix(({"__name__": "m", "instance": "a", '"; DROP': "x"}, [[NINE, "NaN"], [NINE + 60, "no"]]))
    found = prometheus(stage, content)
    assert json.loads(found.refused[0]["record"])['"; DROP'] == "x"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"status": "success", "data": {"resultType": "matrix", "result": [{"met', "cut off or damaged"),
        ('{"status": "error", "errorType": "bad_data", "error": "too many points"}', "an error in export.csv: too many points"),
        (
            '{"status": "success", "data": {"resultType": "scalar", "result": [1, "2"]}}',
            "must be a matrix or a vector; found scalar",
        ),
        ('{"a": 1}', "list of objects; found neither"),
        ('{"a":' * 100_000, "cut off or damaged"),
        ('[{"time": 1, "TIME": 2, "resource": 1, "metric": 1}]', "one header must mean metrics.time; found"),
        (matrix(), "must have the columns"),
    ],
)
def test_what_is_no_answer_says_so(stage, content, message):
    with pytest.raises(IngestError, match=message):
        prometheus(stage, content)


def test_compressed_answers_are_read(stage):
    content = gzip.compress(matrix(({"__name__": "m", "instance": "资源"}, [[NINE, "1"]])).encode())
    assert prometheus(stage, content, name="p.json.gz").column("resource") == ["资源"]


TRENDS = (
    "itemid,host,key_,clock,num,value_min,value_avg,value_max\n42,db,cpu,1790000100,60,0.1,0.2,0.9\n42,db,cpu,1790003700,0,,NULL,\n"
)


def test_trends_of_zabbix_keep_minimum_mean_maximum_and_count(stage):
    found = stage(TRENDS, "metrics", mapping="zabbix_trends")
    kept = [
        tuple(row[name] for name in ("time", "resource", "metric", "value", "value_min", "value_max", "points"))
        for row in found.rows
    ]
    assert kept[0] == (SHOWN, "db", "cpu", 0.2, 0.1, 0.9, 60)
    assert kept[1][1:] == ("db", "cpu", None, None, None, 0)
    assert found.facts.missing["value"] == 1


def test_trend_get_names_items_by_number(stage):
    row = {"itemid": "42", "clock": str(NINE), "num": "60", "value_min": "0.1", "value_avg": "0.2", "value_max": "0.9"}
    content = json.dumps({"jsonrpc": "2.0", "result": [row, "odd"], "id": 1})
    found = stage(
        content,
        "metrics",
        mapping="zabbix_trends",
        columns={"resource": ["itemid"]},
        values={"resource": {"42": "wms-db01"}},
        stated={"metric": "system.cpu.util"},
    )
    assert points(found) == [(SHOWN, "wms-db01", "system.cpu.util", 0.2)]
    assert [rule[1] for rule in found.rules] == ["malformed_row"]


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-10-05 09:00", "2026-10-05 01:00:00"),
        ("2026/10/5 9:00:00", "2026-10-05 01:00:00"),
        ("2026-10-05T01:00:00Z", "2026-10-05 01:00:00"),
        ("2026-10-05T09:00:00+08:00", "2026-10-05 01:00:00"),
        ("1791162000", "2026-10-05 01:00:00"),
        ("1791162000.75", "2026-10-05 01:00:00"),
        ("1791162000000", "2026-10-05 01:00:00"),
    ],
)
def test_a_plain_csv_may_tell_time_in_any_way(stage, text, utc):
    found = stage(f"时间,主机,指标,数值\n{text},db,used,1\n", "metrics", mapping="metrics_csv", zone="Asia/Shanghai")
    assert points(found) == [(utc, "db", "used", 1.0)]


def test_a_bare_number_is_no_time_in_a_register(stage):
    found = stage("time,resource,metric,value\n1791162000,db,used,1\n", "metrics")
    assert found.rules == [(2, "unreadable_time", "time", "1791162000")]


def test_an_empty_value_is_missing_and_a_word_is_refused(stage):
    found = stage(
        "time,host,key,value\n2026-10-05,db,used,\n2026-10-05,db,used,n/a\n2026-10-05,db,used,much\n",
        "metrics",
        mapping="metrics_csv",
    )
    assert found.column("value") == [None, None]
    assert found.rules == [(4, "unreadable_number", "value", "much")]


def test_one_metric_a_file_is_stated(stage):
    found = stage("ts,device,val\n2026-10-05,db,3\n", "metrics", mapping="metrics_csv", stated={"metric": "used_gib"})
    assert [row[1:] for row in points(found)] == [("db", "used_gib", 3.0)]


def test_a_wide_table_has_a_row_for_each_cell(stage):
    content = '监控报表,,,\n时间,db-1,"web ""2""",\' OR 1=1 --\n2026-10-05,1,2,\n2026-10-06,NaN,much,5\n2026-10-07,1\n'
    found = stage(content, "metrics", mapping="metrics_csv", wide="resource", stated={"metric": "cpu"})
    day, next_day = "2026-10-05 00:00:00", "2026-10-06 00:00:00"
    name = "' OR 1=1 --"
    assert points(found) == [
        (day, "db-1", "cpu", 1.0), (day, 'web "2"', "cpu", 2.0), (day, name, "cpu", None),
        (next_day, "db-1", "cpu", None), (next_day, name, "cpu", 5.0),
    ]  # fmt: skip
    assert found.rules == [(4, "unreadable_number", "value", "much"), (5, "malformed_row", None, "2026-10-07,1")]
    assert found.facts.read == 7


def test_a_wide_table_of_metrics_keeps_its_resource(stage):
    found = stage("time,host,cpu,memory\n2026-10-05,db,0.5,12\n", "metrics", mapping="metrics_csv", wide="metric")
    assert [row[1:] for row in points(found)] == [("db", "cpu", 0.5), ("db", "memory", 12.0)]


def test_a_wide_workbook_is_read_too(stage, tmp_path):
    path = tmp_path / "宽表.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["time", "db", "web"])
        page.write_datetime(1, 0, datetime(2026, 10, 5), book.add_format({"num_format": "yyyy-mm-dd"}))
        page.write_row(1, 1, [1.5, 2])
    found = stage(path, "metrics", mapping="metrics_csv", wide="resource", stated={"metric": "cpu"})
    assert [row[1:] for row in points(found)] == [("db", "cpu", 1.5), ("web", "cpu", 2.0)]
