"""The machines of bench/machines.py: network namespaces, and what runs in each (README.md).

Two run the site by the commands of deploy/*.service, nginx stands before them, and beside them are PostgreSQL with a
replica, Redis, and a store that speaks S3. Their addresses are their own, and nothing outside sees them.
"""

import http.client
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import CDLL
from pathlib import Path
from string import Template

import boto3
import psycopg

from bench import front
from tests import bucket_server

HOME = Path(__file__).resolve().parent.parent
NUMBERS = {"front": 10, "a": 11, "b": 12, "primary": 21, "replica": 22, "redis": 30, "store": 40}
DATABASE = "10.77.0.20"  # moves from the primary to the replica
# How long a machine that fell silent is waited for: without these a connection to it hangs for a quarter of an hour.
PATIENCE = "connect_timeout=2&tcp_user_timeout=3000&keepalives_idle=2&keepalives_interval=1&keepalives_count=3"
NAME = "network.example"
UNNOTICED = 5.0  # seconds until somebody does something about a dead primary


def ip(*words: str) -> str:
    return subprocess.run(["ip", *words], check=True, capture_output=True, text=True).stdout


class Machine:
    """A network namespace on the switch, with an address of its own and what runs there."""

    def __init__(self, name: str, folder: Path):
        self.name, self.address = name, f"10.77.0.{NUMBERS[name]}"
        self.folder = folder / name
        self.folder.mkdir()
        ip("netns", "add", name)
        ip("link", "add", f"to-{name}", "type", "veth", "peer", "name", "eth0", "netns", name)
        ip("link", "set", f"to-{name}", "master", "switch", "up")
        ip("-n", name, "link", "set", "lo", "up")
        self.take(self.address)
        self.plug("up")

    def plug(self, way: str) -> None:
        ip("-n", self.name, "link", "set", "eth0", way)

    def take(self, address: str) -> None:
        ip("-n", self.name, "address", "add", f"{address}/24", "dev", "eth0")

    def start(self, *command: str) -> subprocess.Popen:
        log = (self.folder / "log").open("a")
        return subprocess.Popen(["ip", "netns", "exec", self.name, *command], cwd=HOME, stdout=log, stderr=log)

    def run(self, *command: str) -> None:
        process = self.start(*command)
        if process.wait():
            raise SystemExit(f"{' '.join(command)} failed: {(self.folder / 'log').read_text()[-2000:]}")

    def kill(self) -> None:
        """Everything in it at once, by number."""
        for number in ip("netns", "pids", self.name).split():
            os.kill(int(number), signal.SIGKILL)

    @contextmanager
    def inside(self) -> Iterator[None]:
        """What this thread opens or starts belongs to the machine."""
        with Path("/proc/thread-self/ns/net").open() as before, Path("/run/netns", self.name).open() as there:
            CDLL(None).setns(there.fileno(), 0)
            try:
                yield
            finally:
                CDLL(None).setns(before.fileno(), 0)

    def announce(self, address: str) -> None:
        """Tell everybody on the wire at whose door an address is now, as whatever moves addresses does."""
        with self.inside(), socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
            wire.bind(("eth0", 0))
            own, place, all_of_us = wire.getsockname()[4], socket.inet_aton(address), b"\xff" * 6
            head = all_of_us + own + b"\x08\x06" + b"\x00\x01\x08\x00\x06\x04\x00\x01"
            wire.send(head + own + place + all_of_us + place)


def wire() -> None:
    """The switch, at which we stand as readers do."""
    subprocess.run(["mount", "-t", "tmpfs", "none", "/run/netns"], check=True)
    ip("link", "add", "switch", "type", "bridge")
    ip("address", "add", "10.77.0.1/24", "dev", "switch")
    ip("link", "set", "switch", "up")


class Postgres:
    """A primary, or the replica of one. It does not run as root."""

    def __init__(self, machine: Machine):
        self.machine, self.data = machine, machine.folder / "data"
        self.bin = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        shutil.chown(machine.folder, "postgres", "postgres")

    def make(self) -> None:
        self._run("initdb", "--auth=trust", "--username=network", "--no-sync", f"--pgdata={self.data}")
        with (self.data / "pg_hba.conf").open("a") as file:
            file.write("host all all 10.77.0.0/24 trust\nhost replication all 10.77.0.0/24 trust\n")

    def copy(self, primary: "Postgres") -> None:
        source = f"host={primary.machine.address} user=network application_name=replica"
        self._run("pg_basebackup", "-R", "--checkpoint=fast", f"--pgdata={self.data}", f"--dbname={source}")

    def start(self) -> None:
        options = ["-c", "listen_addresses=*", "-c", "unix_socket_directories=", "-c", "max_connections=60"]
        self.machine.start(*self._as_postgres("postgres"), "-D", str(self.data), *options)
        wait(lambda: self.ask("SELECT 1") == 1, f"PostgreSQL on {self.machine.name} did not start.")

    def ask(self, statement: str):
        """The first word of the answer; nothing where there is none."""
        where = f"postgres://network@{self.machine.address}/postgres?{PATIENCE}"
        try:
            with psycopg.connect(where, autocommit=True) as connection:
                found = connection.execute(statement)
                return found.fetchone()[0] if found.description else None
        except psycopg.OperationalError:
            return None

    def _run(self, program: str, *arguments: str) -> None:
        self.machine.run(*self._as_postgres(program), *arguments)

    def _as_postgres(self, program: str) -> list[str]:
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", str(self.bin / program)]


class Host:
    """The site on one machine, by the commands of deploy/*.service."""

    def __init__(self, machine: Machine):
        self.machine, self.door = machine, f"{machine.address}:8000"

    def start(self) -> None:
        self.server = self.machine.start(*self.command("web"))

    def stop(self) -> None:
        self.server.terminate()
        self.server.wait()

    def command(self, unit: str) -> list[str]:
        text = (HOME / "deploy" / f"network-{unit}.service").read_text().replace("/srv/network", str(HOME))
        command = re.search(r"(?m)^ExecStart=(.+)$", text)[1]
        return shlex.split(Template(command).substitute(WEB_WORKERS="2", LISTEN=self.door))

    def is_ready(self) -> bool:
        return ask(self.door, "GET", "/readyz")[0] == 200


def start_redis(machine: Machine) -> None:
    options = f"--bind {machine.address} --protected-mode no --appendonly no --dir {machine.folder}".split()
    machine.start("redis-server", *options, "--save", "")


def start_store(machine: Machine):
    """A server with a bucket. Its door is open to the other machines, its parts are not."""
    with machine.inside():
        server = bucket_server.Server(machine.folder)
        door = machine.folder / "proxy.conf"
        door.write_text(door.read_text().replace("bind_ip = 127.0.0.1", "bind_ip = 0.0.0.0"))
        server.start()
        keys = {"aws_access_key_id": bucket_server.KEY, "aws_secret_access_key": bucket_server.SECRET}
        boto3.client("s3", endpoint_url=server.address, region_name="us-east-1", **keys).create_bucket(Bucket="files")
    return server


def ask(where: str, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str]:
    """Status and text; 0 where nobody answers to the end."""
    host, _, port = where.partition(":")
    connection = http.client.HTTPConnection(host, int(port or 80), timeout=2)
    sent = {"Host": NAME} | {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.connect()
        connection.sock.settimeout(45)  # longer than nginx waits for a host
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return 0, type(error).__name__
    finally:
        connection.close()


def wait(happens: Callable[[], object], otherwise: str, seconds: float = 60) -> float:
    """Returns the seconds that it took."""
    begun = time.monotonic()
    while not happens():
        if time.monotonic() - begun > seconds:
            raise SystemExit(otherwise)
        time.sleep(0.02)
    return time.monotonic() - begun


class Site:
    """All machines, up and ready."""

    def __init__(self, folder: Path):
        wire()
        self.machines = {name: Machine(name, folder) for name in NUMBERS}
        self.primary, self.replica = (Postgres(self.machines[name]) for name in ("primary", "replica"))
        self.a, self.b = Host(self.machines["a"]), Host(self.machines["b"])
        self.doors = {"a": self.a.door, "b": self.b.door, "front": self.machines["front"].address}
        self._start_databases()
        start_redis(self.machines["redis"])
        self.store = start_store(self.machines["store"])
        bucket = self.store.url("files").replace("127.0.0.1", self.machines["store"].address)
        set_environment(folder, bucket, self.machines["redis"].address)
        for command in (self.b.command("migrate"), [sys.executable, "manage.py", "collectstatic", "--noinput"]):
            self.b.machine.run(*command)
        self.b.machine.start(*self.b.command("worker"))
        for host in (self.a, self.b):
            host.start()
        self._start_front()
        for host in (self.a, self.b):
            wait(host.is_ready, f"The site did not start on {host.machine.name}.")
        wait(lambda: ask(self.doors["front"], "GET", "/readyz")[0] == 200, "nginx did not start.")

    def _start_front(self) -> None:
        machine = self.machines["front"]
        machine.start("nginx", "-c", str(front.configured(machine.folder, "80", [self.a.door, self.b.door])))

    def _start_databases(self) -> None:
        """What the primary says is done, the replica has on its disk."""
        self.primary.machine.take(DATABASE)
        self.primary.make()
        self.primary.start()
        self.replica.copy(self.primary)
        self.replica.start()
        self.primary.ask("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.primary.ask("SELECT pg_reload_conf()")
        streams = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"
        wait(lambda: self.primary.ask(streams) == 1, "The replica does not follow.")

    def fail_over(self) -> None:
        """The primary's machine falls silent; the replica becomes the primary and takes its address."""
        self.primary.machine.plug("down")
        self.primary.machine.kill()
        time.sleep(UNNOTICED)
        assert self.primary.ask("SELECT 1") is None, "The primary is not dead."
        self.replica.ask("SELECT pg_promote()")
        self.replica.machine.take(DATABASE)
        self.replica.machine.announce(DATABASE)


def set_environment(folder: Path, store: str, redis: str) -> None:
    for name in ("EMAIL_REPLY", "PORT", "WEB_WORKERS", "GUNICORN_CMD_ARGS"):
        os.environ.pop(name, None)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "network.settings",
        "DEBUG": "0",
        "SECRET_KEY": "for-this-run-only-" * 3,
        "ALLOWED_HOSTS": NAME,
        "SITE_URL": f"http://{NAME}",
        "DATABASE_URL": f"postgres://network@{DATABASE}/postgres?{PATIENCE}",
        "CACHE_URL": f"redis://{redis}:6379/0",
        "STORAGE_URL": store,
        "EMAIL_URL": f"file://{folder / 'mail'}",
        "REQUIRE_SECOND_STEP": "0",
        "TRUSTED_PROXIES": "1",
    }
