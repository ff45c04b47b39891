"""Kernels that are forked from a process which has already imported what notebooks need; Linux only.

The program (`itsq run`, a job's process) imports, and then forks the parent of kernels, a process that does nothing but fork: it
never opens the store, since neither deltalake nor vl-convert survives a fork that comes after their use. Wherever this cannot be,
or where the parent has died, a kernel is started as everywhere else.
"""

from __future__ import annotations

import json
import locale
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any, NoReturn

# What must be so when Python starts: the order of sets is that of their hashes, and matrices are small here, so that a second
# thread would cost more than it does, and add in another order.
AT_START = {"PYTHONHASHSEED": "0"} | dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
ALWAYS = ("ipykernel.kernelapp", "IPython.core.completer", "itsq_analysis.workspace")
OWN_FORK = ("jemalloc_bg_thd",)  # threads of pyarrow's allocator, which puts itself right in a forked process
BEGUN = b"begun "  # before a kernel's process id; its exit code stands alone
MESSAGE = 2**20  # bytes, far more than an environment has
_parents: list[Parent] = []


def start_anew() -> None:
    """Start this program again with `AT_START`, where it was started without and its kernels could be forked; else do nothing."""
    if _forks() and not _set_at_start():
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], os.environ | AT_START)  # noqa: S606 - this very program


@contextmanager
def preloaded(reports: Sequence[str]) -> Iterator[None]:
    """Within this block kernels are forked, if they can be. It must be entered before the process opens a store.

    Args:
        reports: names of the reports that will be made, whose modules are imported.
    """
    parent = _parent_of(reports)
    if parent is None:
        yield
        return
    _parents.append(parent)
    try:
        yield
    finally:
        _parents.remove(parent)
        parent.end()


def kernel_parent() -> Parent | None:
    """The process that forks kernels; None where a kernel is started in the usual way."""
    return _parents[-1] if _parents else None


def _forks() -> bool:
    return sys.platform == "linux" and hasattr(os, "pidfd_open") and locale.getencoding().lower() in ("utf-8", "utf8")


def _set_at_start() -> bool:
    return all(os.environ.get(name) == value for name, value in AT_START.items())


def _alone() -> bool:
    """Whether a fork takes along all threads of this process that matter; whoever has read a store has more."""
    names = [Path(task, "comm").read_text(encoding="utf-8").strip() for task in Path("/proc/self/task").iterdir()]
    return len([name for name in names if name not in OWN_FORK]) == 1


def _parent_of(reports: Sequence[str]) -> Parent | None:
    if not _forks() or sys.flags.hash_randomization or not _set_at_start():
        return None
    with suppress(OSError, ImportError):
        for name in ALWAYS:
            import_module(name)
        for name in reports:
            with suppress(ModuleNotFoundError):  # a notebook of the workspace's own
                import_module(f"itsq_analysis.pages.{name}.report")
        if _alone():
            return Parent.fork()
    return None


@dataclass
class Parent:
    """The process that forks kernels, one at a time, as seen by the one that asks for them."""

    pid: int
    channel: socket.socket

    @classmethod
    def fork(cls) -> Parent:
        """Fork it from this process."""
        ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = os.fork()
        if not pid:
            _serve(its)
        its.close()
        return cls(pid, ours)

    def start(self, connection: str, environment: Mapping[str, str], cwd: str | None, stream: int) -> ForkedKernel:
        """Fork a kernel.

        Args:
            connection: its connection file.
            environment: all of its variables.
            cwd: its folder.
            stream: the file descriptor of its output.

        Raises:
            OSError: the parent is gone.
        """
        asked = {"connection": connection, "environment": dict(environment), "cwd": cwd or str(Path.cwd())}
        end, lifeline = os.pipe()  # the kernel ends when this process does: the other end is then closed
        try:
            socket.send_fds(self.channel, [json.dumps(asked).encode("utf-8")], [stream, end])
            self.channel.settimeout(30)
            while not (told := self.channel.recv(64)).startswith(BEGUN):  # not the end of the kernel before it
                if not told:
                    raise OSError("the parent of kernels has ended")
            self.channel.settimeout(0)
        except OSError:
            os.close(lifeline)
            raise
        finally:
            os.close(end)
        return ForkedKernel(int(told.removeprefix(BEGUN)), self.channel, lifeline)

    def end(self) -> None:
        """End it; kernels that still live end, too."""
        self.channel.close()
        with suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


@dataclass
class ForkedKernel:
    """A forked kernel, with what jupyter_client asks of a `subprocess.Popen`."""

    pid: int
    channel: socket.socket
    lifeline: int
    returncode: int | None = None
    stdin = stdout = stderr = None

    def poll(self) -> int | None:
        """Its exit code; None while it lives."""
        if self.returncode is None:
            try:
                told = self.channel.recv(64)
                self.returncode = int(told) if told else self._without_parent()
            except BlockingIOError:
                return None
            except OSError:
                self.returncode = self._without_parent()
            if self.returncode is not None:
                os.close(self.lifeline)
        return self.returncode

    def _without_parent(self) -> int | None:
        """Its parent has died: nobody tells how it ended."""
        try:
            os.kill(self.pid, 0)
        except OSError:
            return -signal.SIGKILL
        return None

    def wait(self) -> int:
        """Wait for its end."""
        while (code := self.poll()) is None:
            time.sleep(0.02)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


# in the parent of kernels ------------------------------------------------------------------------------------------------


def _serve(channel: socket.socket) -> NoReturn:
    """Fork a kernel when asked, tell its exit code, and end with whoever asks."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # from the terminal: whoever asks for kernels decides
        _only(channel.fileno())
        while request := socket.recv_fds(channel, MESSAGE, 2):
            text, fds, *_ = request
            if not text:
                break
            pid = os.fork()
            if not pid:
                _kernel(json.loads(text), channel, *fds)
            for fd in fds:
                os.close(fd)
            channel.send(BEGUN + str(pid).encode("ascii"))
            channel.send(str(_end_of(pid, channel)).encode("ascii"))
        code = 0
    except OSError:  # whoever asks has gone
        code = 0
    finally:
        os._exit(code)


def _end_of(pid: int, channel: socket.socket) -> int:
    """Wait for a kernel's end; where whoever asked for it goes first, it is ended."""
    ended = os.pidfd_open(pid)
    poll = select.poll()
    poll.register(ended, select.POLLIN)
    poll.register(channel, 0)  # its end is told without being asked for
    if all(fd != ended for fd, _ in poll.poll()):
        with suppress(OSError):
            os.killpg(pid, signal.SIGKILL)
    os.close(ended)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _only(keep: int) -> None:
    """Close all files but one, locks of the process that was forked among them; standard streams lead nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    for number in [int(file.name) for file in Path("/proc/self/fd").iterdir()]:
        if number > 2 and number != keep:
            with suppress(OSError):
                os.close(number)


def _kernel(asked: dict[str, Any], channel: socket.socket, stream: int, lifeline: int) -> NoReturn:
    """Be the kernel."""
    code = 1
    try:
        os.setsid()
        channel.close()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for standard in (1, 2):
            os.dup2(stream, standard)
        os.close(stream)
        os.environ.clear()
        os.environ.update(asked["environment"])
        time.tzset()
        os.chdir(asked["cwd"])
        if not sys.flags.safe_path:
            sys.path.pop(0)  # the program's own folder
        Thread(target=_end_with, args=(lifeline,), daemon=True).start()
        from ipykernel.kernelapp import IPKernelApp

        sys.argv = [str(Path(sys.argv[0]).name), "-f", asked["connection"], "--IPKernelApp.parent_handle=0"]
        IPKernelApp.launch_instance()
        code = 0
    except SystemExit as exit_:
        code = exit_.code if isinstance(exit_.code, int) else 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        for stream_ in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
            with suppress(Exception):
                stream_.flush()  # type: ignore[union-attr] # one that is None has nothing to flush
        os._exit(code)


def _end_with(lifeline: int) -> None:
    """End when the process that asked for this kernel ends."""
    os.read(lifeline, 1)
    os._exit(1)
