"""Real database servers for a test: PostgreSQL and MariaDB of Debian, each in a folder of its own, on a free port here."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PASSWORD = "nur-im-test"  # noqa: S105 - of a server that lives as long as the test
WAIT = 60  # seconds for a server to answer


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def as_user(name: str) -> dict[str, object]:
    """How a child process runs: a server refuses to be root's."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam(name)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def own(folder: Path, name: str) -> None:
    if os.geteuid() == 0:
        account = pwd.getpwnam(name)
        os.chown(folder, account.pw_uid, account.pw_gid)


@contextmanager
def running(command: list[str], asks: list[str], user: str, environment: dict[str, str]) -> Iterator[None]:
    """A server until the block ends; it runs once `asks` succeeds."""
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **as_user(user))
    try:
        end = time.monotonic() + WAIT
        while subprocess.run(asks, capture_output=True, env={**os.environ, **environment}, check=False).returncode:
            assert server.poll() is None, server.stderr.read().decode() if server.stderr else ""
            assert time.monotonic() < end
            time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.communicate(timeout=WAIT)


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """The address of a PostgreSQL of our own; skipped where Debian's package postgresql is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.skip("no PostgreSQL here: apt-get install postgresql")
    tools, data, port = found[-1].parent, folder / "data", str(free_port())
    folder.mkdir()
    own(folder, "postgres")
    word = folder / "word"
    word.write_text(PASSWORD, encoding="utf-8")
    own(word, "postgres")
    made = [tools / "initdb", "-D", data, "-U", "itsq", "--auth=scram-sha-256", f"--pwfile={word}", "-E", "UTF8", "--no-sync"]
    subprocess.run(list(map(str, made)), check=True, capture_output=True, cwd=folder, **as_user("postgres"))
    command = [str(tools / "postgres"), "-D", str(data), "-p", port, "-k", str(folder), "-h", "127.0.0.1", "-F"]
    asks = [str(tools / "psql"), "-h", "127.0.0.1", "-p", port, "-U", "itsq", "-c", "SELECT 1", "postgres"]
    with running(command, asks, "postgres", {"PGPASSWORD": PASSWORD}):
        yield f"postgresql://itsq@127.0.0.1:{port}/postgres"


@contextmanager
def mariadb(folder: Path) -> Iterator[str]:
    """The address of a MariaDB of our own; skipped where Debian's package mariadb-server is not installed."""
    server, install = shutil.which("mariadbd", path="/usr/sbin:/usr/bin"), shutil.which("mariadb-install-db")
    if server is None or install is None:
        pytest.skip("no MariaDB here: apt-get install mariadb-server")
    data, port, socket_file = folder / "data", str(free_port()), str(folder / "s")
    folder.mkdir()
    own(folder, "mysql")
    made = [install, "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal", "--skip-test-db"]
    subprocess.run(made, check=True, capture_output=True, cwd=folder, **as_user("mysql"))
    command = [
        server,
        "--no-defaults",
        f"--datadir={data}",
        f"--port={port}",
        f"--socket={socket_file}",
        "--bind-address=127.0.0.1",
    ]
    client = ["mariadb", "--no-defaults", f"--socket={socket_file}", "-u", "root", "-e"]
    with running(command, [*client, "SELECT 1"], "mysql", {}):
        account = f"CREATE DATABASE itsm CHARACTER SET utf8mb4; CREATE USER itsq@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'; "
        subprocess.run([*client, f"{account} GRANT ALL ON itsm.* TO itsq@'127.0.0.1'"], check=True, capture_output=True)
        yield f"mariadb://itsq@127.0.0.1:{port}/itsm?charset=utf8mb4"
