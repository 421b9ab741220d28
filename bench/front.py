"""What ships to stand in front, as a bench can start it: with other addresses and folders, and without HTTPS."""

import re
from collections.abc import Iterable
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent


def varnish(folder: Path, listen: str, port: int) -> list[str]:
    """The command for deploy/varnish.vcl, before a site at a port of this machine."""
    path = folder / "varnish.vcl"
    path.write_text((HOME / "deploy" / "varnish.vcl").read_text().replace('"8000"', f'"{port}"'))
    return [
        "varnishd",
        "-F",
        "-j",
        "none",
        "-n",
        f"{folder}/varnish",
        "-a",
        listen,
        "-f",
        str(path),
        "-s",
        "malloc,64m",
    ]


def configured(folder: Path, listen: str, servers: Iterable[str], beside: str = "") -> Path:
    """The file to start nginx with, which says as much as Debian's own and writes into `folder` alone. `beside`: more
    blocks for its `http`."""
    _, _, given = (HOME / "deploy" / "nginx.conf").read_text().partition("proxy_cache_path")
    head, _, rest = given.partition("server {\n    listen 80;")
    text = "proxy_cache_path" + head + rest[rest.index("server {") :]
    one = re.search(r" *server 127.0.0.1:8000.*\n", text)[0]
    text = text.replace(one, "".join(one.replace("127.0.0.1:8000", server) for server in servers))
    text = text.replace("listen 443 ssl http2;", f"listen {listen};")
    text = re.sub(r"(?m)^ *(listen \[::\]|ssl_).*\n", "", text)
    text = text.replace("/srv/network", str(HOME)).replace("/var/cache/nginx/network", f"{folder}/cache")
    text = text.replace("/var/log/nginx", str(folder))
    places = f"pid {folder}/pid; user root; error_log {folder}/errors; worker_processes 1;"
    inside = f"include /etc/nginx/mime.types; sendfile on; tcp_nopush on; access_log {folder}/access;"
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")  # it makes a folder for each, used or not
    inside += "".join(f" {kind}_temp_path {folder}/{kind};" for kind in kinds)
    path = folder / "nginx.conf"
    path.write_text(f"daemon off; {places}\nevents {{}}\nhttp {{ {inside}\n{text}{beside}}}\n")
    return path
