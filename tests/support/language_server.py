"""What does an editor show? A small client of the language server of Pyright, over its standard input and output."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from tests.support import ROOT


class LanguageServer:
    """A server that has opened files; `hover` asks what it shows at a place in one of them."""

    def __init__(self, to: IO[bytes], answers: IO[bytes]) -> None:
        self._to = to
        self._answers = answers
        self._id = 0

    def start(self) -> None:
        self._ask(
            "initialize",
            processId=None,
            rootUri=ROOT.as_uri(),
            workspaceFolders=[{"uri": ROOT.as_uri(), "name": "project"}],
            capabilities={"textDocument": {"hover": {"contentFormat": ["markdown"]}}, "workspace": {"configuration": True}},
        )  # fmt: skip
        self._tell("initialized")

    def stop(self) -> None:
        self._ask("shutdown")
        self._tell("exit")

    def open(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        self._tell("textDocument/didOpen", textDocument={"uri": path.as_uri(), "languageId": "python", "version": 1, "text": text})  # fmt: skip

    def hover(self, path: Path, line: int, column: int) -> str:
        """Markdown, or nothing; line and column count from 0."""
        place = {"textDocument": {"uri": path.as_uri()}, "position": {"line": line, "character": column}}
        result = self._ask("textDocument/hover", **place)
        return str(result["contents"]["value"]).replace("\r\n", "\n") if result else ""

    def _ask(self, method: str, **parameters: Any) -> Any:
        self._id += 1
        self._send({"id": self._id, "method": method, "params": parameters or None})
        while True:
            message = self._read()
            if message.get("id") == self._id and "method" not in message:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                return message["result"]
            if "id" in message:  # a request of the server's
                self._send({"id": message["id"], "result": self._configured(message)})

    def _tell(self, method: str, **parameters: Any) -> None:
        self._send({"method": method, "params": parameters})

    @staticmethod
    def _configured(message: dict[str, Any]) -> Any:
        if message["method"] != "workspace/configuration":
            return None
        values = {"python": {"pythonPath": sys.executable}, "python.analysis": {"diagnosticMode": "openFilesOnly"}}
        return [values.get(item.get("section"), {}) for item in message["params"]["items"]]

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._to.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._to.flush()

    def _read(self) -> dict[str, Any]:
        length = 0
        while (line := self._answers.readline()) != b"\r\n":
            if not line:
                raise RuntimeError("the language server has ended")
            name, _, value = line.decode().partition(":")
            length = int(value) if name.lower() == "content-length" else length
        message: dict[str, Any] = json.loads(self._answers.read(length))
        return message


@contextmanager
def running(*files: Path) -> Generator[LanguageServer]:
    """The server of the Pyright that is installed here, with these files open."""
    command = shutil.which("pyright-langserver", path=str(Path(sys.executable).parent))
    if command is None:
        raise RuntimeError("pyright-langserver is not installed: it comes with the package pyright")
    process = subprocess.Popen([command, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin
    assert process.stdout
    server = LanguageServer(process.stdin, process.stdout)
    try:
        server.start()
        for file in files:
            server.open(file)
        yield server
        server.stop()
        process.wait(10)
    finally:
        process.kill()
        process.wait(10)
        process.stdin.close()
        process.stdout.close()
