"""Debian's Firefox, driven by the protocol that it speaks itself (Marionette), for a smoke test."""

import json
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.served import until

PREFERENCES = """
user_pref("marionette.port", 0);
user_pref("app.normandy.enabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
"""


class FirefoxError(Exception):
    """Firefox could not do what it was asked to."""


class Firefox:
    """A window of Firefox.

    A command is sent as `<length>:[0, number, name, parameters]` and answered
    as `<length>:[1, number, error or null, result]`.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._received = b""
        self._commands = 0
        self._message()  # what Firefox says of itself at first
        self._command("WebDriver:NewSession", {})

    def resize(self, width: int, height: int) -> None:
        self._command(
            "WebDriver:SetWindowRect", {"width": width, "height": height}
        )

    def goto(self, address: str) -> None:
        """Open a page, and wait until it is loaded."""
        self._command("WebDriver:Navigate", {"url": address})

    def evaluate(self, script: str, *arguments: Any) -> Any:
        """Return what a function's body returns in the page, given `arguments`."""
        answer = self._command(
            "WebDriver:ExecuteScript", {"script": script, "args": arguments}
        )
        return answer["value"]

    def quit(self) -> None:
        self._command("Marionette:Quit", {"flags": ["eForceQuit"]})

    def _command(self, name: str, parameters: dict[str, Any]) -> Any:
        self._commands += 1
        message = json.dumps([0, self._commands, name, parameters]).encode()
        self._connection.sendall(b"%d:%s" % (len(message), message))
        _, _, error, result = self._message()
        if error:
            raise FirefoxError(f"{name}: {error['message']}")
        return result

    def _message(self) -> Any:
        while b":" not in self._received:
            self._receive()
        length, _, self._received = self._received.partition(b":")
        while len(self._received) < int(length):
            self._receive()
        message = self._received[: int(length)]
        self._received = self._received[int(length) :]
        return json.loads(message)

    def _receive(self) -> None:
        piece = self._connection.recv(65536)
        if not piece:
            raise FirefoxError("Firefox has gone")
        self._received += piece


@contextmanager
def firefox(program: str, profile: Path) -> Iterator[Firefox]:
    """Run Firefox without a screen, with a profile of its own; stop it afterwards."""
    (profile / "user.js").write_text(PREFERENCES)
    command = [
        program,
        "--headless",
        "--marionette",
        "--no-remote",
        "--profile",
        str(profile),
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        port = profile / "MarionetteActivePort"
        until(
            lambda: port.exists() and port.read_text().strip().isdigit(),
            seconds=60,
        )
        address = ("127.0.0.1", int(port.read_text()))
        with socket.create_connection(address, timeout=60) as connection:
            window = Firefox(connection)
            yield window
            window.quit()
        process.wait(timeout=20)
    finally:
        process.kill()
        process.wait()
