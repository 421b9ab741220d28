"""The check for known vulnerabilities, against a server that speaks as their database does."""

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.conf import settings

DEAD = "http://127.0.0.1:9/"


def audit(url: str) -> subprocess.CompletedProcess:
    command = [sys.executable, str(settings.BASE_DIR / "bin" / "audit")]
    return subprocess.run(command, check=False, env={"AUDIT_URL": url}, capture_output=True, text=True)


@pytest.fixture
def database():
    """A function: the address of a database that knows of a vulnerability of each package named, or talks nonsense."""
    servers = []

    def serve(*bad: str, nonsense: bool = False) -> str:
        class Answers(BaseHTTPRequestHandler):
            def do_POST(self):
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
                assert all(query["package"]["ecosystem"] == "PyPI" and query["version"] for query in asked)
                named = [query["package"]["name"] for query in asked]
                results = [{"vulns": [{"id": "GHSA-1"}]} if name in bad else {} for name in named]
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"<html>" if nonsense else json.dumps({"results": results}).encode())

            def log_message(self, *args):
                """Nothing."""

        server = HTTPServer(("127.0.0.1", 0), Answers)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def test_audit_names_a_vulnerable_package_and_fails(database):
    done = audit(database("django"))

    assert done.returncode == 1
    assert "django " in done.stderr
    assert "GHSA-1" in done.stderr


def test_audit_passes_where_nothing_is_known(database):
    done = audit(database())

    assert done.returncode == 0
    assert done.stdout.endswith("packages, no known vulnerability\n")


@pytest.mark.parametrize("is_dead", [True, False])
def test_audit_that_learns_nothing_says_so_and_passes(database, is_dead):
    done = audit(DEAD if is_dead else database(nonsense=True))

    assert (done.returncode, done.stdout.partition(":")[0]) == (0, "skipped")
