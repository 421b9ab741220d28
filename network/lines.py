"""A line of JSON for each record of the log, and the name of the request that it belongs to.

Nothing that somebody typed and nothing that names them gets into a line: no address, no query, no text, and of an error
its kind and its place in our code, since its words may quote a row.
"""

import json
import logging
import traceback
from contextvars import ContextVar
from pathlib import Path

from network import clock

FRAMES = 8  # of a traceback: the innermost say where it was
HOME = str(Path(__file__).resolve().parent.parent)

request_id: ContextVar[str] = ContextVar("request_id", default="")


class Lines(logging.Formatter):
    """A record as one line of JSON. What is put into a message (its arguments) is left out: it may be anything."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": f"{clock.now():%Y-%m-%dT%H:%M:%S.%fZ}",
            "level": record.levelname.lower(),
            "from": record.name,
        }
        if name := request_id.get() or getattr(getattr(record, "request", None), "name_in_log", ""):
            line["request"] = name
        is_quoting = record.name.startswith("django.security")  # its messages quote what was sent
        if status := getattr(record, "status_code", None):  # Django's own words on an answer name its address
            line["status"] = status
        line |= getattr(record, "said", None) or {"message": "refused" if is_quoting else str(record.msg)}
        if record.exc_info and record.exc_info[1]:
            line |= _broken(record.exc_info[1])
        return json.dumps(line, default=str)


def _broken(error: BaseException) -> dict[str, object]:
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    return {
        "error": f"{type(error).__module__}.{type(error).__qualname__}",
        "where": [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames],
    }


def _short(path: str) -> str:
    return path.removeprefix(f"{HOME}/") if path.startswith(HOME) else Path(path).name
