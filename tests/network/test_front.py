"""What stands in front as it ships: a real nginx or Varnish, before an application that says as little as possible."""

import os
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bench import front
from network.headers import ALWAYS

HOME = "Host: network.example\r\n"
HSTS = "Strict-Transport-Security"
GUARDS = ALWAYS | {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    HSTS: "max-age=31536000",
}
OF_APPLICATION = {"Content-Security-Policy": "default-src 'none'; script-src 'self'", "X-Frame-Options": "DENY"}


class Application(BaseHTTPRequestHandler):
    """Answers with the status that its address names, with every header once, and what it was sent; or never."""

    protocol_version = "HTTP/1.1"
    is_over: threading.Event

    def do_GET(self) -> None:
        if self.path == "/silent/":
            self.is_over.wait(30)
            return
        number = re.search(r"\d{3}", self.path)
        words = f"{self.path}\n{self.headers}".encode()
        self.send_response(int(number[0]) if number else 200)
        age = "public, s-maxage=60" if self.path.startswith("/kept/") else "no-store"
        varies = "Cookie, Accept-Encoding" if "by-cookie" in self.path else "Accept-Encoding"
        own = {"Cache-Control": age, "Content-Length": len(words), "Vary": varies}
        for name, value in (GUARDS | OF_APPLICATION | own).items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(words)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def application() -> Iterator[int]:
    Application.is_over = threading.Event()
    with ThreadingHTTPServer(("127.0.0.1", 0), Application) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        Application.is_over.set()
        server.shutdown()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def program(name: str) -> str:
    """Debian keeps these where only root looks. The whole proof (.ci/run) installs them and does without none."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None and not os.environ.get("CI"):
        pytest.skip(f"There is no {name} here, so what stands in front was not tried.")
    assert found, f"There is no {name} here."
    return found


@contextmanager
def running(command: list[str], port: int) -> Iterator[int]:
    process, until = subprocess.Popen([program(command[0]), *command[1:]]), time.monotonic() + 30
    try:
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, f"{command[0]} did not start."
            assert time.monotonic() < until, f"{command[0]} does not listen."
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def nginx(folder: Path, application_port: int, beside: str = ""):
    port = free_port()
    path = front.configured(folder, f"127.0.0.1:{port}", [f"127.0.0.1:{application_port}"], beside)
    text = path.read_text()
    assert "proxy_read_timeout 30s" in text
    text = text.replace("proxy_read_timeout 30s", "proxy_read_timeout 1s")
    path.write_text(text.replace(f"{front.HOME}/var/static/", f"{folder}/static/"))
    (folder / "static").mkdir()
    (folder / "static" / "page.css").write_text("p { color: black }")
    return running(["nginx", "-c", str(path), "-e", f"{folder}/errors"], port)


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    with application() as port, nginx(tmp_path_factory.mktemp("nginx"), port) as door:
        yield door


@pytest.fixture(scope="module")
def varnish_door(tmp_path_factory):
    port = free_port()
    with application() as behind:
        command = front.varnish(tmp_path_factory.mktemp("varnish"), f"127.0.0.1:{port}", behind)
        with running(command, port):
            yield port


def asked(port: int, request: str, method: str | None = None) -> tuple[HTTPResponse, str]:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(request.encode())
        answer = HTTPResponse(connection, method=method)
        answer.begin()
        return answer, answer.read().decode()


def get(port: int, path: str, more: str = "") -> tuple[HTTPResponse, str]:
    return asked(port, f"GET {path} HTTP/1.1\r\n{HOME}{more}\r\n")


def guards(answer: HTTPResponse) -> dict[str, list[str] | None]:
    return {name: answer.headers.get_all(name) for name in GUARDS}


ONCE = {name: [value] for name, value in GUARDS.items()}
ITS_OWN = ONCE | {"Content-Security-Policy": [OF_APPLICATION["Content-Security-Policy"]]}


@pytest.mark.parametrize(("path", "status"), [("/", 200), *((f"/{n}/", n) for n in (400, 404, 413, 500, 502, 504))])
def test_answer_of_the_application_passes_as_it_is(path, status, door):
    answer, text = get(door, path)

    assert (answer.status, guards(answer)) == (status, ITS_OWN)
    assert text.startswith(f"{path}\n")
    assert answer.headers.get_all("Cache-Control") == ["no-store"]


def test_page_that_is_kept_has_each_header_once(door):
    answers = [get(door, "/kept/") for _ in range(2)]

    assert [guards(answer) for answer, _ in answers] == [ITS_OWN, ITS_OWN]
    assert answers[0][1] == answers[1][1]


def test_page_is_kept_compressed_and_as_it_is_and_not_for_each_wording(door):
    accepted = ("gzip, deflate, br", "br;q=1.0, gzip;q=0.8", "identity", "br")

    texts = [get(door, "/kept/forms/", f"Accept-Encoding: {one}\r\n") for one in accepted]

    compressed, also_compressed, plain, also_plain = (text for _, text in texts)
    assert compressed == also_compressed != plain == also_plain
    assert {answer.headers["Vary"] for answer, _ in texts} == {"Accept-Encoding"}


@pytest.mark.parametrize(
    ("accepted", "form"),
    [
        ("gzip", "gzip"), ("br, GZIP;q=0.5", "gzip"), ("gzip;q=0.01, br", "gzip"), ("*", ""), ("br, *;q=0.1", ""),
        ("gzip;q=0", ""), ("br, gzip ; q=0.00 , x", ""), ("identity", ""),
    ],
)  # fmt: skip
def test_application_is_asked_for_the_form_under_which_its_answer_is_kept(accepted, form, door):
    """Else a stranger's odd header would put a compressed page in the place of one that is not."""
    _, text = get(door, f"/?{accepted}".replace(" ", ""), f"Accept-Encoding: {accepted}\r\n")

    assert re.findall(r"(?m)^Accept-Encoding: (.*)$", text) == ([form] if form else [])


def test_what_differs_by_a_cookie_is_not_kept(door):
    texts = [get(door, "/kept/by-cookie/", f"X-Number: {number}\r\n")[1] for number in (1, 2)]

    assert texts[0] != texts[1]


def test_static_file_is_guarded_and_kept_for_a_year(door):
    answer, text = get(door, "/static/page.css")

    assert (answer.status, text, guards(answer)) == (200, "p { color: black }", ONCE)
    assert answer.headers.get_all("Cache-Control") == ["public, max-age=31536000, immutable"]


OWN_REFUSALS = {
    "a static file that is not there": (404, f"GET /static/none.css HTTP/1.1\r\n{HOME}\r\n"),
    "a folder": (403, f"GET /static/ HTTP/1.1\r\n{HOME}\r\n"),
    "too much": (413, f"POST / HTTP/1.1\r\n{HOME}Content-Length: 30000000\r\n\r\n"),
    "too much for a file": (413, f"POST /static/page.css HTTP/1.1\r\n{HOME}Content-Length: 30000000\r\n\r\n"),
    "a body that is none": (400, f"POST / HTTP/1.1\r\n{HOME}Transfer-Encoding: chunked\r\n\r\nzzz\r\n"),
    "what only another text may get": (412, f'GET /kept/ HTTP/1.1\r\n{HOME}If-Match: "x"\r\n\r\n'),
    "a line that is none": (400, "nonsense\r\n\r\n"),
    "no host": (400, "GET / HTTP/1.1\r\n\r\n"),
    "a path out of the house": (400, f"GET /../ HTTP/1.1\r\n{HOME}\r\n"),
    "a long address": (414, f"GET /{'a' * 20_000} HTTP/1.1\r\n{HOME}\r\n"),
    "a long header": (400, f"GET / HTTP/1.1\r\n{HOME}X-Long: {'a' * 20_000}\r\n\r\n"),
    "a method of no use": (405, f"TRACE / HTTP/1.1\r\n{HOME}\r\n"),
    "a version to come": (505, f"GET / HTTP/3.0\r\n{HOME}\r\n"),
    "an encoding of its own": (501, f"POST / HTTP/1.1\r\n{HOME}Transfer-Encoding: gzip\r\n\r\n"),
}


@pytest.mark.parametrize("name", OWN_REFUSALS)
def test_refusal_of_nginx_itself_is_guarded(name, door):
    status, request = OWN_REFUSALS[name]

    answer, _ = asked(door, request)

    assert (answer.status, guards(answer)) == (status, ONCE)
    assert answer.headers["Cache-Control"] is None


def test_too_much_is_refused_in_a_sentence(door):
    answer, text = asked(door, OWN_REFUSALS["too much"][1])

    assert answer.headers["Content-Type"] == "text/plain"
    assert "more than 25 MB" in text


def assert_says_that_nobody_answers(answer: HTTPResponse, text: str) -> None:
    assert guards(answer) == ONCE
    assert answer.headers["Content-Type"] == "text/plain"
    assert "does not answer just now" in text
    assert "still in the form" in text
    assert "Try again in a moment" in text


def test_silent_application_is_said_in_a_sentence(door):
    answer, text = get(door, "/silent/")

    assert answer.status == 504
    assert_says_that_nobody_answers(answer, text)


def test_dead_application_is_said_in_a_sentence(tmp_path):
    with nginx(tmp_path, free_port()) as door:
        sent = asked(door, f"POST / HTTP/1.1\r\n{HOME}Content-Length: 5\r\n\r\na=b&c")
        read, looked = get(door, "/"), asked(door, f"HEAD / HTTP/1.1\r\n{HOME}\r\n", "HEAD")

    assert [answer.status for answer, _ in (sent, read, looked)] == [502] * 3
    assert_says_that_nobody_answers(*sent)
    assert_says_that_nobody_answers(*read)
    assert guards(looked[0]) == ONCE


def test_no_other_log_says_who_asked_for_what(tmp_path):
    given, port = (front.HOME / "deploy" / "nginx.conf").read_text(), free_port()
    plain = re.search(r"(?ms)^server \{\n    listen 80;.*?^\}\n", given)[0].replace("    listen [::]:80;\n", "")
    plain = plain.replace("listen 80;", f"listen 127.0.0.1:{port};").replace("/var/log/nginx", str(tmp_path))
    with nginx(tmp_path, free_port(), plain) as door:
        for name in ("a static file that is not there", "too much", "a body that is none"):
            asked(door, OWN_REFUSALS[name][1])
        for each in (door, port):
            get(each, "/letters/opens-it/?who=me")

    logs = {path.name: path.read_text() for path in tmp_path.iterdir() if path.is_file() and path.name != "nginx.conf"}
    assert re.findall(r"127\.0\.0\.0 .* (\S+ \S+ \d+) \d+ -\n", logs.pop("network.log")) == ["GET /letters/... 502"]
    assert {"access", "errors"} <= logs.keys()
    assert "127.0.0.1" not in "".join(logs.values())
    assert "opens-it" not in "".join(logs.values())


def test_log_names_no_reader_no_query_and_no_key_and_has_no_line_for_a_page_given_out_again(tmp_path):
    with application() as behind, nginx(tmp_path, behind) as door:
        for path in ("/kept/?page=2", "/kept/?page=2", "/kept/?page=2", "/letters/opens-it/", "/static/page.css"):
            get(door, path)

    lines = (tmp_path / "network.log").read_text().splitlines()
    said = [re.sub(r" \[.*?\]", "", line) for line in lines]
    assert [line.rsplit(maxsplit=2)[0] for line in said] == [
        "127.0.0.0 GET /kept/ 200",
        "127.0.0.0 GET /letters/... 200",
    ]


@pytest.mark.parametrize(
    ("address", "network"), [("203.0.113.77", "203.0.113.0"), ("2001:db8:7:8::9", "2001:db8::"), ("::1", "-")]
)
def test_log_says_of_an_address_only_its_network(address, network):
    given = (front.HOME / "deploy" / "nginx.conf").read_text()
    block = re.search(r"map \$remote_addr \$network_of_reader \{\n(.*?)\}", given, re.DOTALL)[1]
    rules = re.findall(r"~(\^\S+) \$(\w+)(\S*);", block)

    found = (re.match(rule.replace("(?<", "(?P<"), address) for rule, _, _ in rules)
    said = [match[name] + rest for match, (_, name, rest) in zip(found, rules, strict=True) if match]

    assert (said or ["-"]) == [network]


def test_way_to_https_is_guarded_and_promises_nothing_by_http(tmp_path):
    """Browsers take the promise of HTTPS by HTTPS alone, and no server may make it otherwise (RFC 6797, 7.2)."""
    given, port = (front.HOME / "deploy" / "nginx.conf").read_text(), free_port()
    plain = re.search(r"(?ms)^server \{\n    listen 80;.*?^\}\n", given)[0].replace("    listen [::]:80;\n", "")
    plain = plain.replace("listen 80;", f"listen 127.0.0.1:{port};")

    with nginx(tmp_path, free_port(), plain):
        answer, _ = get(port, "/articles/?page=2")

    assert (answer.status, answer.headers["Location"]) == (301, "https://network.example/articles/?page=2")
    assert guards(answer) == ONCE | {HSTS: None}


@pytest.mark.parametrize("which", ["door", "varnish_door"])
@pytest.mark.parametrize("who", ["", "Cookie: sessionid=abc\r\n", "Authorization: Basic abc\r\n"])
@pytest.mark.parametrize("path", ["/", "/kept/"])
def test_only_a_proxy_says_where_the_site_is_mounted(path, who, which, request):
    door = request.getfixturevalue(which)
    told = "SCRIPT_NAME: /elsewhere\r\nscript_name: /elsewhere\r\nPATH_INFO: /elsewhere\r\nX-Told: this\r\n"

    answer, text = get(door, f"{path}?{which}", told + who)

    assert answer.status == 200
    assert "X-Told: this" in text
    assert "elsewhere" not in text


def test_varnish_says_itself_that_nobody_answers_with_each_header_once(tmp_path):
    port = free_port()
    with running(front.varnish(tmp_path, f"127.0.0.1:{port}", free_port()), port):
        answer, text = get(port, "/")

    assert answer.status == 503
    assert text.startswith("The site does not answer just now.")
    assert guards(answer) == ONCE


def test_varnish_leaves_what_the_application_says_of_itself(varnish_door):
    answer, _ = get(varnish_door, "/")

    assert guards(answer)["Content-Security-Policy"] == [OF_APPLICATION["Content-Security-Policy"]]
