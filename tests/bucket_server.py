"""A server that speaks S3, on this machine, for as long as somebody needs it: OpenStack Swift with its door for S3.

Four processes of Debian's Swift, one copy of everything, in a folder of its own. Its files carry extended attributes.
"""

import getpass
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote

PARTS = ("account", "container", "object")
PROGRAMS = ("setpriv", "swift-proxy-server", *(f"swift-{part}-server" for part in PARTS))
IS_INSTALLED = all(shutil.which(program) for program in PROGRAMS)
KEY, SECRET = "network:pictures", "a/secret:with@signs"
DEFAULTS = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
user = {user}
swift_dir = {home}
devices = {home}
mount_check = false
workers = 0
fallocate_reserve = 0
"""
PART = """[pipeline:main]
pipeline = {part}-server
[app:{part}-server]
use = egg:swift#{part}
"""
# Tokens would be kept in a memcached; whoever signs each request needs none, so none answers at that address.
DOOR = """[pipeline:main]
pipeline = catch_errors cache s3api tempauth bulk slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1
[filter:s3api]
use = egg:swift#s3api
[filter:tempauth]
use = egg:swift#tempauth
user_{account}_{name} = {secret} .admin
[filter:bulk]
use = egg:swift#bulk
[filter:slo]
use = egg:swift#slo
"""

# Where the things of each part are: one copy, on the one disk. In Debian's Python, which has Swift's own modules.
PLACES = """
import sys
from swift.common.ring import RingBuilder
for part, port in zip(sys.argv[1::2], sys.argv[2::2]):
    ring = RingBuilder(part_power=4, replicas=1, min_part_hours=0)
    ring.add_dev({"region": 1, "zone": 1, "ip": "127.0.0.1", "port": int(port), "device": "disk", "weight": 1})
    ring.rebalance()
    ring.get_ring().save(f"{part}.ring.gz")
"""


class Server:
    """One whose door can be shut and opened again: whoever asks meanwhile finds nobody at its address."""

    def __init__(self, home: Path):
        self.home = home
        self.ports = {part: _free_port() for part in (*PARTS, "proxy")}
        self.running, self.at_door = ExitStack(), ExitStack()
        (home / "disk").mkdir()
        (home / "swift.conf").write_text("[swift-hash]\nswift_hash_path_suffix = only for tests\n")
        for part in PARTS:
            self._configure(part, PART.format(part=part))
        places = [str(word) for part in PARTS for word in (part, self.ports[part])]
        subprocess.run(["/usr/bin/python3", "-c", PLACES, *places], cwd=home, check=True, capture_output=True)
        account, name = KEY.split(":")
        self._configure("proxy", DOOR.format(account=account, name=name, secret=SECRET))

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.ports['proxy']}"

    def url(self, bucket: str) -> str:
        """As STORAGE_URL says it."""
        keys = f"{quote(KEY, safe='')}:{quote(SECRET, safe='')}"
        return f"s3://{keys}@127.0.0.1:{self.ports['proxy']}/{bucket}?tls=0"

    def start(self) -> None:
        for part in PARTS:
            self.running.enter_context(self._process(part))
        self.open()
        for part in PARTS:
            _wait_for(self.ports[part])

    def stop(self) -> None:
        self.shut()
        self.running.close()

    def open(self) -> None:
        self.at_door.enter_context(self._process("proxy"))
        _wait_for(self.ports["proxy"])

    def shut(self) -> None:
        self.at_door.close()

    def _configure(self, part: str, words: str) -> None:
        given = DEFAULTS.format(port=self.ports[part], user=getpass.getuser(), home=self.home)
        (self.home / f"{part}.conf").write_text(given + words)

    @contextmanager
    def _process(self, part: str) -> Iterator[None]:
        """It leaves our group of processes by itself, so it is told to end with us, however we end."""
        command = ["setpriv", "--pdeathsig", "KILL", f"swift-{part}-server", str(self.home / f"{part}.conf")]
        with (self.home / f"{part}.log").open("ab") as log:
            process = subprocess.Popen([*command, "--verbose"], stdout=log, stderr=log)
        try:
            yield
        finally:
            process.kill()
            process.wait()


@contextmanager
def running(home: Path) -> Iterator[Server]:
    """In this empty folder, until the end of the block."""
    server = Server(home)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def _wait_for(port: int, seconds: int = 30) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"Nothing answers on port {port} after {seconds} s.")
