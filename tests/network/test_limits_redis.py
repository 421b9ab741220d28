"""The limits on a real Redis: counted together by several processes."""

import os
import shutil
import socket
import subprocess
import sys
import time

import pytest
import redis

SERVER = shutil.which("redis-server")
COUNT = """
import django
django.setup()
from network import limits
print(sum(limits.is_over("preview", "ana", most=10, seconds=60) for _ in range(10)))
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory):
    """The Redis that the set-up has started, or one of our own."""
    if given := os.environ.get("TEST_REDIS_URL"):
        yield given
        return
    if SERVER is None:
        pytest.skip("There is no redis-server here, so the limits were not tried on one.")
    port, folder = free_port(), tmp_path_factory.mktemp("redis")
    server = subprocess.Popen([SERVER, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)])
    while server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield f"redis://127.0.0.1:{port}/0"
    server.terminate()
    server.wait()


def test_limits_are_counted_across_processes(redis_url):

    redis.Redis.from_url(redis_url).flushdb()
    environment = os.environ | {"CACHE_URL": redis_url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    processes = [
        subprocess.Popen([sys.executable, "-c", COUNT], env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]

    refused = sum(int(process.communicate()[0]) for process in processes)

    assert refused == 10
