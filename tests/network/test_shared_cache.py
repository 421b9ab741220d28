"""The cache of one machine: counted together by its processes, kept through a restart."""

import os
import subprocess
import sys

import pytest
from django.core.cache import caches

from network.shared_cache import SWEEP, SharedCache

COUNT = """
import sys
from django.conf import settings
settings.configure()
from network.shared_cache import SharedCache
cache = SharedCache(sys.argv[1], {})
print(*[cache.incr("n") for _ in range(200)])
"""


@pytest.fixture
def cache(tmp_path) -> SharedCache:
    return SharedCache(str(tmp_path / "cache.sqlite3"), {})


@pytest.mark.parametrize("value", [0, -3, 2**40, True, None, "words", b"bytes", [1, {"a": 2.5}]])
def test_what_is_kept_comes_back_as_it_was(value, cache):
    cache.set("key", value)

    assert cache.get("key", "nothing") == value
    assert type(cache.get("key")) is type(value)


def test_what_has_run_out_is_not_there(cache):
    cache.set("key", 1, timeout=-1)

    assert not cache.has_key("key")
    assert cache.get("key") is None
    assert not cache.touch("key")
    with pytest.raises(ValueError, match="no key"):
        cache.incr("key")
    assert cache.add("key", 5)
    assert not cache.add("key", 6)
    assert cache.incr("key") == 6


def test_what_has_run_out_is_swept(cache):
    cache.set("old", 1, timeout=-1)
    for number in range(SWEEP):
        cache.set("new", number)

    assert cache._file.execute("SELECT count(*) FROM kept").fetchone() == (1,)


def test_delete_and_clear_leave_nothing(cache):
    cache.set_many({"a": 1, "b": 2})

    assert cache.delete("a")
    assert not cache.delete("a")
    cache.clear()
    assert cache.get_many(["a", "b"]) == {}


def test_processes_count_together_and_a_restart_forgets_nothing(cache, tmp_path):
    cache.set("n", 0, timeout=60)
    command = [sys.executable, "-c", COUNT, cache._location]
    counting = [subprocess.Popen(command, env=os.environ, stdout=subprocess.PIPE, text=True) for _ in range(3)]

    counted = [int(number) for process in counting for number in process.communicate()[0].split()]

    assert sorted(counted) == list(range(1, 601))
    assert SharedCache(cache._location, {}).get("n") == 600


def test_file_that_is_none_of_ours_is_made_anew(tmp_path):
    (tmp_path / "cache.sqlite3").write_bytes(b"garbage" * 1_000)
    cache = SharedCache(str(tmp_path / "cache.sqlite3"), {})

    cache.set("seen", 1)

    assert cache.incr("seen") == 2


def test_file_that_was_deleted_is_made_anew(tmp_path):
    first, second = (SharedCache(str(tmp_path / "cache.sqlite3"), {}) for _ in range(2))
    first.set("seen", 1)
    assert second.get("seen") == 1

    for file in tmp_path.iterdir():
        file.unlink()
    first.set("seen", 5)

    assert second.get("seen") == 5


def test_file_that_cannot_be_written_is_an_outage(tmp_path):
    (tmp_path / "no folder").write_text("")

    with pytest.raises(OSError, match="does not answer"):
        SharedCache(str(tmp_path / "no folder" / "cache.sqlite3"), {}).set("seen", 1)


def test_no_copy_of_the_file_names_anybody(tmp_path, settings):
    path = tmp_path / "cache.sqlite3"
    settings.CACHES = {
        "default": {
            "BACKEND": "network.shared_cache.SharedCache",
            "LOCATION": str(path),
            "KEY_FUNCTION": "network.shared_cache.veiled",
        }
    }
    caches["default"].set("limit:apply-as:ana@people.example", 1)

    assert caches["default"].get("limit:apply-as:ana@people.example") == 1
    assert b"people.example" not in path.read_bytes() + (tmp_path / "cache.sqlite3-wal").read_bytes()
