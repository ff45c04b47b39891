"""The page's template: what is said where nbconvert cannot find it."""

import pytest
from nbconvert.exporters import templateexporter

from itsq_analysis.errors import ReportError
from itsq_analysis.reports.render import _exporter, render
from tests.reports.made import notebook

EXECUTED = notebook()


def test_a_template_that_is_not_there_is_named() -> None:
    with pytest.raises(
        ReportError, match=r"nbconvert must find the page template 'capacity'.*No template sub-directory.*JUPYTER_PATH"
    ):
        render(EXECUTED, "capacity")


def test_without_nbconverts_own_templates_the_message_says_where_they_were_sought(
    monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    _exporter.cache_clear()
    monkeypatch.setattr(templateexporter, "jupyter_path", lambda *parts: [str(tmp_path.joinpath(*parts))])
    with pytest.raises(ReportError, match="name the folder of nbconvert/templates") as raised:
        render(EXECUTED)
    assert "\n" not in str(raised.value)
