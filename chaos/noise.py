"""Which warnings, uncaught errors, log records and lines on standard error did a run cause?"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import threading
import traceback
import warnings
from collections import Counter
from types import TracebackType
from typing import Any, Self

_OWN = "qovery"
_NO_RESULT = "the body"
# An event loop in debug mode logs this on a slow machine.
_SLOW = "Executing "


class Noise(logging.Handler):
    """Collects while its `with` block runs. Each entry of `failures` fails the run.

    `without_result` has the operations of which the SDK has logged that a response had no result.
    """

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.failures: Counter[str] = Counter()
        self.without_result: set[str] = set()
        self._hooks = warnings.showwarning, sys.unraisablehook, threading.excepthook
        self._stderr = os.dup(2)
        """Standard error as it was, for output that must be visible at once."""
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # open as long as the block

    def __enter__(self) -> Self:
        warnings.showwarning = self._warned
        sys.unraisablehook = self._unraisable
        threading.excepthook = self._thread_died
        logging.getLogger().addHandler(self)
        logging.getLogger(_OWN).setLevel(logging.INFO)
        os.dup2(self._file.fileno(), 2)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        sys.stderr.flush()
        os.dup2(self._stderr, 2)
        logging.getLogger().removeHandler(self)
        warnings.showwarning, sys.unraisablehook, threading.excepthook = self._hooks
        self._file.seek(0)
        written = self._file.read().decode(errors="replace").strip()
        self._file.close()
        if written:
            self.failures[f"standard error: {written[:4000]}"] += 1

    @property
    def descriptor(self) -> int:
        """Standard error as it was."""
        return self._stderr

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.split(".")[0] == _OWN:
            operation, _, said = record.getMessage().partition(": ")
            if record.levelno >= logging.WARNING and said.startswith(_NO_RESULT):
                self.without_result.add(operation)
        elif record.levelno >= logging.WARNING and not record.getMessage().startswith(_SLOW):
            self.failures[f"logger {record.name}: {self.format(record)[:2000]}"] += 1

    def _warned(self, message: Warning | str, category: type[Warning], *where: Any, **_: Any) -> None:
        self.failures[f"{category.__name__}: {message} at {where[:2]}"] += 1

    def _unraisable(self, unraisable: Any) -> None:
        self.failures[f"ignored in {unraisable.object!r}: {_text(unraisable.exc_value)}"] += 1

    def _thread_died(self, arguments: Any) -> None:
        self.failures[f"thread died: {_text(arguments.exc_value)}"] += 1


def _text(error: BaseException | None) -> str:
    return "nothing" if error is None else "".join(traceback.format_exception(error))[-2000:]
