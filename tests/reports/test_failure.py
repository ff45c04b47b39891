from typing import Any

from itsq_analysis.reports.failure import one_line, tracebacks, why


def failed(ename: str, evalue: str, *traceback: str) -> dict[str, Any]:
    output = {"output_type": "error", "ename": ename, "evalue": evalue, "traceback": list(traceback)}
    good = {"cell_type": "code", "metadata": {"papermill": {"exception": False}}, "outputs": []}
    allowed = {"cell_type": "code", "metadata": {"papermill": {"exception": False}}, "outputs": [{**output, "ename": "Allowed"}]}
    return {"cells": [good, allowed, {"cell_type": "code", "metadata": {"papermill": {"exception": True}}, "outputs": [output]}]}


def test_no_failed_cell_no_reason() -> None:
    whole = failed("ValueError", "x")
    del whole["cells"][2]
    assert why(whole) is None
    assert tracebacks(whole) == ""


def test_the_cell_type_and_message() -> None:
    assert why(failed("ValueError", "no\nsuch row", "ValueError: no")) == "cell 3: ValueError: no such row"


def test_the_first_error_of_itsq_in_the_chain_speaks_for_itself() -> None:
    chain = (
        "\x1b[31mStoreError\x1b[0m: must be loaded; found none",
        "direct cause",
        "IndicatorError: later",
        "RuntimeError: last",
    )
    assert why(failed("RuntimeError", "last", *chain)) == "must be loaded; found none"
    assert why(failed("ReportError", "only here")) == "only here"


def test_tracebacks_name_their_cell_and_lose_their_colours() -> None:
    assert tracebacks(failed("E", "", "\x1b[31mred\x1b[0m", "end")) == "cell 3:\nred\nend"


def test_a_long_message_is_cut() -> None:
    assert one_line("x" * 500) == "x" * 399 + "…"
