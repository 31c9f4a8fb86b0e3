"""docs/running.md: its recipes work, and what it names is there."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from reference.commands import commands
from reference.serving.headers import SECURITY
from tests.conftest import required
from tests.served import ROOT, Served, until

RUNNING = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
SECURITY_MD = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
NAME = "reference.example.org"
JUNK = "/search/?q=junk"


def recipe(beginning: str) -> str:
    """Return the code block of running.md that begins so."""
    blocks = re.findall(r"```\w*\n(.*?)```", RUNNING, re.DOTALL)
    (block,) = [block for block in blocks if block.startswith(beginning)]
    return str(block)


# Words


@pytest.mark.parametrize(
    "text", [RUNNING, README, SECURITY_MD], ids=["running", "readme", "sec"]
)
def test_variables_that_are_named_are_settings(text: str) -> None:
    """Every variable that the documents name is read by the program."""
    serve = commands.commands["serve"]
    settings = {
        option.envvar
        for option in serve.params
        if isinstance(option, click.Option)
    }

    assert set(re.findall(r"\bREFERENCE_[A-Z_]+", text)) <= settings


def test_readme_leads_here() -> None:
    """README names this page, and leaves proxies and services to it."""
    assert "docs/running.md" in README
    assert "proxy_pass" not in README


# The service


def test_the_unit_is_one(tmp_path: Path) -> None:
    """systemd understands every line of the unit."""
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd is not installed")
    unit = tmp_path / "reference@.service"
    python = shutil.which("python3") or "/usr/bin/python3"
    text = recipe("[Unit]").replace(
        "/srv/reference/current/.venv/bin/python", python
    )
    unit.write_text(
        text.replace("/srv/reference/current", str(ROOT)).replace(
            "=reference", "=root"
        )
    )

    checked = subprocess.run(
        [program, "verify", "--man=no", tmp_path / "reference@8001.service"],
        env=os.environ | {"SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
        capture_output=True,
        text=True,
    )

    ours = [
        line for line in checked.stderr.splitlines() if "reference@" in line
    ]
    assert ours == []


# nginx


class Proxy(NamedTuple):
    """nginx as the recipe has it, before two sites."""

    sites: list[Served]
    http_port: int
    https_port: int

    def connect(self, name: str = NAME) -> HTTPConnection:
        """Return a connection over TLS to whoever has a name."""
        trusting = ssl.create_default_context()
        trusting.check_hostname = False
        trusting.verify_mode = ssl.CERT_NONE
        plain = socket.create_connection(
            ("127.0.0.1", self.https_port), timeout=10
        )
        connection = HTTPConnection(name)
        connection.sock = trusting.wrap_socket(plain, server_hostname=name)
        return connection

    def ask(self, path: str, name: str = NAME) -> tuple[int, dict[str, str]]:
        """Return the status and the headers of an answer, on a connection of its own."""
        with closing(self.connect(name)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            return answer.status, {
                name.lower(): value for name, value in answer.headers.items()
            }


@pytest.fixture(scope="module")
def proxy(
    tmp_path_factory: pytest.TempPathFactory, index: Path
) -> Iterator[Proxy]:
    """Two sites, and nginx before them, on ports and with a certificate of the test's own."""
    program = required("nginx", "nginx")
    openssl = required("openssl", "openssl")
    folder = tmp_path_factory.mktemp("nginx")
    options = (
        "--workers",
        "1",
        "--no-access-log",
        "--address",
        f"https://{NAME}",
    )
    command = [
        openssl,
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        f"/CN={NAME}",
    ]
    command += [
        "-keyout",
        f"{folder}/privkey.pem",
        "-out",
        f"{folder}/fullchain.pem",
    ]
    subprocess.run(command, check=True, capture_output=True)
    with ExitStack() as running:
        sites = []
        for name in ("one", "two"):
            (folder / name).mkdir()
            sites.append(Served(folder / name, *options, index=index))
            running.callback(sites[-1].stop)
        http_port, https_port = (
            18_080 + os.getpid() % 900,
            18_980 + os.getpid() % 900,
        )
        text = recipe("upstream reference")
        for before, after in [
            ("127.0.0.1:8001", f"127.0.0.1:{sites[0].port}"),
            ("127.0.0.1:8002", f"127.0.0.1:{sites[1].port}"),
            ("listen 80", f"listen {http_port}"),
            ("listen 443", f"listen {https_port}"),
            ("/var/log/nginx", str(folder)),
            (f"/etc/letsencrypt/live/{NAME}", str(folder)),
        ]:
            assert before in text
            text = text.replace(before, after)
        settings = folder / "nginx.conf"
        temporary = "".join(
            f"{kind}_temp_path {folder}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        settings.write_text(
            f"daemon off; pid {folder}/pid; error_log {folder}/error.log;\n"
            f"events {{}}\nhttp {{\n{temporary}{text}}}\n"
        )
        nginx = subprocess.Popen(
            [program, "-c", settings], stderr=subprocess.DEVNULL
        )
        running.callback(nginx.wait)
        running.callback(nginx.terminate)
        found = Proxy(sites, http_port, https_port)
        until(lambda: nginx.poll() is not None or answers(found))
        assert nginx.poll() is None, (folder / "error.log").read_text()
        yield found


def answers(proxy: Proxy) -> bool:
    """Return whether a proxy is up."""
    try:
        return proxy.ask("/healthz")[0] == 200
    except OSError:
        return False


def test_nginx_serves_the_site(proxy: Proxy) -> None:
    """Through nginx a page comes with all its headers, each once, and the long search arrives."""
    status, headers = proxy.ask("/about/")
    long_search, _ = proxy.ask("/search/?q=" + "%F0%9F%99%82" * 2_000)

    assert status == long_search == 200
    for name, value in SECURITY.items():
        assert headers[name.lower()] == value


def test_nginx_leads_to_tls_and_knows_its_name(proxy: Proxy) -> None:
    """Plain HTTP leads to HTTPS; a name that is not ours gets no answer."""
    with closing(
        HTTPConnection("127.0.0.1", proxy.http_port, timeout=5)
    ) as connection:
        connection.request("GET", "/about/", headers={"Host": NAME})
        answer = connection.getresponse()

    assert answer.status == 301
    assert answer.headers["Location"] == f"https://{NAME}/about/"
    with pytest.raises(OSError):
        proxy.ask("/about/", "another.example")


def test_an_upgrade_behind_nginx_refuses_nobody(proxy: Proxy) -> None:
    """One site after the other is stopped and started again: every reader is answered."""
    statuses: list[int] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            statuses.append(proxy.ask("/about/")[0])
            time.sleep(0.05)

    reader = threading.Thread(target=read)
    reader.start()
    for site in proxy.sites:
        time.sleep(0.5)
        site.stop()
        time.sleep(0.5)
        site.start_again()
    stop.set()
    reader.join()

    assert len(statuses) > 10
    assert set(statuses) == {200}


def test_nginx_limits_questions(proxy: Proxy) -> None:
    """One reader who asks far more than five searches a second is told to wait, after about as
    many as the limit lets through; pages are still his."""
    proxy.ask(JUNK)  # so that the site has the answer, and is never slower
    statuses: list[int] = []
    with closing(proxy.connect()) as connection:
        while 429 not in statuses and len(statuses) < 500:
            connection.request("GET", JUNK)
            answer = connection.getresponse()
            answer.read()
            statuses.append(answer.status)

    assert 429 in statuses
    assert statuses.count(200) >= 20
    assert proxy.ask("/about/")[0] == 200
