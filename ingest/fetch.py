"""Downloads the files of a dataset from its publisher into a folder.

The only module that makes an outbound connection, and only when asked to. All files of a dataset
are fetched before the first one is put in place, and those of a set are asked for again at the end:
a folder never mixes two publications because a connection broke or the publisher published in
between. What the files hold is checked by the load.

Proxies and certificates come from the environment as httpx reads it: HTTP_PROXY, HTTPS_PROXY,
ALL_PROXY, NO_PROXY, SSL_CERT_FILE, SSL_CERT_DIR.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from graph.errors import ChecksumMismatch, ConfigurationError, DownloadError
from ingest.scratch import scratch_folder

TIMEOUT_S = 60.0
ATTEMPTS = 3
PAUSE_S = 2.0  # before the second attempt; doubled before each further one
LONGEST_PAUSE_S = 300.0  # a publisher who asks for more is asked again another day
MAX_BYTES = 16 << 30  # the largest register that is published in one file packs to some 2 GB
SET_ROUNDS = 3  # a set that is replaced while it is downloaded is fetched again so often
_NOT_MODIFIED = 304
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500
_LATER = "try again later"

Tell = Callable[[str, int, int], None]  # (stage, bytes received, bytes announced or 0)


@dataclass(frozen=True, slots=True)
class Validators:
    """How a server knows the copy of a file that it gave: RFC 9110, section 8.8."""

    url: str
    etag: str | None = None
    last_modified: str | None = None

    @classmethod
    def of(cls, url: str, headers: httpx.Headers) -> Validators:
        """Those of an answer; `url` is the one that was asked for."""
        return cls(url, headers.get("etag"), headers.get("last-modified"))

    @property
    def usable(self) -> bool:
        """Whether the server gave any."""
        return self.etag is not None or self.last_modified is not None

    def headers(self) -> dict[str, str]:
        """A request for the file only if it is another one now."""
        stated = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in stated.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was downloaded. `files` is empty when the publisher says that nothing has changed."""

    files: Mapping[str, Path]  # canonical name -> path
    validators: Mapping[str, Validators] = field(default_factory=dict)


def fetch(
    dataset: str,
    urls: Mapping[str, str],
    target: Path,
    *,
    base_url: str | None = None,
    known: Mapping[str, Validators] | None = None,
    sha256: Mapping[str, str] | None = None,
    sleep: Callable[[float], None] = time.sleep,
    tell: Tell = lambda _stage, _done, _total: None,
) -> Fetched:
    """Download each file of a dataset.

    Args:
        dataset: Name of the dataset, for messages.
        urls: Canonical file name -> URL, as in the catalog.
        target: Folder; made when absent. A file of the same name is replaced.
        base_url: A mirror; the last part of each URL is looked for there instead.
        known: What the last download gave, by canonical name: nothing is downloaded when every file
            is still that one.
        sha256: Canonical name -> the digest that the file must have.
        sleep: Waits between attempts.
        tell: Told how much of which file is there.

    Raises:
        DownloadError: When a file cannot be had whole; the folder is as before.
        ChecksumMismatch: When a file is not the one that was wanted; the folder is as before.
        ConfigurationError: When a digest is given for a file that the dataset has not.
    """
    wanted = _require_digests(sha256 or {}, urls)
    places = {name: _mirrored(name, url, base_url) for name, url in urls.items()}
    timeout = httpx.Timeout(TIMEOUT_S)
    with (
        scratch_folder(target, ".partial-") as partial,
        httpx.Client(
            timeout=timeout, follow_redirects=True, max_redirects=5,
            headers={"User-Agent": "cuibono", "Accept": "*/*"},
        ) as client,
    ):  # fmt: skip
        download = _Download(client, dataset, partial, sleep, tell)
        validators = download.get_set(places, known or {})
        for name, digest in wanted.items() if validators else ():
            download.require_digest(name, places[name], digest)
        files = {name: (partial / name).replace(target / name) for name in validators}
    return Fetched(files, validators)


def _mirrored(name: str, url: str, base_url: str | None) -> str:
    """The URL, or the same file below a mirror: by its last part where that is a file's name."""
    if base_url is None:
        return url
    last = urlsplit(url).path.rpartition("/")[2]
    return f"{base_url.rstrip('/')}/{last if '.' in last else name}"


def _require_digests(given: Mapping[str, str], urls: Mapping[str, str]) -> dict[str, str]:
    """The digests in lower case.

    Raises:
        ConfigurationError: When one is none, or of a file that is not fetched.
    """
    for name, digest in given.items():
        if name not in urls:
            raise ConfigurationError(f"No file {name!r} is fetched; known: {', '.join(urls)}.")
        if len(digest) != 64 or not set(digest.lower()) <= set("0123456789abcdef"):
            raise ConfigurationError(
                f"{digest!r} is no SHA-256; give 64 hexadecimal digits, or NAME=DIGITS."
            )
    return {name: digest.lower() for name, digest in given.items()}


class _Busy(DownloadError):
    """The server asks for a pause of so many seconds."""

    wait_s: float = 0.0


class _Download:
    """The requests of one call."""

    def __init__(
        self,
        client: httpx.Client,
        dataset: str,
        folder: Path,
        sleep: Callable[[float], None],
        tell: Tell,
    ) -> None:
        self._client = client
        self._dataset = dataset
        self._folder = folder
        self._sleep = sleep
        self._tell = tell
        self._digests: dict[str, str] = {}

    def get_set(
        self, urls: Mapping[str, str], known: Mapping[str, Validators]
    ) -> dict[str, Validators]:
        """Download all files, of one moment; nothing when all are still the known ones."""
        if all(name in known and known[name].usable and known[name].url == url
               for name, url in urls.items()):  # fmt: skip
            found = {name: got for name, url in urls.items() if (got := self.get(name, url, known))}
            if not found:
                return {}
        else:
            found = {}
        for _ in range(SET_ROUNDS):
            for name, url in urls.items():
                if name not in found:
                    got = self.get(name, url)
                    assert got is not None  # noqa: S101 - nothing was asked that may be unchanged
                    found[name] = got
            if len(found) == 1 or all(map(self.still_stands, found.values())):
                return {name: found[name] for name in urls}
            found = {}
        url = next(iter(urls.values()))
        raise self._failed(url, "is replaced, or another file of its set, while it is downloaded")

    def get(
        self, name: str, url: str, known: Mapping[str, Validators] | None = None
    ) -> Validators | None:
        """Download a file, again after a passing fault; None when it is still the known one."""
        if urlsplit(url).scheme not in ("http", "https"):
            raise DownloadError(f"{url!r} is neither http nor https; give such a URL.", url=url,
                                retryable=False, dataset=self._dataset)  # fmt: skip
        for attempt in range(ATTEMPTS):
            try:
                return self._try(name, url, known[name].headers() if known else {})
            except DownloadError as exc:
                pause = PAUSE_S * 2**attempt
                if isinstance(exc, _Busy):
                    pause = max(pause, exc.wait_s)
                if not exc.retryable or attempt == ATTEMPTS - 1 or pause > LONGEST_PAUSE_S:
                    raise
                self._sleep(pause)
        raise AssertionError("unreachable")

    def still_stands(self, got: Validators) -> bool:
        """Whether the server still gives this file; a server without validators cannot say."""
        if not got.usable:
            return True
        with self._open(got.url, got.headers()) as response:
            if response.status_code == _NOT_MODIFIED:
                return True
            return Validators.of(got.url, response.headers) == got

    def require_digest(self, name: str, url: str, expected: str) -> None:
        """Refuse a file of another digest."""
        actual = self._digests[name]
        if actual != expected:
            raise ChecksumMismatch(
                f"{url} has SHA-256 {actual}, not the given {expected}; compare with what the "
                "publisher states. Nothing is loaded.",
                expected=expected, actual=actual, url=url,
            )  # fmt: skip

    def _try(self, name: str, url: str, headers: Mapping[str, str]) -> Validators | None:
        with self._open(url, headers) as response:
            status = response.status_code
            if status == _NOT_MODIFIED and headers:
                return None
            if status != httpx.codes.OK:
                raise self._refused(url, response)
            self._receive(name, url, response)
            return Validators.of(url, response.headers)

    def _receive(self, name: str, url: str, response: httpx.Response) -> None:
        announced = response.headers.get("content-length", "")
        total = int(announced) if announced.isdecimal() else 0
        self._require_room(url, total)
        digest, received = hashlib.sha256(), 0
        with (self._folder / name).open("wb") as stream:
            for block in response.iter_bytes():
                received += len(block)
                if received > MAX_BYTES:
                    raise self._failed(url, f"is larger than {MAX_BYTES} bytes", retryable=False)
                stream.write(block)
                digest.update(block)
                self._tell(f"downloading {name}", response.num_bytes_downloaded, total)
        if total and total != response.num_bytes_downloaded:
            raise self._failed(url, f"sent {response.num_bytes_downloaded} of {total} bytes")
        if not received:
            raise self._failed(url, "sent an empty file")
        self._digests[name] = digest.hexdigest()

    def _require_room(self, url: str, size: int) -> None:
        free = shutil.disk_usage(self._folder).free
        if size > free:
            raise DownloadError(
                f"{url} has {size} bytes, the disk of {self._folder.parent.as_posix()!r} has room "
                f"for {free}; make room.",
                url=url, retryable=False, dataset=self._dataset,
            )  # fmt: skip
        if size > MAX_BYTES:
            raise self._failed(url, f"is larger than {MAX_BYTES} bytes", retryable=False)

    def _refused(self, url: str, response: httpx.Response) -> DownloadError:
        status = response.status_code
        if status != _TOO_MANY_REQUESTS and status < _SERVER_ERROR:
            return self._failed(url, f"answered {status}", retryable=False)
        wait_s = parse_retry_after(response.headers.get("retry-after", ""), datetime.now(UTC))
        if wait_s is None:
            return self._failed(url, f"answered {status}")
        fault = f"answered {status} and asks to wait {wait_s:.0f} s"
        busy = _Busy(self._sentence(url, fault, _LATER), url=url, retryable=True,
                     dataset=self._dataset)  # fmt: skip
        busy.wait_s = wait_s
        return busy

    @contextmanager
    def _open(self, url: str, headers: Mapping[str, str]) -> Iterator[httpx.Response]:
        try:
            with self._client.stream("GET", url, headers=dict(headers)) as response:
                hops = [each.url for each in (*response.history, response)]
                if hops[0].scheme == "https" and any(each.scheme != "https" for each in hops):
                    raise self._failed(url, "leads to an unencrypted address", retryable=False)
                yield response
        except httpx.TooManyRedirects as exc:
            raise self._failed(url, "redirects in a circle", retryable=False) from exc
        except (httpx.UnsupportedProtocol, httpx.InvalidURL) as exc:
            raise self._failed(url, f"cannot be requested ({exc})", retryable=False) from exc
        except httpx.HTTPError as exc:
            raise self._failed(url, f"could not be read ({type(exc).__name__})") from exc

    def _failed(self, url: str, fault: str, *, retryable: bool = True) -> DownloadError:
        remedy = _LATER if retryable else "check the URL in the publisher's site"
        message = self._sentence(url, fault, remedy)
        return DownloadError(message, url=url, retryable=retryable, dataset=self._dataset)

    @staticmethod
    def _sentence(url: str, fault: str, remedy: str) -> str:
        return f"{url} {fault}; {remedy}, or download it by hand and use `cuibono load --from`."


def parse_retry_after(text: str, now: datetime) -> float | None:
    """The pause that a server asks for, in seconds; None when it says nothing that is understood.

    Source: RFC 9110, section 10.2.3: a number of seconds, or a date.
    """
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - now).total_seconds(), 0.0)
