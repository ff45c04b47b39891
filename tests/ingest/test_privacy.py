"""Personal data leave no trace in anything that is written."""

import gzip
from pathlib import Path

import pytest

from itsq_analysis import open_workspace
from itsq_analysis.errors import IngestError, SettingsError
from itsq_analysis.ingest.privacy import Privacy
from itsq_analysis.settings import parse_settings
from tests.cli.running import itsq

PHONE, CARD, MAIL = "13812345678", "11010519491231002X", "zhang.wei@example.com"
NAME, GROUP, CALLER = "张伟", "Night shift", "E10042"
SECRETS = (PHONE, CARD, MAIL, NAME, GROUP, CALLER)
TEXT = f"{NAME} 电话{PHONE}，身份证{CARD}，{MAIL}"
HEAD = "number,opened_at,resolved_at,state,priority,service,assignment_group,ci,short_description,caller\n"
ROWS = (
    f"INC1,2026-10-05 09:00:00,2026-10-05 10:00:00,closed,3,E-mail,{GROUP},{CALLER},{TEXT},{PHONE}\n"
    f"INC2,not a time,,closed,3,E-mail,{GROUP},{CALLER},{TEXT},{PHONE}\n"  # to quarantine
    f"INC3,2026-10-06 09:00:00,,closed,3,E-mail,{GROUP},{CALLER},{TEXT},{PHONE},one,more\n"  # no sound fields
)
SOURCE = '[[source]]\nglob = "exports/*.csv"\nmapping = "register"\ntable = "incidents"\ntimezone = "Asia/Shanghai"\n'
PRIVACY = '[privacy]\ndrop = ["ci"]\npseudonymise = ["assignment_group"]\nkey = "env:ITSQ_TEST_KEY"\nnames = "file:../names.txt"\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ITSQ_TEST_KEY", "a key that nobody sees")
    (tmp_path / "names.txt").write_text(f"{NAME}\n李娜\n", encoding="utf-8")
    made = tmp_path / "ws"
    (made / "exports").mkdir(parents=True)
    (made / "exports" / "incidents.csv").write_text(HEAD + ROWS, encoding="utf-8")
    (made / "itsq.toml").write_text(SOURCE + PRIVACY, encoding="utf-8")
    return made


def written(folder: Path) -> str:
    """Everything that was written into the workspace, unpacked: names of files, texts, the texts of Parquet files."""
    import pyarrow.parquet as pq

    found = []
    for file in sorted(path for path in folder.rglob("*") if path.is_file() and path.parent.name != "exports"):
        content = file.read_bytes()
        if file.suffix == ".parquet":
            content = str(pq.read_table(file).to_pylist()).encode() + content
        elif content[:2] == b"\x1f\x8b":
            content = gzip.decompress(content)
        found.append(f"{file.relative_to(folder)} {content.decode('utf-8', 'replace')}")
    return "\n".join(found)


def test_nothing_that_is_written_holds_a_person(capsys, folder: Path) -> None:
    loaded = itsq(capsys, "load", "-w", folder)
    assert loaded.code == 1, loaded.err  # most of the rows are refused
    ws = open_workspace(folder)
    [row] = ws.table("incidents").to_dict("records")
    assert row["short_description"] == "[name] 电话[phone]，身份证[identity_card]，[mail]"
    assert row["assignment_group"].startswith("p-")
    assert row["ci"] is None or row["ci"] != row["ci"]
    assert len(ws.quarantine()) == 2
    ws.values(by="group", period="2026-10")
    rows = folder / "rows.csv"
    told = itsq(capsys, "explain", "incidents_opened", "--period", "2026-10", "-w", folder, "--rows", rows)
    shown = itsq(capsys, "quarantine", "--format", "json", "-w", folder)
    everything = written(folder) + "".join(ended.out + ended.err for ended in (loaded, told, shown))
    assert rows.is_file()
    assert "INC1" in everything
    assert [secret for secret in (*SECRETS, "a key that nobody sees") if secret in everything] == []


def test_a_changed_privacy_empties_the_cache(folder: Path) -> None:
    ws = open_workspace(folder)
    ws.load()
    ws.values(period="2026-10")
    assert ws.cache is not None
    assert ws.cache.files()
    ws.load()
    assert ws.cache.files()
    (folder / "itsq.toml").write_text(SOURCE + PRIVACY.replace('["ci"]', '["ci", "category"]'), encoding="utf-8")
    again = open_workspace(folder)
    again.load()
    assert again.cache is not None
    assert again.cache.files() == []


def test_what_looks_like_a_number_of_a_ticket_or_a_time_is_kept() -> None:
    kept = "INC0012345 CHG0031493 2026-10-05 09:00:00 10.0.0.1 1759626000000 440305 v1.38.123"
    assert Privacy().masked(kept) == kept
    masked = Privacy().masked("+86 138 1234 5678; 010-12345678; １３８１２３４５６７８; +49 30 901820; 13812345678/13912345678")
    assert masked == "[phone]; [phone]; [phone]; [phone]; [phone]/[phone]"


def test_pseudonyms_need_their_key(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="must give key, such as key"):
        parse_settings('[privacy]\npseudonymise = ["ci"]\n')
    one, other = Privacy(key=b"one"), Privacy(key=b"other")
    assert one.pseudonym("Night shift") == one.pseudonym(" Night  shift ") != other.pseudonym("Night shift")
    monkeypatch.delenv("ITSQ_TEST_KEY")
    with pytest.raises(IngestError, match="environment variable ITSQ_TEST_KEY; found it not set"):
        open_workspace(folder).load()
