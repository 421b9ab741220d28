"""The web server as it ships, started by `bin/serve` and by systemd's unit: what it takes from outside, and what it answers
before the site is asked."""

import os
import re
import runpy
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPResponse
from pathlib import Path
from string import Template

import pytest

from network.headers import ALWAYS

ROOT = Path(__file__).resolve().parent.parent.parent
HOST = "Host: network.example\r\n"
GUARDS = ALWAYS | {
    "Strict-Transport-Security": "max-age=31536000",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
}
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "network.settings",
    "DEBUG": "0",
    "SECRET_KEY": "for-this-test-only-" * 3,
    "ALLOWED_HOSTS": "network.example",
    "SITE_URL": "https://network.example",
    "TRUSTED_PROXIES": "1",
    "WEB_WORKERS": "1",
}


def by_serve(port: int) -> list[str]:
    return runpy.run_path(str(ROOT / "bin" / "serve"))["web_server"](port)


def by_unit(port: int) -> list[str]:
    unit = (
        (ROOT / "deploy" / "network-web.service").read_text().replace("/srv/network/.venv/bin/python", sys.executable)
    )
    command = re.search(r"(?m)^ExecStart=(.+)$", unit)[1]
    return shlex.split(Template(command).substitute(WEB_WORKERS="1", LISTEN=f"127.0.0.1:{port}"))


@contextmanager
def running(folder: Path, command: Callable[[int], list[str]], processes: int = 1) -> Iterator[tuple[int, int]]:
    """The server's process and its port. Without a database: nothing here is asked of one."""
    own = {"DATABASE_URL": f"sqlite:///{folder / 'none.sqlite3'}", "EMAIL_URL": f"file://{folder / 'mail'}"}
    environment = {name: value for name, value in os.environ.items() if name != "GUNICORN_CMD_ARGS"} | SETTINGS | own
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = (folder / "log").open("wb")
    process = subprocess.Popen(command(port), cwd=ROOT, env=environment, stdout=log, stderr=log)
    until = time.monotonic() + 60
    while (folder / "log").read_bytes().count(b"Booting worker") < processes:
        assert process.poll() is None, (folder / "log").read_text()
        assert time.monotonic() < until, "It did not start."
        time.sleep(0.1)
    try:
        yield process.pid, port
    finally:
        process.terminate()
        process.wait(40)
        log.close()


@pytest.fixture(scope="module", params=[by_serve, by_unit])
def door(request, tmp_path_factory):
    with running(tmp_path_factory.mktemp("site"), request.param) as (_, port):
        yield port


def asked(port: int, request: str) -> HTTPResponse:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(request.encode())
        answer = HTTPResponse(connection)
        answer.begin()
        return answer


def all_that_comes(port: int, request: str) -> bytes:
    """Until the other side has closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(request.encode())
        parts = []
        while part := connection.recv(65_536):
            parts.append(part)
    return b"".join(parts)


REFUSALS = {
    "a line that is none": (400, "nonsense\r\n\r\n"),
    "a version of its own": (400, "GET / HTTP/one\r\n\r\n"),
    "a header that is none": (400, f"GET / HTTP/1.1\r\n{HOST}nonsense\r\n\r\n"),
    "two lengths": (400, f"POST / HTTP/1.1\r\n{HOST}Content-Length: 1\r\nContent-Length: 2\r\n\r\na"),
    "a long address": (414, f"GET /{'a' * 9_000} HTTP/1.1\r\n{HOST}\r\n"),
    "a long header": (431, f"GET / HTTP/1.1\r\n{HOST}X-Long: {'a' * 20_000}\r\n\r\n"),
    "an encoding of its own": (501, f"POST / HTTP/1.1\r\n{HOST}Transfer-Encoding: magic\r\n\r\n"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_refusal_of_the_web_server_itself_is_guarded_once(name, door):
    status, request = REFUSALS[name]

    answer = asked(door, request)

    assert answer.status == status
    assert {name: answer.headers.get_all(name) for name in GUARDS} == {name: [said] for name, said in GUARDS.items()}


@pytest.mark.parametrize("body", ["zzz\r\n", "3\r\nabcdef\r\n", "-1\r\n"])
def test_request_whose_rest_makes_no_sense_is_answered_once(body, door):
    chunked = f"POST /healthz HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\n\r\n{body}"

    said = all_that_comes(door, f"{chunked}GET /healthz HTTP/1.1\r\n{HOST}\r\n")

    assert said.startswith(b"HTTP/1.1 200 OK\r\n")
    assert said.count(b"HTTP/1.1 ") == 1


def test_request_after_one_that_made_sense_is_answered(door):
    chunked = f"POST /healthz HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"

    said = all_that_comes(door, f"{chunked}GET /healthz HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n")

    assert said.count(b"HTTP/1.1 200 OK\r\n") == 2


@pytest.mark.parametrize("header", ["SCRIPT_NAME", "Script-Name", "script_name", "PATH_INFO", "Path-Info"])
def test_nobody_says_from_outside_where_the_site_is_mounted(header, door):
    """The site is asked for the way to HTTPS, which repeats the whole address as it was understood."""
    answer = asked(door, f"GET /articles/?page=2 HTTP/1.1\r\n{HOST}{header}: /elsewhere\r\n\r\n")

    assert (answer.status, answer.headers["Location"]) == (301, "https://network.example/articles/?page=2")


def test_process_with_fewer_connections_takes_the_next(tmp_path):
    """All of the first ones come to the process that is awake, and then nearly all others to the one that was not."""
    first, more = 10, 8
    with running(tmp_path, by_serve, processes=2) as (master, port), ExitStack() as held:
        awake, asleep = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        os.kill(int(asleep), signal.SIGSTOP)
        try:
            before = {process: sockets_of(process) for process in (awake, asleep)}
            for _ in range(first):
                held.enter_context(kept_open(port))
        finally:
            os.kill(int(asleep), signal.SIGCONT)
        assert sockets_of(awake) - before[awake] == first

        for _ in range(more):
            held.enter_context(kept_open(port))

        assert sockets_of(asleep) - before[asleep] > more / 2


def kept_open(port: int) -> socket.socket:
    """A connection on which one request was answered, and another may come."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    connection.sendall(f"GET /healthz HTTP/1.1\r\n{HOST}\r\n".encode())
    assert connection.recv(65_536).startswith(b"HTTP/1.1 200 OK\r\n")
    return connection


def sockets_of(process: str) -> int:
    return sum(str(file.readlink()).startswith("socket:") for file in Path(f"/proc/{process}/fd").iterdir())
