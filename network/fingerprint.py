"""SHA-256 over canonical JSON: the one way the project hashes a record.

Canonical means: keys sorted, no white space, text as UTF-8, times as ISO 8601 in UTC. The same data gives the same
hash on every machine and in every later version, so nothing here may change once records exist.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any


def _plain(value: Any) -> str:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    raise TypeError(f"A record holds text, numbers, lists and times with a zone, not {type(value).__name__}.")


def fingerprint(record: dict[str, Any]) -> str:
    """64 hexadecimal digits. Raises TypeError for a value that has no canonical form."""
    text = json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()
