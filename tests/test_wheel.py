"""The built wheel in an environment of its own: everything travels in it, and nothing of the checkout is needed."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from dataclasses import dataclass
from email import message_from_string
from importlib.metadata import version
from pathlib import Path

import pytest

from itsq_analysis.cli.demo import CONTENT
from tests.reports.made import notebook

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "itsq_analysis"
# Beside the package in a checkout, inside it in the wheel.
TRAVELS = ("notebooks", "templates", *(f"data/sample/{name}" for name in CONTENT))
LEFT_OUT = {"__pycache__", ".ipynb_checkpoints"}


@dataclass(frozen=True)
class Installed:
    """An environment that holds the wheel and sees the dependencies of this one, but not the checkout."""

    home: Path
    elsewhere: Path

    @property
    def scripts(self) -> Path:
        return self.home / ("Scripts" if os.name == "nt" else "bin")

    def run(self, *command: object) -> subprocess.CompletedProcess[str]:
        """A command of the environment, away from the checkout and without a network."""
        # What Jupyter keeps in share/jupyter belongs to the dependencies, which live in this environment.
        fixed = {"PYTHONUTF8": "1", "JUPYTER_PATH": str(Path(sysconfig.get_path("data"), "share", "jupyter"))}
        dead = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
        environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "ITSQ_WORKSPACE")}
        return subprocess.run(
            [str(self.scripts / str(command[0])), *map(str, command[1:])],
            cwd=self.elsewhere,
            env=environment | dead | fixed,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    def itsq(self, *arguments: object) -> str:
        ended = self.run("itsq", *arguments)
        assert (ended.returncode, ended.stderr) == (0, "")
        return ended.stdout


def pip(*arguments: object) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *map(str, arguments)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-index", "--no-deps", "--no-build-isolation", "-w", folder, ROOT)
    [made] = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    found = Installed(tmp_path_factory.mktemp("environment") / "venv", tmp_path_factory.mktemp("别处 elsewhere"))
    venv.create(found.home, with_pip=False)
    python = found.scripts / "python"
    pip("--python", python, "install", "--no-index", "--no-deps", wheel)
    [packages] = {path.parent for path in found.home.rglob("itsq_analysis") if path.is_dir()}
    # A folder named in a .pth file is searched, but its own .pth files, such as that of an editable install, are not read.
    seen = dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
    (packages / "dependencies.pth").write_text("\n".join(seen) + "\n", encoding="utf-8")
    return found


def shipped(place: Path) -> set[str]:
    files = (path for path in (place, *place.rglob("*")) if path.is_file() and not LEFT_OUT & set(path.parts))
    return {path.relative_to(ROOT).as_posix() for path in files if path.suffix != ".pyc"}


def test_the_wheel_holds_all_of_the_package_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name and ".data/" not in name}
        shared = [name.split("/", 1)[1] for name in archive.namelist() if ".data/" in name]
        metadata = {name.split("/", 1)[1] for name in archive.namelist() if ".dist-info/" in name}
    assert names == shipped(PACKAGE) | {f"itsq_analysis/{name}" for place in TRAVELS for name in shipped(ROOT / place)}
    assert shared == ["data/etc/jupyter/jupyter_jupyter_scheduler_config.json"]
    assert {"licenses/LICENSE", "entry_points.txt", "METADATA"} <= metadata
    for needed in (
        "notebooks/quality_report.ipynb",
        "templates/page/index.html.j2",
        "ingest/mappings/servicenow.toml",
        "tables/incidents.toml",
        "indicators/catalogue/ch1.toml",
        "text/sentences.toml",
        "data/sample/registers/排班.csv.gz",
        "settings/workspace.toml",
        "py.typed",
    ):
        assert f"itsq_analysis/{needed}" in names


def test_the_wheel_says_what_it_is(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        said = message_from_string(archive.read(name).decode("utf-8"))
    assert (said["Name"], said["License-Expression"], said["Requires-Python"]) == ("itsq-analysis", "Apache-2.0", ">=3.11")


def test_the_environment_does_not_see_the_checkout(installed: Installed) -> None:
    code = "import sys, itsq_analysis, duckdb; print(itsq_analysis.__file__); print(*sys.path, sep='\\n')"
    found, *path = installed.run("python", "-c", code).stdout.splitlines()
    assert Path(found).is_relative_to(installed.home)
    assert str(ROOT) not in path


WHERE = """\
import itsq_analysis, sys
print(itsq_analysis.__file__, sys.prefix, sep="\\n")
"""


@pytest.fixture(scope="module")
def workspace(installed: Installed) -> Path:
    """The demo, copied and loaded by the installed command, with a notebook of its own."""
    demo = installed.elsewhere / "演示 demo"
    assert "next: itsq load" in installed.itsq("demo", demo)
    assert sorted(path.name for path in demo.iterdir()) == sorted(CONTENT)
    truth = json.loads((ROOT / "data" / "sample" / "truth.json").read_text(encoding="utf-8"))
    rows = sum(file["rows"] for file in truth["files"].values())
    assert f"total: {rows:,} read" in installed.itsq("load", "-w", demo)
    (demo / "notebooks").mkdir()
    (demo / "notebooks" / "where_report.ipynb").write_text(json.dumps(notebook(WHERE, parameters="n: int = 1")), encoding="utf-8")
    return demo


def test_the_quality_report_is_made_without_a_checkout(installed: Installed, workspace: Path) -> None:
    page = Path(installed.itsq("run", "quality", "-w", workspace).strip())
    assert page == workspace / "reports" / "quality-2026-10-zh.html"
    assert "申浦物流" in page.read_text(encoding="utf-8")
    manifest = json.loads((workspace / "reports" / "runs" / page.stem / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["environment"]["itsq"], manifest["environment"]["lock"]) == (version("itsq-analysis"), None)

    executed = workspace / "reports" / "runs" / page.stem / "notebook.ipynb"
    options = ("--to", "itsq", "--output-dir", installed.elsewhere, "--output", "again.html")
    ended = installed.run("python", "-m", "nbconvert", *options, executed)
    assert ended.returncode == 0, ended.stderr
    assert (installed.elsewhere / "again.html").read_bytes() == page.read_bytes()


def test_the_kernel_imports_the_installed_package(installed: Installed, workspace: Path) -> None:
    page = Path(installed.itsq("run", "where", "-w", workspace).strip())
    run = workspace / "reports" / "runs" / page.stem
    cells = json.loads((run / "notebook.ipynb").read_text(encoding="utf-8"))["cells"]
    [output] = [output for cell in cells for output in cell.get("outputs", ())]
    imported, prefix = "".join(output["text"]).splitlines()
    assert (Path(imported).is_relative_to(installed.home), Path(prefix)) == (True, installed.home)


def test_what_is_copied_and_written_for_the_analyst(installed: Installed) -> None:
    said = installed.itsq("notebooks", "我的 notebooks")
    copies = sorted((installed.elsewhere / "我的 notebooks").glob("*.ipynb"))
    assert {copy.name: copy.read_bytes() for copy in copies} == {
        file.name: file.read_bytes() for file in (ROOT / "notebooks").glob("*.ipynb")
    }
    assert [line for line in said.splitlines() if "quality_report.ipynb" in line]
    installed.itsq("template", "outages", "--language", "zh")
    assert (installed.elsewhere / "template_outages.xlsx").is_file()
    installed.itsq("init", "ours", "--timezone", "Europe/Berlin", "--holidays", "DE", "--language", "en")
    assert 'timezone = "Europe/Berlin"' in (installed.elsewhere / "ours" / "itsq.toml").read_text(encoding="utf-8")
    assert "errors 0" in installed.itsq("check", "-w", "ours")
    assert installed.itsq("--version") == f"itsq {version('itsq-analysis')}\n"
