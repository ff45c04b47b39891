"""The papermill engine "itsq": checked parameters, this interpreter, a fixed environment, no stray output.

It differs from papermill's own engine in this: parameters are checked and typed before anything is written or started; the kernel
is the interpreter that runs papermill, whatever kernels are registered on the machine; the kernel's start-up files, time zone and
hash seed are the same everywhere; what the kernel process prints (ipykernel announces itself on stderr) goes to the log.

    papermill --engine itsq notebooks/quality_report.ipynb out.ipynb -p period 2026-10
"""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from jupyter_core.utils import run_sync
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine
from papermill.parameterize import parameterize_notebook

from itsq_analysis.reports.forking import AT_START, kernel_parent
from itsq_analysis.reports.parameters import resolve
from itsq_analysis.resources import KEEP_OPEN

if TYPE_CHECKING:
    import subprocess

LOGGER = logging.getLogger("itsq_analysis.reports")
NAME = "python3"  # of the kernel
EMPTY = "get_ipython().reset(new_session=True)"


class ThisInterpreter(KernelSpecManager):
    """Knows one kernel: ipykernel run by the interpreter of this process, under any name that a notebook asks for."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:  # noqa: ARG002 - whatever the name
        """The specification of that kernel; no registered one is looked up."""
        return KernelSpec(resource_dir="", **get_kernel_dict())


class ItsqEngine(NBClientEngine):  # type: ignore[misc]
    """papermill's nbclient engine with checked parameters and a kernel that does not depend on the machine."""

    @classmethod
    def execute_notebook(cls, nb: Any, kernel_name: str, output_path: str | None = None, **kwargs: Any) -> Any:
        """Check the parameters, then execute as papermill does.

        Args:
            nb: the notebook as papermill parameterised it.
            kernel_name: ignored; the kernel is this interpreter.
            output_path: where papermill saves the notebook after each cell.
            **kwargs: papermill's; also `time_limit` (seconds for the whole run), `kernel_cwd` (the kernel's folder), `logger`.

        Raises:
            ReportError: an unknown parameter or a wrong value; nothing was written or started.
        """
        where = Path(str(kwargs.get("input_path") or "the notebook")).name
        return super().execute_notebook(typed(nb, where), kernel_name, output_path=output_path, **kwargs)

    @classmethod
    def nb_kernel_name(cls, nb: Any, name: str | None = None) -> str:  # noqa: ARG003 - papermill's signature
        """Always this interpreter, also where the notebook names no kernel or another one."""
        return NAME

    @classmethod
    def nb_language(cls, nb: Any, language: str | None = None) -> str:  # noqa: ARG003 - papermill's signature
        """Always Python."""
        return "python"

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,  # noqa: ARG003 - see ThisInterpreter
        *,
        start_timeout: int = 120,
        execution_timeout: int | None = None,
        time_limit: float | None = None,
        kernel_cwd: Path | None = None,
        kernel: Kernel | None = None,
        logger: logging.Logger = LOGGER,
        **kwargs: Any,
    ) -> Any:
        """Execute the cells in one kernel, a new one unless it is given; papermill calls this between its own bookkeeping."""
        deadline = None if time_limit is None else monotonic() + time_limit
        with nullcontext(kernel) if kernel is not None else Kernel() as lent, lent.logged(logger):
            client = _Client(
                nb_man,
                km=lent.manager,
                kernel_name=NAME,
                log=logger,
                startup_timeout=start_timeout,
                timeout=execution_timeout,
                timeout_func=None if deadline is None else lambda _: max(1, round(deadline - monotonic())),
                iopub_timeout=60,  # a busy machine is no reason to lose a report; nbclient's own 4 s would be
                **{key: kwargs[key] for key in ("log_output", "stdout_file", "stderr_file") if kwargs.get(key)},
            )
            try:
                return client.execute(
                    cleanup_kc=False,
                    cwd=str(kernel_cwd) if kernel_cwd else None,
                    env=_environment(lent.private),
                    stdout=lent.stream,
                    stderr=lent.stream,
                )
            finally:
                if client.kc is not None:
                    client.kc.stop_channels()


class Forked(LocalProvisioner):
    """Forks a kernel from a process that has imported what it needs, or starts it where that process is gone."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Start the kernel; returns how it is reached."""
        if (preloaded := kernel_parent()) is not None and self.parent is not None:
            connection, stream = self.parent.connection_file, kwargs["stdout"].fileno()
            with suppress(OSError):
                kernel = preloaded.start(connection, kwargs["env"], kwargs.get("cwd"), stream)
                self.process = cast("subprocess.Popen[Any]", kernel)
                self.pid = self.pgid = kernel.pid
                return self.connection_info
        return await super().launch_kernel(cmd, **kwargs)


class Kernel:
    """A kernel process that executes notebooks one after another; each finds an empty namespace, with what was imported at hand.

    It starts with the first notebook and ends with the block, or with `end`, after which the next notebook starts another one.
    """

    def __enter__(self) -> Kernel:
        """Make room for its private files; the process is started when it is needed."""
        with ExitStack() as stack:
            self.private = stack.enter_context(tempfile.TemporaryDirectory(prefix="itsq-", ignore_cleanup_errors=True))
            self.stream = stack.enter_context(tempfile.TemporaryFile())
            stack.callback(self.end)
            self._stack, self._manager = stack.pop_all(), None
        return self

    def __exit__(self, *raised: object) -> None:
        """End the process and remove its files."""
        self._stack.close()

    _manager: AsyncKernelManager | None

    @property
    def manager(self) -> AsyncKernelManager:
        """What starts the process and speaks with it."""
        if self._manager is None:
            connection = str(Path(self.private, "kernel.json"))
            manager = AsyncKernelManager(kernel_name=NAME, kernel_spec_manager=ThisInterpreter(), connection_file=connection)
            if kernel_parent() is not None:
                manager.provisioner = Forked(kernel_id=manager.kernel_id, kernel_spec=manager.kernel_spec, parent=manager)
            self._manager = manager
        return self._manager

    def end(self) -> None:
        """End the process."""
        if self._manager is not None:
            if self._manager.has_kernel:
                run_sync(self._manager.shutdown_kernel)()
            run_sync(self._manager.cleanup_resources)()
            self._manager = None

    @contextmanager
    def logged(self, logger: logging.Logger) -> Iterator[None]:
        """What the kernel process itself prints within the block goes to the log at its end."""
        start = self.stream.seek(0, os.SEEK_END)
        try:
            yield
        finally:
            self.stream.seek(start)
            for line in self.stream.read().decode("utf-8", "replace").splitlines():
                logger.info("kernel: %s", line)


class _Client(PapermillNotebookClient):  # type: ignore[misc]
    """papermill's client, which empties the namespace that a notebook before it has left in the kernel."""

    def papermill_execute_cells(self) -> None:
        """Execute the cells in an empty namespace, counting from 1."""
        self.wait_for_reply(self.kc.execute(EMPTY, silent=True, store_history=False))
        super().papermill_execute_cells()


def typed(nb: Any, where: str) -> Any:
    """The notebook with papermill's raw parameters replaced by checked ones, as JSON values; unchanged if it was given none.

    Raises:
        ReportError: an unknown parameter or a wrong value.
    """
    given = dict(nb.metadata.papermill.get("parameters", {}))
    values = resolve(nb, given, where).json_values()
    if not given:
        return nb
    return parameterize_notebook(nb, {name: values[name] for name in given}, kernel_name=NAME, language="python")


def _environment(private: str) -> dict[str, str]:
    """The caller's environment, with what would make two machines differ set to fixed values."""
    fixed = {**AT_START, "TZ": "UTC", "PYTHONUTF8": "1", "IPYTHONDIR": private, KEEP_OPEN: "1"}
    # A path relative to the caller's working directory would mean another folder to the kernel.
    search = [str(Path(entry).resolve()) for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    return {**os.environ, **fixed, **({"PYTHONPATH": os.pathsep.join(search)} if search else {})}
