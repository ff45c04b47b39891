"""`itsq demo`: a copy of the demo workspace that comes with the package."""

from __future__ import annotations

from pathlib import Path
from shutil import copyfile, rmtree

from itsq_analysis.errors import ItsqError
from itsq_analysis.resources import folder

# What a checkout has made of its own copy (store, reports) stays there. itsq.toml, which makes a workspace of a folder, comes last.
CONTENT = ("exports", "registers", "README.md", "itsq.toml")
UNFINISHED = ".itsq-demo.unfinished"


def copy_demo(directory: Path) -> None:
    """Copy the demo workspace: its settings, exports and registers, of which nothing is loaded yet.

    The files are copied aside and then moved to their places, so that each is there whole or not at all.

    Args:
        directory: the new workspace's folder; made if it is not there. What a killed copy has left aside in it is removed.

    Raises:
        ItsqError: it is a file, or a folder that holds something. Nothing is overwritten.
        OSError: the folder cannot be written, or the disk is full.

    >>> import tempfile
    >>> workspace = Path(tempfile.mkdtemp()) / "demo"
    >>> copy_demo(workspace)
    >>> sorted(path.name for path in workspace.iterdir())
    ['README.md', 'exports', 'itsq.toml', 'registers']
    """
    source, unfinished = folder("data/sample"), directory / UNFINISHED
    if directory.exists() and (not directory.is_dir() or any(path != unfinished for path in directory.iterdir())):
        raise ItsqError(f"the demo's folder must be new or empty; found {directory}, which is not; name another folder")
    rmtree(unfinished, ignore_errors=True)
    try:
        for file in (file for name in CONTENT for file in (source / name, *(source / name).rglob("*")) if not file.is_dir()):
            target = unfinished / file.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            copyfile(file, target)  # without permissions: an installation may be read-only
        for name in CONTENT:
            (unfinished / name).rename(directory / name)
    finally:
        rmtree(unfinished, ignore_errors=True)
