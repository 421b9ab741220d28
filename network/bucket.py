"""Uploaded files in a bucket of a store that speaks S3, for a site on several machines.

The bucket is private: the site asks for a file and passes it on, so that each request is asked who may see a picture.
What goes wrong is told as the disk tells it, an OSError with words for people, so that whoever reads or writes a file
knows one kind of failure. Nothing imports this where STORAGE_URL names a folder: boto takes a third of a second.
"""

import errno
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from django.utils.encoding import filepath_to_uri
from django.utils.functional import cached_property
from storages.backends.s3 import S3Storage
from storages.utils import clean_name
from urllib3.exceptions import HTTPError

CONNECT_SECONDS, READ_SECONDS, TRIES = 3, 10, 2  # whoever waits for a page that waits for a dead store is told soon
CONNECTIONS = 50  # kept for use again; more are made and thrown away
BUFFER = 64 * 1024  # bytes read at once
GONE = {"404", "NoSuchKey"}  # in answer to HEAD, which has no words, and to GET


@contextmanager
def told_as_files_are(name: str = "") -> Iterator[None]:
    """What the library raises, as what the disk would."""
    try:
        yield
    except ClientError as error:
        raise _refusal(str(error.response.get("Error", {}).get("Code", "no reason given")), name) from error
    except (BotoCoreError, Boto3Error, HTTPError) as error:
        raise OSError(errno.EIO, f"the bucket cannot be reached ({type(error).__name__})", name) from error


def _refusal(code: str, name: str) -> OSError:
    if code in GONE:
        return FileNotFoundError(errno.ENOENT, "there is no such file in the bucket", name)
    return OSError(errno.EIO, f"the bucket refused ({code})", name)


def _plainly(method: Callable[..., Any]) -> Callable[..., Any]:
    """The library's method of the storage, its failures as ours."""

    @wraps(method)
    def call(self: "Bucket", name: str, *more: Any) -> Any:
        with told_as_files_are(name):
            return method(self, name, *more)

    return call


class Bucket(S3Storage):
    """Django's storage in the bucket that the settings name."""

    exists = _plainly(S3Storage.exists)
    delete = _plainly(S3Storage.delete)
    listdir = _plainly(S3Storage.listdir)
    size = _plainly(S3Storage.size)
    get_modified_time = _plainly(S3Storage.get_modified_time)

    def get_default_settings(self) -> dict[str, Any]:
        given = super().get_default_settings()
        config = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"total_max_attempts": TRIES, "mode": "standard"},
            max_pool_connections=CONNECTIONS,
            signature_version="s3v4",
            # By its path a bucket is found under any host, and AWS wants it in the host's name.
            s3={"addressing_style": "path" if given["endpoint_url"] else "auto"},
            # Checksums behind the body are of AWS alone, and other stores refuse them.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        return given | {"file_overwrite": False, "client_config": config}

    @cached_property
    def connection(self) -> Any:
        """One for all threads, which boto's client allows: one for each would take 13 MB and a tenth of a second."""
        return super().connection

    def url(self, name: str, *more: Any) -> str:
        """As of a folder that nobody serves: no link leads past the site's own rules."""
        return "/" + filepath_to_uri(name)

    def _open(self, name: str, mode: str = "rb") -> File:
        if mode != "rb":
            raise ValueError("A file of the bucket can be read as bytes, and nothing else.")
        return Stored(name, lambda: io.BufferedReader(Incoming(lambda start: self._ask(name, start)), BUFFER))

    def _ask(self, name: str, start: int) -> dict[str, Any]:
        part = {"Range": f"bytes={start}-"} if start else {}
        with told_as_files_are(name):
            return self._client.get_object(Bucket=self.bucket_name, Key=self._key(name), **part)

    def _save(self, name: str, content: File) -> str:
        """In one request, so that no file is there by halves. Names come from what is in a file: where two are stored
        under one name in the same moment, they are the same."""
        content.seek(0)
        said = self._get_write_parameters(name, content)
        with told_as_files_are(name):
            self._client.put_object(Bucket=self.bucket_name, Key=self._key(name), Body=content, **said)
        return clean_name(name)

    @property
    def _client(self) -> Any:
        return self.connection.meta.client

    def _key(self, name: str) -> str:
        return self._normalize_name(clean_name(name))


class Stored(File):
    """A file of the bucket, which can be opened again like one of the disk."""

    def __init__(self, name: str, fetch: Callable[[], io.BufferedReader]):
        self.fetch = fetch
        super().__init__(fetch(), name)

    def open(self, mode: str | None = None, *args: Any, **kwargs: Any) -> "Stored":
        if self.closed:
            self.file = self.fetch()
        self.seek(0)
        return self


class Incoming(io.RawIOBase):
    """A file while it comes in: one request, read as it arrives. To go elsewhere in it costs another one from there on,
    once something is read: an answer goes to the end and back only to learn the size."""

    def __init__(self, ask: Callable[[int], dict[str, Any]]):
        answer = ask(0)
        self._ask, self._body, self._size = ask, answer["Body"], answer["ContentLength"]
        self._at = self._body_at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        if self._at >= self._size:
            return 0
        if self._at != self._body_at:
            self._body.close()
            self._body = self._ask(self._at)["Body"]
        with told_as_files_are():
            piece = self._body.read(len(buffer))
        buffer[: len(piece)] = piece
        self._at = self._body_at = self._at + len(piece)
        return len(piece)

    def close(self) -> None:
        if not self.closed and "_body" in vars(self):
            self._body.close()
        super().close()
