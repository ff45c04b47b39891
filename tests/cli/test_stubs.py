"""The commented registers in a new itsq.toml: each reads the template of its table, saved as `itsq template` says."""

import re
from pathlib import Path

import pytest

from itsq_analysis import open_workspace
from itsq_analysis.settings import load_settings
from tests.cli.running import itsq

STUBS = 12
SAVED = re.compile(r"save it as (\S+), and name it")


def taken_off(text: str) -> str:
    """The file after somebody has taken the # off every source."""
    return re.sub(r"^#(\[\[source\]\]|(?:glob|mapping|table) = )", r"\1", text, flags=re.MULTILINE)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_stub_loads_the_template_of_its_table(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, language: str, kind: str
) -> None:
    folder = tmp_path / "ws"
    assert itsq(capsys, "init", folder, "--language", language).code == 0
    used = {source.table for source in load_settings(folder).sources}
    settings = folder / "itsq.toml"
    settings.write_text(taken_off(settings.read_text(encoding="utf-8")), encoding="utf-8")
    stubs = [source for source in load_settings(folder).sources if source.table not in used]
    assert len(stubs) == len({stub.table for stub in stubs}) == STUBS
    for stub in stubs:
        written = itsq(capsys, "template", stub.table, "--format", kind, "-w", folder)
        template = folder / "registers" / f"template_{stub.table}.{kind}"
        [name] = SAVED.findall(written.out)
        template.rename(folder / Path(stub.glob).parent / name)
    assert "error: " not in itsq(capsys, "check", "-w", folder).out
    ledger = open_workspace(folder).load()
    assert dict(zip(ledger["table"], ledger["inserted"], strict=True)) == {stub.table: 1 for stub in stubs}
    assert ledger["quarantined"].sum() == 0
